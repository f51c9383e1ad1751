from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..mixins.credit_protected_mixin import _CHATTER_PREFIXES

ACCEPTANCE = {"accepted_on", "accepted_by_id"}
# States in which a successor may be handed in.
RUNS_OUT = ("expiring", "expired")


class CreditDocument(models.Model):
    """A paper that credit control accepted, or a decision rests on, stays as it was handed in.

    Credit controllers accept with a button; a closed assessment and an approved application
    accept the papers of their checklist. From then on salespeople and heads of sales change
    neither the paper nor its files; one that runs out they archive as it is, for a new one.
    """

    _inherit = "credit.document"

    accepted_on = fields.Date("Accepted on", readonly=True, copy=False, tracking=True)
    accepted_by_id = fields.Many2one("res.users", "Accepted by", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        # After the defaults of a context, or of a user, are in.
        if not self.env.su and documents.filtered(lambda d: d.accepted_on or d.accepted_by_id):
            documents._refuse_acceptance()
        return documents

    def _check_accepted(self, vals):
        if not ACCEPTANCE.isdisjoint(vals):
            self._refuse_acceptance()
        changes = {name for name in vals if not name.startswith(_CHATTER_PREFIXES)}
        if not changes or self.env["res.partner"]._credit_may_decide():
            return
        archives = changes == {"active"} and not vals["active"]
        for document in self.filtered("accepted_on"):
            if not (archives and document.state in RUNS_OUT):
                raise AccessError(
                    self.env._(
                        "“%s” was accepted and is kept as it is: credit control can take the"
                        " acceptance back; a paper that runs out can be archived for a new one.",
                        document.display_name,
                    )
                )

    def _refuse_acceptance(self):
        raise AccessError(self.env._("Credit controllers accept papers, with the button."))

    def _accept(self):
        """Accept those of these papers that are here and valid."""
        # sudo: who decides need not be one who works on papers
        here = self.sudo().filtered(
            lambda d: not d.accepted_on and d.state in ("attached", "expiring")
        )
        for company, documents in here.grouped("company_id").items():
            documents.write(
                {"accepted_on": company._credit_today(), "accepted_by_id": self.env.uid}
            )

    def action_accept(self):
        """Accept these papers, as credit control.

        :raise AccessError: the user is no credit controller
        :raise UserError: there is no file, or it has expired
        """
        self._check_may_accept()
        for document in self:
            if document.state not in ("attached", "expiring"):
                raise UserError(
                    self.env._(
                        "“%s” cannot be accepted: it has no file, or has expired.",
                        document.display_name,
                    )
                )
        self._accept()
        return True

    def action_withdraw_acceptance(self):
        """Take the acceptance back, so that the paper can be corrected."""
        self._check_may_accept()
        # sudo: written by the buttons only
        self.sudo().write(dict.fromkeys(ACCEPTANCE, False))
        return True

    def _check_may_accept(self):
        self.check_access("write")
        if not self.env["res.partner"]._credit_may_decide():
            self._refuse_acceptance()
