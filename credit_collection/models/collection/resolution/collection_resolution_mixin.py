import math

from odoo import api, models
from odoo.exceptions import AccessError, UserError

# Roles that deal with customers about their debts.
COLLECTING = ("collector", "controller")


class CollectionResolutionMixin(models.AbstractModel):
    """The common part of promises, agreements and disputes: people, and an end with a reason."""

    _name = "collection.resolution.mixin"
    _description = "Fact about a Customer's Debt"

    # ------------------------------------------------------------------ people

    @api.model
    def _may_collect(self):
        """Return whether the user deals with customers about debts: collectors and controllers."""
        return self.env.su or self.env.user._has_role(*COLLECTING)

    @api.model
    def _check_may_collect(self):
        if not self.env.su:
            self.env.user._require_role(
                self.env._("Promises, agreements and disputes"), *COLLECTING
            )

    def _get_collector(self):
        """Return the present collector: of the case, else of the customer, else the author of this."""
        self.ensure_one()
        # sudo: the collector is found whoever asks
        record = self.sudo()
        customer = record.partner_id.with_company(record.company_id)
        users = (record.case_id.user_id, customer.collection_user_id, record.user_id)
        return next((user for user in users if user and user.active), self.env["res.users"])

    def _get_people(self):
        """Return collector, salesperson and head of the team: notified when something goes wrong."""
        self.ensure_one()
        # sudo: recipients are found whoever asks
        record = self.sudo()
        return (
            self._get_collector() | record.partner_id.user_id | record.case_id.team_id.head_id
        ).filtered("active")

    @api.model
    def _get_open_case(self, partner, company):
        """Return the open case of a customer in a company, or an empty record."""
        # sudo: a link to the case, whoever may see it
        cases = self.env["collection.case"].sudo()
        return cases._find_open(partner.commercial_partner_id, company).with_env(self.env)

    @api.model
    def _check_portfolio(self, partner, company):
        """Raise where a collector keeps to a portfolio and the customer's case is not in it."""
        case = self._get_open_case(partner, company)
        if (
            case
            and not self.env.su
            and self.env.user._collection_is_portfolio_bound()
            and not case.has_access("read")
        ):
            # sudo: the collector's name only
            raise AccessError(
                self.env._(
                    "%(customer)s is assigned to %(collector)s. Contact them or your collection "
                    "manager.",
                    customer=partner.display_name,
                    collector=case.sudo().user_id.name or "–",
                )
            )

    def _schedule_work(self, activity_xmlid, summary, users=None, deadline=None):
        """Create an activity per record for its collector, on the case where there is one; no mails.

        :param summary: text, or function of the record
        :param users: {record: user}, the collectors by default
        """
        kind = self.env.ref(activity_xmlid)
        vals_list = []
        # sudo: tasks are given to others, on cases the user may not write
        for record in self.sudo():
            target = record.case_id if record.case_id.state == "open" else record
            user = users[record] if users else record._get_collector()
            if not user:
                continue
            vals_list.append(
                {
                    "res_model_id": self.env["ir.model"]._get_id(target._name),
                    "res_id": target.id,
                    "activity_type_id": kind.id,
                    "summary": summary(record) if callable(summary) else summary,
                    "user_id": user.id,
                    "date_deadline": deadline or record.company_id._credit_today(),
                }
            )
        # sudo: the run writes for people who may not see each other's cases
        return (
            self.env["mail.activity"]
            .sudo()
            .with_context(mail_activity_quick_update=True)
            .create(vals_list)
        )

    # ------------------------------------------------------------------ an end with a reason

    def _check_can_cancel(self):
        """Raise unless the user may end this by hand now. Extend for a model."""
        self.ensure_one()
        self.check_access("read")

    def _do_cancel(self, note):
        """End this with a reason; the checks came before. To write for a model."""
        raise NotImplementedError

    def action_cancel(self):
        """End this by hand: asks for the reason first (`collection.end`)."""
        self.ensure_one()
        self._check_can_cancel()
        return self._open_end("cancel", self.env._("Cancel"))

    def _open_end(self, mode, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "collection.end",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_record": f"{self._name},{self.id}",
                "default_mode": mode,
            },
        }

    @api.model
    def _clean_amount(self, currency, amount):
        """Return an amount rounded to its currency.

        :raise UserError: it is no number
        """
        if not math.isfinite(amount):
            raise UserError(self.env._("%s is no amount.", amount))
        return currency.round(amount)

    @api.model
    def _clean_note(self, note):
        note = (note or "").strip()
        if not note:
            raise UserError(self.env._("Enter a reason. It is kept with the document."))
        return note
