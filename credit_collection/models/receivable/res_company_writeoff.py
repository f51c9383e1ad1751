from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .res_company import ACCOUNTS

FINANCE_COSTS = ("expense_finance", "l10n_cn_large_bis_account_6603", "l10n_cn_account_5603")
# Accounts that charts of accounts have for it: field -> templates' names, best first.
CHART_ACCOUNTS = {
    # None in the chart of small enterprises (小企业会计准则), where 1231 is another account.
    "receivable_allowance_account_id": ("l10n_cn_large_bis_account_1231",),
    "receivable_bad_debt_account_id": (
        "l10n_cn_large_bis_account_6721",
        "l10n_cn_large_bis_account_6701",
        "l10n_cn_account_571101",
    ),
    "receivable_note_account_id": ("l10n_cn_common_account_1121",),
    "receivable_recovery_account_id": (
        "other_income",
        "l10n_cn_large_bis_account_6301",
        "l10n_cn_account_5301",
    ),
    "receivable_note_fee_account_id": FINANCE_COSTS,
    "receivable_note_interest_account_id": FINANCE_COSTS,
}
# Charts whose accounting standard knows no allowance: a write-off is expense.
WITHOUT_ALLOWANCE = ("cn",)
EXPENSES = "('expense', 'expense_other', 'expense_depreciation', 'expense_direct_cost')"
INCOMES = "('income', 'income_other', 'expense', 'expense_other')"


def account(string, domain="[]", **options):
    return fields.Many2one(
        "account.account", string, check_company=True, domain=domain, ondelete="restrict", **options
    )


class ResCompany(models.Model):
    """Accounts of recovery and notes, limits; allowance and expense stand in res_company.py."""

    _inherit = "res.company"

    receivable_recovery_account_id = account(
        "Recovery of Bad Debts", f"[('account_type', 'in', {INCOMES})]"
    )
    receivable_allowance_use = fields.Selection(
        [
            ("company", "Up to the balance of the account"),
            ("customer", "Up to what is booked for the customer"),
            ("none", "Not used: all is expense"),
        ],
        "Use of the Allowance",
        default="company",
        required=True,
        prefetch="receivable",
    )
    receivable_recovery_to = fields.Selection(
        [("income", "Recovery of bad debts"), ("allowance", "Allowance")],
        "Recoveries Are Booked To",
        default="income",
        required=True,
        prefetch="receivable",
    )
    receivable_small_limit = fields.Monetary(
        "Small Difference",
        currency_field="currency_id",
        help="Up to this amount per invoice accountants write off without approval. 0 = never.",
        prefetch="receivable",
    )
    receivable_large_writeoff = fields.Monetary(
        "Large Write-Off",
        currency_field="currency_id",
        default=1000000.0,
        help="Above it the next level of approval decides too. 0 = never.",
        prefetch="receivable",
    )
    receivable_claim_months = fields.Integer(
        "Review Written-Off Claims Every (Months)", default=6, prefetch="receivable"
    )
    # No receivable account: a note would count twice, in the accounts and as a note.
    receivable_note_account_id = account(
        "Notes Receivable", "[('account_type', '=', 'asset_current')]"
    )
    receivable_note_interest_account_id = account(
        "Interest of Discounted Notes", f"[('account_type', 'in', {EXPENSES})]"
    )
    receivable_note_fee_account_id = account(
        "Fees of Notes", f"[('account_type', 'in', {EXPENSES})]"
    )
    receivable_note_remind_days = fields.Integer(
        "Remind before a Note Matures (Days)",
        default=10,
        help="So many days before maturity the note's keeper gets an activity to present it.",
        prefetch="receivable",
    )

    _receivable_limits_positive = models.Constraint(
        "CHECK(receivable_small_limit >= 0 AND receivable_large_writeoff >= 0"
        " AND receivable_claim_months >= 0 AND receivable_note_remind_days >= 0)",
        "Limits and days of write-offs and notes cannot be negative.",
    )

    @api.constrains("receivable_note_account_id")
    def _check_receivable_note_account(self):
        for company in self:
            account = company.receivable_note_account_id
            if account.account_type == "asset_receivable":
                raise ValidationError(
                    self.env._(
                        "%s is a receivable account: notes in it would count twice. Choose an"
                        " account of current assets.",
                        account.display_name,
                    )
                )

    def _receivable_booking_account(self, name):
        """The account of field `name`, one of recovery and notes; see `_receivable_account`.

        :raise UserError: the company has none, which names what to do
        """
        self.ensure_one()
        company = self.sudo()
        found = company[name]
        if not found and name == ACCOUNTS["note"]["field"]:
            # By its name, and kept: the note's next steps book on the same account.
            found = company[name] = company._receivable_account("note", False)
        if not found:
            raise UserError(
                self.env._(
                    "%(company)s has no account “%(account)s”: set it in Settings, Credit &"
                    " Collection. Nothing was posted.",
                    company=self.sudo().name,
                    account=self._fields[name]._description_string(self.env),
                )
            )
        return found

    def _receivable_allowance_balance(self, partner, date):
        """What the allowance can still bear (company currency, never negative).

        What later days used up or released already is gone: an entry of an earlier day must not
        overdraw the allowance on them.

        :param partner: the customer, where the company counts by customer
        :param date: day of the entry
        """
        self.ensure_one()
        if self.sudo().receivable_allowance_use == "none":
            return 0.0
        allowance = self._receivable_account("allowance")
        domain = [
            ("account_id", "=", allowance.id),
            ("company_id", "=", self.id),
            ("parent_state", "=", "posted"),
        ]
        if self.sudo().receivable_allowance_use == "customer":
            domain.append(("partner_id.commercial_partner_id", "=", partner.id))
        # sudo: the balance of one account, for who decides on a write-off
        items = self.env["account.move.line"].sudo()
        held, lowest = 0.0, None
        for day, balance in items._read_group(
            domain, ["date:day"], ["balance:sum"], order="date:day"
        ):
            if day > date and lowest is None:
                lowest = held
            held -= balance
            if day > date:
                lowest = min(lowest, held)
        return max(0.0, self.currency_id.round(held if lowest is None else lowest))

    @api.model
    def _receivable_set_default_accounts(self):
        """Fill empty accounts from the chart of accounts; at install and when a chart is loaded."""
        for company in self or self.search([("chart_template", "!=", False)]):
            chart = self.env["account.chart.template"].with_company(company)
            if company.chart_template in WITHOUT_ALLOWANCE:
                company.receivable_allowance_use = "none"
            for name, refs in CHART_ACCOUNTS.items():
                if company[name]:
                    continue
                for ref in refs:
                    found = chart.ref(ref, raise_if_not_found=False)
                    if found:
                        company[name] = found
                        break


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    def _post_load_data(self, template_code, company, template_data):
        result = super()._post_load_data(template_code, company, template_data)
        (company or self.env.company)._receivable_set_default_accounts()
        return result


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    receivable_recovery_account_id = fields.Many2one(
        related="company_id.receivable_recovery_account_id", readonly=False
    )
    receivable_allowance_use = fields.Selection(
        related="company_id.receivable_allowance_use", readonly=False
    )
    receivable_recovery_to = fields.Selection(
        related="company_id.receivable_recovery_to", readonly=False
    )
    receivable_small_limit = fields.Monetary(
        related="company_id.receivable_small_limit",
        readonly=False,
        currency_field="credit_company_currency_id",
    )
    receivable_large_writeoff = fields.Monetary(
        related="company_id.receivable_large_writeoff",
        readonly=False,
        currency_field="credit_company_currency_id",
    )
    receivable_claim_months = fields.Integer(
        related="company_id.receivable_claim_months", readonly=False
    )
    receivable_note_account_id = fields.Many2one(
        related="company_id.receivable_note_account_id", readonly=False
    )
    receivable_note_interest_account_id = fields.Many2one(
        related="company_id.receivable_note_interest_account_id", readonly=False
    )
    receivable_note_fee_account_id = fields.Many2one(
        related="company_id.receivable_note_fee_account_id", readonly=False
    )
    receivable_note_remind_days = fields.Integer(
        related="company_id.receivable_note_remind_days", readonly=False
    )
