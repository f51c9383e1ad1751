from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import frozendict

from .credit_decision import KEPT
from .res_partner import CREDIT_GROUPS, DECISION_FIELDS

_LABEL_KEY = "credit_collection_decision"


@dataclass(frozen=True)
class DecisionLabel:
    """Where a decision comes from. An object: no client can send one as a context key."""

    source: str = "manual"
    #: "model,id" of the document, or False
    origin: str | bool = False
    #: words, or {customer id: words}
    note: str | frozendict | bool = False


class ResPartner(models.Model):
    """The history of what credit control decided (P2-04) and the temporary limit."""

    _inherit = "res.partner"

    credit_limit_temporary = fields.Float(
        "Temporary Limit",
        company_dependent=True,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="Counts in place of the limit from its first to its last day, in company currency.",
    )
    credit_limit_temporary_from = fields.Date(
        "Temporary Limit From",
        company_dependent=True,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
    )
    credit_limit_temporary_to = fields.Date(
        "Temporary Limit To",
        company_dependent=True,
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

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        decided = partners.browse(
            partner.id
            for partner, vals in zip(partners, vals_list, strict=True)
            if not vals.keys().isdisjoint(DECISION_FIELDS)
        )
        after = decided._credit_decided_values()
        blank = decided._credit_undecided_values() if after else {}
        self._credit_record_decision(dict.fromkeys(after, blank), after)
        return partners

    def write(self, vals):
        if vals.keys().isdisjoint(DECISION_FIELDS):
            return super().write(vals)
        before = self._credit_decided_values()
        result = super().write(vals)
        after = self._credit_decided_values()
        # the same write may make a customer of a contact
        new = after.keys() - before.keys()
        before.update(dict.fromkeys(new, self._credit_undecided_values() if new else {}))
        self._credit_record_decision(before, after)
        return result

    @api.model
    def load(self, fields, data):
        # Odoo's import: its rows are told from decisions by hand.
        return super(ResPartner, self.with_context(**{_LABEL_KEY: DecisionLabel("import")})).load(
            fields, data
        )

    def _credit_decide(self, vals, source, origin=None, note=None):
        """Write decision fields of customers, as the system, and say in their history why.

        The one door for code that decides: applications, reviews, freezes. The caller has
        checked that its user may decide.

        :param vals: decision fields of `res.partner`, for `self.env.company`
        :param source: key of `credit_decision.SOURCES`
        :param origin: the document behind it, listed in `credit.decision._selection_origin`
        :param note: why, in words; or a frozendict {customer id: words}
        """
        label = DecisionLabel(
            source, f"{origin._name},{origin.id}" if origin else False, note or False
        )
        # sudo: who approves need not be a credit controller (P4-02)
        return self.sudo().with_context(**{_LABEL_KEY: label}).write(vals)

    def _credit_decided_values(self):
        """{customer id: {decision field: value}} in the current company; contacts have none."""
        return {
            partner.id: {
                name: partner[name].id if field.type == "many2one" else partner[name]
                for name, field in self._credit_kept_fields().items()
            }
            for partner in self.sudo()
            if partner.commercial_partner_id == partner
        }

    @api.model
    def _credit_kept_fields(self):
        return {name: self._fields[name] for name in KEPT}

    @api.model
    def _credit_undecided_values(self):
        """The decision fields of a customer about whom nobody decided: empty, or the default."""
        fields_ = self._credit_kept_fields()
        defaults = self.sudo().default_get(list(fields_))
        return {
            name: defaults.get(name) or (0 if field.type in ("float", "integer") else False)
            for name, field in fields_.items()
        }

    @api.model
    def _credit_record_decision(self, before, after):
        label = self.env.context.get(_LABEL_KEY)
        if not isinstance(label, DecisionLabel):
            label = DecisionLabel()
        self.env["credit.decision"]._record(before, after, self.env.company, label)
