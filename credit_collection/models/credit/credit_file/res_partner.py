from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..terms.res_partner import CREDIT_GROUPS

# Lists of the file -> model, its field of the customer. In the current company only.
LISTS = {
    "credit_file_decision_ids": ("credit.decision", "partner_id"),
    "credit_file_application_ids": ("credit.application", "partner_id"),
    "credit_file_assessment_ids": ("credit.assessment", "partner_id"),
    "credit_file_security_ids": ("credit.security", "commercial_partner_id"),
    "credit_file_document_ids": ("credit.document", "partner_id"),
    "credit_file_investigation_ids": ("credit.investigation", "partner_id"),
    "credit_file_hold_ids": ("credit.hold", "partner_id"),
}

MONTHS = 12

# The chart, in pixels: one slot a month, two bars in a slot.
CHART = {"width": 760, "height": 190, "top": 24, "left": 10, "bar": 22}


class ResPartner(models.Model):
    """The credit file: all information on a customer's credit, on one page (P2-04).

    Each list holds the records its reader may read. A contact shows the file of its customer.
    """

    _inherit = "res.partner"

    credit_litigation_note = fields.Text(
        "Litigation",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="Lawsuits, enforcement and defaults of the customer, with us and with others.",
    )
    credit_can_note_litigation = fields.Boolean(compute="_compute_credit_can_note_litigation")
    credit_behaviour_chart = fields.Html(
        "Payment Behavior",
        compute="_compute_credit_behaviour_chart",
        sanitize=False,
        groups=CREDIT_GROUPS,
    )
    credit_returned = fields.Monetary(
        "Returned Payments",
        currency_field="credit_currency_id",
        compute="_compute_credit_returned",
        groups=CREDIT_GROUPS,
        help="Payments of the last twelve months that went back: returned by the bank, reversed, or paid"
        " out again in full. What they had paid is owed again and counts in the exposure.",
    )
    credit_file_decision_ids = fields.Many2many(
        "credit.decision", "Decisions", compute="_compute_credit_file", groups=CREDIT_GROUPS
    )
    credit_file_application_ids = fields.Many2many(
        "credit.application", compute="_compute_credit_file", groups=CREDIT_GROUPS
    )
    credit_file_assessment_ids = fields.Many2many(
        "credit.assessment", compute="_compute_credit_file", groups=CREDIT_GROUPS
    )
    credit_file_security_ids = fields.Many2many(
        "credit.security",
        string="Credit File Collateral",
        compute="_compute_credit_file",
        groups=CREDIT_GROUPS,
    )
    credit_file_document_ids = fields.Many2many(
        "credit.document", compute="_compute_credit_file", groups=CREDIT_GROUPS
    )
    credit_file_investigation_ids = fields.Many2many(
        "credit.investigation", compute="_compute_credit_file", groups=CREDIT_GROUPS
    )
    credit_file_hold_ids = fields.Many2many(
        "credit.hold", compute="_compute_credit_file", groups=CREDIT_GROUPS
    )

    @api.depends_context("uid")
    def _compute_credit_can_note_litigation(self):
        self.credit_can_note_litigation = self._credit_may_note_litigation()

    @api.depends_context("uid", "company", "allowed_company_ids")
    @api.depends("commercial_partner_id")
    def _compute_credit_file(self):
        customers = self.commercial_partner_id
        for name, (model, partner_field) in LISTS.items():
            records = self.env[model].search(
                Domain(partner_field, "in", customers.ids)
                & Domain("company_id", "=", self.env.company.root_id.id)
            )
            by_customer = records.grouped(partner_field)
            for partner in self:
                partner[name] = by_customer.get(partner.commercial_partner_id)

    # ------------------------------------------------------------------ payment behaviour

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_credit_returned(self):
        found = self.env["credit.payment.behaviour"]._get_returned(self, self.env.company)
        for partner in self:
            partner.credit_returned = sum(found.get(partner.commercial_partner_id.id, {}).values())

    def action_open_credit_returned(self):
        """Open the journal items by which payments of this customer went back."""
        self.ensure_one()
        self.check_access("read")
        behaviour, customer = self.env["credit.payment.behaviour"], self.commercial_partner_id
        found = behaviour._get_returned(customer, self.env.company)
        return behaviour._open_claims(
            self.env._("Returned Payments of %s", customer.display_name),
            list(found.get(customer.id, ())),
        )

    @api.depends_context("company", "lang")
    @api.depends("commercial_partner_id")
    def _compute_credit_behaviour_chart(self):
        for partner in self:
            customer = partner.commercial_partner_id._origin
            partner.credit_behaviour_chart = customer and self.env["ir.qweb"]._render(
                "credit_collection.credit_behaviour_chart", customer._prepare_credit_chart()
            )

    def _prepare_credit_chart(self):
        """Return values of the template `credit_behaviour_chart`: the months, the places of their bars."""
        self.ensure_one()
        company = self.env.company
        months = self.env["credit.payment.behaviour"]._get_series(self, company, months=MONTHS)
        floor = CHART["height"] - 20
        slot = (CHART["width"] - 2 * CHART["left"]) / len(months)
        most = max([1.0, *(max(month["billed"], month["paid_amount"]) for month in months)])
        latest = max([30.0, *(month["days_late"] or 0.0 for month in months)])

        def top_of(value, of):
            return round(floor - (floor - CHART["top"]) * max(0.0, float(value)) / of, 1)

        points = []
        for number, month in enumerate(months):
            left = CHART["left"] + slot * number
            middle = round(left + slot / 2, 1)
            bars = []
            for side, name in enumerate(("billed", "paid_amount")):
                top = top_of(month[name], most)
                x = round(middle + (side - 1) * CHART["bar"], 1)
                bars.append({"x": x, "y": top, "height": round(floor - top, 1)})
            month.update(label=f"{month['date_from']:%Y-%m}", middle=middle, bars=bars)
            if month["days_late"] is not None:
                point = {"x": middle, "y": top_of(month["days_late"], latest)}
                points.append({**point, "label": f"{month['days_late']:.0f}"})
        return {
            "months": months,
            "points": points,
            "line": " ".join(f"{point['x']},{point['y']}" for point in points),
            "chart": {**CHART, "floor": floor},
            "currency": company.currency_id,
        }

    def action_open_credit_behaviour(self):
        """Open the payment behaviour of two years in Odoo's own graph."""
        self.ensure_one()
        self.check_access("read")
        rows = self.env["credit.behaviour.month"]._create_rows(self.commercial_partner_id)
        return self._open_records("credit_behaviour_month_action", domain=[("id", "in", rows.ids)])

    # ------------------------------------------------------------------ the page

    def action_open_credit_file(self):
        """Open the credit file of the customer."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records(
            "res_partner_action_credit_file", res_id=self.commercial_partner_id.id
        )

    def action_print_credit_file(self):
        """Print the credit file as a PDF."""
        self.check_access("read")
        return self.env.ref("credit_collection.action_report_credit_file").report_action(
            self.commercial_partner_id
        )

    # ------------------------------------------------------------------ litigation

    @api.model
    def _credit_may_note_litigation(self):
        return self._credit_may_decide() or self.env.user._has_role("legal")

    def action_note_litigation(self):
        """Open the note on litigation, for legal and credit control."""
        self.ensure_one()
        self._credit_check_litigation({"credit_litigation_note": False})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Litigation"),
            "res_model": "credit.litigation.note",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }

    def _credit_check_litigation(self, vals):
        if "credit_litigation_note" in vals and not self._credit_may_note_litigation():
            raise AccessError(self.env._("Only legal and credit controllers note litigation."))

    def _credit_prepare_write(self, vals):
        if self or vals.get("credit_litigation_note"):
            self._credit_check_litigation(vals)
        return super()._credit_prepare_write(vals)

    @api.model
    def _credit_closed_fields(self):
        closed = super()._credit_closed_fields()
        return closed if self._credit_may_note_litigation() else closed | {"credit_litigation_note"}
