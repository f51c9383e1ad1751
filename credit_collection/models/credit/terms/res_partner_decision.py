from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import frozendict

from .credit_decision import KEPT
from .res_partner import CREDIT_GROUPS

LABEL_KEY = "credit_collection_decision"


@dataclass(frozen=True)
class DecisionLabel:
    """Where a decision comes from. An object: no client can send one as a context key."""

    source: str = "manual"
    #: "model,id" of the document, or False
    origin: str | bool = False
    #: words, or {customer id: words}
    note: str | frozendict | bool = False
    #: whether the write is part of a decision that is kept by its own write
    is_part: bool = False


class ResPartner(models.Model):
    """The history of credit control's decisions (P2-04) and the temporary limit."""

    _inherit = "res.partner"

    credit_limit_temporary = fields.Float(
        "Temporary Limit",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="Replaces the credit limit during its validity period, in company currency.",
    )
    credit_limit_temporary_from = fields.Date(
        "Temporary Limit From",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
    )
    credit_limit_temporary_to = fields.Date(
        "Temporary Limit To",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
    )
    credit_decision_ids = fields.One2many(
        "credit.decision", "partner_id", "Credit History", groups=CREDIT_GROUPS
    )

    @api.constrains(
        "credit_limit_temporary", "credit_limit_temporary_from", "credit_limit_temporary_to"
    )
    def _check_credit_temporary(self):
        # sudo: a constraint looks at the decision as it is
        for partner in self.sudo():
            start, end = partner.credit_limit_temporary_from, partner.credit_limit_temporary_to
            if partner.credit_limit_temporary < 0:
                raise ValidationError(
                    self.env._(
                        "Temporary Limit of %(partner)s cannot be negative: %(value)s.",
                        partner=partner.display_name,
                        value=partner.credit_limit_temporary,
                    )
                )
            if bool(partner.credit_limit_temporary or start or end) and not (
                start and end and start <= end
            ):
                raise ValidationError(
                    self.env._(
                        "Temporary Limit of %(partner)s needs a first and a last day, in this order.",
                        partner=partner.display_name,
                    )
                )

    # ------------------------------------------------------------------ history

    def _credit_decide(self, vals, source, origin=None, note=None):
        """Write decision fields of customers, as the system, and say in their history why.

        The one entry point for code that decides: applications, reviews, freezes. The caller has
        checked that its user may decide.

        :param vals: decision fields of `res.partner`, for `self.env.company`
        :param source: key of `credit_decision.SOURCES`
        :param origin: the document behind it
        :param note: why, in words; or a frozendict {customer id: words}
        """
        label = DecisionLabel(
            source, f"{origin._name},{origin.id}" if origin else False, note or False
        )
        # sudo: approvers need not be credit controllers (P4-02)
        return self.sudo().with_context(**{LABEL_KEY: label}).write(vals)

    def _credit_decide_by_hand(self, vals, source, note):
        """Decide as a controller does in the form, with a reason; see `_credit_decide`."""
        self._credit_check_decision(vals)
        vals = self._credit_check_numbers(vals)
        for part in self._credit_by_limit(vals):
            part._credit_check_ceiling(part._credit_follow_limit(vals))
        return self._credit_decide(vals, source, note=note)

    def _credit_decided_values(self):
        """Return {customer id: {decision field: value}} in the current company; contacts have none."""
        # sudo: decisions, whether the user sees them or not
        return {
            partner.id: {
                name: partner[name].id if field.type == "many2one" else partner[name]
                for name, field in self._credit_kept_fields().items()
            }
            for partner in self.sudo()
            if partner.commercial_partner_id == partner
        }

    def _credit_completed(self, before):
        """Return the values `before` with those of customers who had no decision yet."""
        customers = self._credit_concat(p for p in self if p.commercial_partner_id == p)
        new = set(customers.ids) - before.keys()
        return {**before, **dict.fromkeys(new, self._credit_undecided_values() if new else {})}

    @api.model
    def _credit_kept_fields(self):
        return {name: self._fields[name] for name in KEPT}

    @api.model
    def _credit_undecided_values(self):
        """Return the decision fields of a customer without a decision: empty, or the default."""
        fields_ = self._credit_kept_fields()
        # sudo: defaults of fields that the user may not read
        defaults = self.sudo().default_get(list(fields_))
        return {
            name: defaults.get(name) or (0 if field.type in ("float", "integer") else False)
            for name, field in fields_.items()
        }

    @api.model
    def _credit_record_decision(self, before, after):
        decisions = self.env["credit.decision"]
        decisions._record(before, after, self.env.company, self._credit_label())._notify_supply()

    def _credit_get_supply_users(self):
        """Hook: users told when supply of this customer stops or goes on: the salesperson. Extend."""
        return self.user_id

    @api.model
    def _credit_label(self):
        label = self.env.context.get(LABEL_KEY)
        return label if isinstance(label, DecisionLabel) else DecisionLabel()

    def _credit_as_part(self):
        """These partners, as the system, for a write that belongs to a decision being written."""
        # sudo: part of a decision whose rights were checked
        return self.sudo().with_context(**{LABEL_KEY: DecisionLabel(is_part=True)})

    @api.model
    def _credit_is_part(self):
        return self._credit_label().is_part
