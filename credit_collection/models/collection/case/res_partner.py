from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.base.models.res_partner import ResPartner as Partner

from ...base.res_users import ROLES
from ...credit.terms.res_partner import CREDIT_GROUPS

# Roles that decide on the collector of a customer.
ASSIGNERS = ("collection_manager", "controller")

# People named on a customer, by these roles alone.
PEOPLE = ("collection_user_id", "collection_follower_id", "collection_leader_id")


class ResPartner(models.Model):
    _inherit = "res.partner"

    _complete_name_displayed_types = (*Partner._complete_name_displayed_types, "dunning")

    type = fields.Selection(
        selection_add=[("dunning", "Demands and Statements")], ondelete={"dunning": "set default"}
    )
    collection_user_id = fields.Many2one(
        "res.users",
        "Collector",
        company_dependent=True,
        index=False,
        help=(
            "Collector of this customer. If empty, assigned by territory, salesperson or "
            "round-robin."
        ),
    )
    # Who gets a copy of what is decided about overdue items (P3-15)
    collection_follower_id = fields.Many2one(
        "res.users",
        "Order Follower",
        company_dependent=True,
        index=False,
        help="Follows the customer's orders and gets a copy when overdue items are assigned."
        " If empty, the leader of the sales team.",
    )
    collection_leader_id = fields.Many2one(
        "res.users",
        "Division Leader",
        company_dependent=True,
        index=False,
        help="Leads sales of the customer's division and gets a copy when overdue items are"
        " assigned. If empty, the leader of the sales team.",
    )
    collection_in_copy = fields.Boolean(
        "Copy of Demands and Statements",
        help="This contact receives a copy of every letter and statement of its company by email,"
        " such as the superior of the contact.",
    )
    collection_case_id = fields.Many2one(
        "collection.case",
        compute="_compute_collection_case_id",
        search="_search_collection_case_id",
        groups=CREDIT_GROUPS,
    )

    # For record rules: whose customer it is.
    collection_case_ids = fields.One2many(
        "collection.case", "partner_id", "Collection Cases", groups=CREDIT_GROUPS
    )

    # ---- The collection information on a customer's form
    # Not as the superuser, to whom cases hidden from the user are visible.
    collection_stage_id = fields.Many2one(
        related="collection_case_id.stage_id",
        related_sudo=False,
        string="Stage",
        groups=CREDIT_GROUPS,
        tracking=False,  # the case tracks it, and every write of a contact would read it
    )
    collection_last_contact = fields.Datetime(
        related="collection_case_id.date_last_contact",
        related_sudo=False,
        string="Last Contact",
        groups=CREDIT_GROUPS,
    )
    collection_last_contact_text = fields.Text(
        related="collection_case_id.last_contact_text",
        related_sudo=False,
        string="Last Contact Note",
        groups=CREDIT_GROUPS,
    )
    collection_promise_open_count = fields.Integer(
        "Open Promises", compute="_compute_collection_promises", groups=CREDIT_GROUPS
    )
    collection_promise_broken_count = fields.Integer(
        "Broken Promises", compute="_compute_collection_promises", groups=CREDIT_GROUPS
    )
    collection_unapplied = fields.Monetary(
        "Unapplied Payments",
        compute="_compute_collection_unapplied",
        groups=ROLES["accountant"],
        help="Payments from this customer not yet applied to an invoice.",
    )
    collection_can_assign = fields.Boolean(compute="_compute_collection_can_assign")

    @api.model
    def _credit_file_models(self):
        return [
            *super()._credit_file_models(),
            "collection.agreement", "collection.case", "collection.dispute", "collection.filing",
            "collection.letter", "collection.promise", "collection.run.line", "collection.thanks",
        ]  # fmt: skip

    @api.depends_context("company", "uid")
    @api.depends("commercial_partner_id")
    def _compute_collection_case_id(self):
        cases = self.env["collection.case"]._find_open(self.commercial_partner_id, self.env.company)
        by_partner = {case.partner_id.id: case for case in cases}
        for partner in self:
            partner.collection_case_id = by_partner.get(partner.commercial_partner_id.id, False)

    @api.model
    def _search_collection_case_id(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        ids = [one for one in value if one]
        cases = self.env["collection.case"].search(
            [("company_id", "=", self.env.company.root_id.id), ("state", "=", "open")]
            + ([("id", "in", ids)] if ids else [])
        )
        domain = Domain("commercial_partner_id", "in", cases.partner_id.ids)
        if not all(value):  # without a case
            without = ~Domain("commercial_partner_id", "in", cases.partner_id.ids)
            domain = without if not ids else domain | without
        return ~domain if operator == "not in" else domain

    # ---- The collection information on a customer's form.

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_collection_promises(self):
        groups = self.env["collection.promise.line"]._read_group(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.root_id.id),
                ("state", "in", ("open", "broken")),
            ],
            ["partner_id", "state"],
            ["__count"],
        )
        counts = {(partner.id, state): count for partner, state, count in groups}
        for partner in self:
            customer = partner.commercial_partner_id.id
            partner.collection_promise_open_count = counts.get((customer, "open"), 0)
            partner.collection_promise_broken_count = counts.get((customer, "broken"), 0)

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_collection_unapplied(self):
        for partner in self:
            lines = partner._get_unapplied_lines(self.env.company)
            partner.collection_unapplied = -sum(lines.mapped("amount_residual"))

    @api.depends_context("uid")
    def _compute_collection_can_assign(self):
        may = self.browse().has_access("write") and self.env.user._has_role(*ASSIGNERS)
        self.collection_can_assign = may

    # ------------------------------------------------------------------ who assigns

    @api.model_create_multi
    def create(self, vals_list):
        if any(self.env.context.get(f"default_{name}") for name in PEOPLE) or any(
            vals.get(name) for vals in vals_list for name in PEOPLE
        ):
            self._check_can_assign()
        return super().create(vals_list)

    def write(self, vals):
        if any(
            partner[name].id != (vals[name] or False)
            for name in PEOPLE
            if name in vals
            for partner in self
        ):
            self._check_can_assign()
        customers = self.browse()
        if not {"parent_id", "is_company"}.isdisjoint(vals):
            customers = self.filtered(lambda partner: partner.commercial_partner_id == partner)
        result = super().write(vals)
        for customer in customers:
            if customer.commercial_partner_id != customer:
                customer._collection_follow()
        return result

    def _credit_get_supply_users(self):
        return super()._credit_get_supply_users() | self.collection_follower_id

    @api.model
    def _check_can_assign(self):
        if not self.env.su:
            self.env.user._require_role(
                self.env._("Collector, order follower and division leader of a customer"),
                *ASSIGNERS,
            )

    # ------------------------------------------------------------------ buttons

    def action_open_collection_case(self):
        """Open the open collection case of this customer."""
        self.ensure_one()
        self.check_access("read")
        self.collection_case_id.check_access("read")
        return self.collection_case_id.get_formview_action()

    def action_open_collection_ledger(self):
        """Open the receivables ledger of this customer."""
        return self._credit_open_documents("collection_ledger_action", context={})

    def _get_collection_address(self):
        """Return the postal address for print, without the commas and lines of empty parts."""
        self.ensure_one()
        lines = self._display_address(without_company=True).splitlines()
        return "\n".join(line.strip(" ,") for line in lines if line.strip(" ,"))

    def _get_letter_contacts(self):
        """Return contacts of this customer that letters go to, the first one first.

        Those for demands and statements, the last entered first; then those that invoices go
        to, in Odoo's order (`address_get`). Companies that share a customer share them.
        """
        self.ensure_one()
        found, left = self.browse(), [self]
        while left:
            partner = left.pop(0)
            if partner.type in ("dunning", "invoice"):
                found |= partner
            left = [child for child in partner.child_ids if not child.is_company] + left
        dunning = found.filtered(lambda contact: contact.type == "dunning")
        return dunning.sorted("id", reverse=True) | found

    def _get_copy_contacts(self):
        """Return contacts of this customer with an address who receive copies of what goes to it (P2-08)."""
        self.ensure_one()
        # sudo: whoever sends, the customer's contacts receive it
        return self.sudo().search(
            [
                ("commercial_partner_id", "=", self.id),
                ("collection_in_copy", "=", True),
                ("email", "!=", False),
            ]
        )

    def _set_dunning_contact(self, values):
        """Enter where letters to this customer go from now on; the caller checked the right.

        One who logs in keeps the own address, which the password is sent to: another contact is made.

        :param values: email or phone; name
        :return: the contact
        """
        self.ensure_one()
        # sudo: collectors keep this one contact of a customer; without the defaults of a client, which
        # would reach fields (users!) that only an administrator fills in
        customer = self.sudo()._without_client_defaults()
        contact = customer._get_letter_contacts().filtered(lambda one: one.type == "dunning")[:1]
        if contact and not contact.with_context(active_test=False).user_ids:
            contact.write(values)
            return contact
        return customer.create(
            {
                "parent_id": customer.id,
                "company_id": customer.company_id.id,
                "lang": customer.lang,
                "type": "dunning",
                **values,
            }
        )

    # ---- A customer that becomes part of another one takes the collection case along.

    def _collection_follow(self):
        """Move open cases to the customer that this partner belongs to now, or into that one's case.

        Letters that wait are cancelled when their turn comes: they were written to another.
        """
        self.ensure_one()
        customer = self.commercial_partner_id
        # sudo: users who keep addresses may have no rights in collection
        cases = self.env["collection.case"].sudo()
        merge = self.env["base.partner.merge.automatic.wizard"]
        for case in cases.search([("partner_id", "=", self.id), ("state", "=", "open")]):
            own = cases._find_open(customer, case.company_id)
            if own:
                merge._collection_join(case, own)
            else:
                case._system_write({"partner_id": customer.id})
            kept = own or case
            self._collection_follow_resolutions(kept, customer)
            kept.message_post(
                body=self.env._(
                    "%(part)s belongs to %(customer)s now.",
                    part=self.name,
                    customer=customer.display_name,
                )
            )
            kept._refresh()
        self.invalidate_model(["collection_case_id"])

    @api.model
    def _collection_follow_resolutions(self, case, customer):
        """Move the records of a case to its customer."""
        for records in (case.promise_ids, case.agreement_ids, case.dispute_ids):
            records.filtered(lambda record: record.partner_id != customer)._system_write(
                {"partner_id": customer.id}
            )
