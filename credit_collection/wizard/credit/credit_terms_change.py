from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, frozendict

from ...models.credit.terms.res_partner import CONTROLS, LIMIT_FIELDS

# Rows of the preview; more are counted.
SHOWN = 100


class CreditTermsChange(models.TransientModel):
    """Terms of one customer or many, changed by a controller: with a preview and a reason.

    The reason is kept in the credit history of each customer.
    """

    _name = "credit.terms.change"
    _description = "Change of Terms"
    _check_company_auto = True

    partner_ids = fields.Many2many("res.partner", string="Customers", readonly=True)
    company_id = fields.Many2one(
        "res.company", readonly=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    change = fields.Selection(
        [
            ("limit", "Credit Basis and Limit"),
            ("grade", "Grade, with Its Terms"),
            ("term", "Approved Term"),
            ("payment_term", "Riskiest Payment Term"),
            ("review", "Next Credit Review"),
            ("freeze", "Freeze"),
        ],
        default="limit",
        required=True,
    )
    control = fields.Selection(CONTROLS, "Credit Basis", default="limit")
    by_default = fields.Boolean(
        "Limit by Default",
        help="The first that is set counts, of group, grade, segment and company.",
    )
    limit_currency_id = fields.Many2one(
        "res.currency",
        help="Currency in which the limit is granted; empty = company currency. The limit then"
        " counts at today's rate.",
    )
    # The limit is entered in this one.
    money_id = fields.Many2one("res.currency", "Currency of the Limit", compute="_compute_money_id")
    limit = fields.Monetary("Credit Limit", currency_field="money_id")
    limit_end = fields.Date("Limit Valid Until", help="Last day; empty = until it is changed.")
    term_days = fields.Integer("Payment Term (Days)")
    payment_term_id = fields.Many2one(
        "account.payment.term",
        "Riskiest Payment Term",
        check_company=True,
        help="Orders with a payment term of a higher risk rank are put on hold; empty = ranks are not"
        " compared.",
    )
    review_date = fields.Date("Next Credit Review")
    grade_id = fields.Many2one("credit.grade", help="Basis, limit, term and review follow from it.")
    frozen_until = fields.Date(
        help="Last day; empty = until credit control lifts it. Then the basis from before applies.",
    )
    reason = fields.Char(help="Kept in the credit history of each customer.")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    change_count = fields.Integer("Customers to Change", compute="_compute_preview")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        customer_ids = values.get("partner_ids") or []
        if len(customer_ids) == 1 and isinstance(customer_ids[0], (list, tuple)):
            customer_ids = customer_ids[0][2]
        if len(customer_ids) == 1:
            # One customer: starts from its own terms.
            customer = self.env["res.partner"].browse(customer_ids)
            values.update(
                control=customer.credit_control or "limit",
                limit=customer.credit_limit_amount
                if customer.credit_limit_currency_id
                else customer.credit_limit,
                limit_currency_id=customer.credit_limit_currency_id.id,
                by_default=customer.credit_limit_default,
                limit_end=customer.credit_limit_end,
                term_days=customer.credit_term_days,
                payment_term_id=customer.credit_payment_term_id.id,
                review_date=customer.credit_review_date,
            )
        return values

    @api.depends("limit_currency_id", "currency_id")
    def _compute_money_id(self):
        for wizard in self:
            wizard.money_id = wizard.limit_currency_id or wizard.currency_id

    def _get_limit_values(self):
        """Return the decision fields of the limit: none of their own where it is the default."""
        if self.control != "limit" or self.by_default:
            return {
                "credit_limit": 0.0,
                "credit_limit_amount": 0.0,
                "credit_limit_currency_id": False,
                "credit_limit_default": self.control == "limit",
            }
        values = {"credit_limit_default": False}
        if self.money_id == self.currency_id:
            return {
                **values,
                "credit_limit": self.limit,
                "credit_limit_amount": 0.0,
                "credit_limit_currency_id": False,
            }
        # Its worth in company currency follows.
        return {
            **values,
            "credit_limit_amount": self.limit,
            "credit_limit_currency_id": self.limit_currency_id.id,
        }

    def _get_values(self, customer):
        """Return the decision fields of a customer that the dialog writes."""
        self.ensure_one()
        if self.change == "grade":
            line = customer._credit_policy(self.env.company)._grade_line(self.grade_id)
            proposed = customer._credit_propose(line) if line else {}
            return {**proposed, "credit_grade_id": self.grade_id.id}
        return {
            "limit": {
                "credit_control": self.control,
                **self._get_limit_values(),
                "credit_limit_end": self.control == "limit" and self.limit_end,
            },
            "term": {"credit_term_days": self.term_days},
            "payment_term": {"credit_payment_term_id": self.payment_term_id.id},
            "review": {"credit_review_date": self.review_date},
            "freeze": {"credit_control": "frozen", "credit_frozen_until": self.frozen_until},
        }[self.change]

    def _get_changes(self):
        """Return {customer: {decision field: value}} of the terms that would be others."""
        changes = {}
        for customer in self.partner_ids.commercial_partner_id:
            values = self._get_values(customer)
            changed = {
                name: value
                for name, value in values.items()
                if self._stored(customer, name) != (value or False)
            }
            if not LIMIT_FIELDS.isdisjoint(changed):
                # One limit: amount and currency are written together.
                changed = {n: v for n, v in values.items() if n in changed or n in LIMIT_FIELDS}
            if changed:
                changes[customer] = changed
        return changes

    def _stored(self, customer, name):
        value = customer[name]
        return (value.id if isinstance(value, models.BaseModel) else value) or False

    @api.depends(
        "partner_ids", "change", "control", "limit", "limit_end", "term_days", "review_date",
        "grade_id", "frozen_until", "limit_currency_id", "by_default", "payment_term_id",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_preview(self):
        for wizard in self:
            changes = wizard._get_changes()
            row = Markup("<tr><td class='pe-3'>%s</td><td>%s</td></tr>")
            rows = []
            for customer, values in list(changes.items())[:SHOWN]:
                words = [
                    self.env._(
                        "%(field)s: %(old)s → %(new)s",
                        field=customer._fields[name]._description_string(self.env),
                        old=wizard._show(
                            name,
                            wizard._stored(customer, name),
                            customer.credit_limit_currency_id,
                        ),
                        new=wizard._show(name, value, wizard.money_id),
                    )
                    for name, value in values.items()
                    if wizard._stored(customer, name) != (value or False)
                ]
                rows.append(row % (customer.display_name, "; ".join(words)))
            if len(changes) > SHOWN:
                rows.append(row % ("…", self.env._("and %s more", len(changes) - SHOWN)))
            wizard.change_count = len(changes)
            wizard.preview = Markup("<table>%s</table>") % Markup().join(rows)

    def _show(self, name, value, currency):
        """Return the value of a decision field in words.

        :param currency: of a limit in a currency of its own
        """
        field = self.env["res.partner"]._fields[name]
        if name == "credit_limit_amount":
            return currency.format(value) if value else "–"
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if name == "credit_limit":
            return self.currency_id.format(value)
        if field.type == "many2one":
            return self.env[field.comodel_name].browse(value or ()).display_name or "–"
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "–")
        if field.type == "date":
            return format_date(self.env, value) or "–"
        return str(value)

    def action_apply(self):
        """Change the terms, with the reason in the history.

        :raise AccessError: the user is no credit controller
        :raise UserError: no reason, nothing to change, or a date that is over
        """
        self.ensure_one()
        self.env.user._require_role(self.env._("Change Terms"), "controller")
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Enter the reason; the credit history keeps it."))
        if self.change == "review" and not (
            self.review_date and self.review_date >= self.company_id._credit_today()
        ):
            raise UserError(self.env._("Next Credit Review must be today or later."))
        for name, change in (("limit_end", "limit"), ("frozen_until", "freeze")):
            if (
                self.change == change
                and self[name]
                and self[name] < self.company_id._credit_today()
            ):
                raise UserError(
                    self.env._(
                        "%(field)s must be today or later, not %(date)s.",
                        field=self._fields[name]._description_string(self.env),
                        date=format_date(self.env, self[name]),
                    )
                )
        if self.change == "grade" and not self.grade_id:
            raise UserError(self.env._("Choose a grade."))
        changes = self._get_changes()
        if not changes:
            raise UserError(self.env._("These customers have these terms already."))
        source = "freeze" if self.change == "freeze" else "manual"
        same = {}
        for customer, values in changes.items():
            same.setdefault(frozendict(values), []).append(customer.id)
        for values, ids in same.items():
            customers = self.env["res.partner"].browse(ids)
            customers.check_access("write")
            customers._credit_decide_by_hand(dict(values), source, reason)
        return {"type": "ir.actions.act_window_close"}
