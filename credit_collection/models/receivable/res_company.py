from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...engine.indicators import VAT_FACTOR

# Where the accounts of bad debt and of notes are looked for in a chart: types, usual codes (the first
# is the best) and words of their names.
ACCOUNTS = {
    "allowance": {
        "field": "receivable_allowance_account_id",
        "types": ("asset_current", "liability_current"),
        "codes": ("1231",),
        # The most telling first: an allowance may be one for travel.
        "words": ("doubtful", "bad debt", "坏账准备", "坏账", "allowance"),
    },
    "expense": {
        "field": "receivable_bad_debt_account_id",
        "types": ("expense", "expense_other"),
        "codes": ("6702", "6721", "6701"),
        "words": (
            "bad debt",
            "doubtful",
            "credit loss",
            "credit impairment",
            "信用减值",
            "坏账",
            "impairment",
            "资产减值",
        ),
    },
    "note": {
        "field": "receivable_note_account_id",
        "types": ("asset_current",),
        "codes": ("1121",),
        "words": ("notes receivable", "note receivable", "应收票据"),
    },
}

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
    # What a customer pays for being late.
    "receivable_interest_account_id": (
        "other_income",
        "l10n_cn_large_bis_account_6301",
        "l10n_cn_account_5301",
    ),
    "receivable_note_fee_account_id": FINANCE_COSTS,
    "receivable_note_interest_account_id": FINANCE_COSTS,
}

# How often customers receive statements of account.
FREQUENCIES = [
    ("never", "Never"),
    ("monthly", "Monthly"),
    ("quarterly", "Quarterly, in Rotation"),
]

# Charts whose accounting standard knows no allowance: a write-off is expense.
WITHOUT_ALLOWANCE = ("cn",)

EXPENSES = "('expense', 'expense_other', 'expense_depreciation', 'expense_direct_cost')"

MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]

INCOMES = "('income', 'income_other', 'expense', 'expense_other')"


def account(string, domain="[]", **options):
    return fields.Many2one(
        "account.account",
        string,
        check_company=True,
        domain=domain,
        ondelete="restrict",
        prefetch="receivable",
        **options,
    )


class ResCompany(models.Model):
    """How receivables are counted and booked: ageing, accounts, limits of write-offs, notes."""

    _inherit = "res.company"

    # Ageing and figures
    receivable_days_method = fields.Selection(
        [("actual", "Calendar Days"), ("30/360", "Months of 30 Days (30/360)")],
        "Day Count Method",
        default="actual",
        required=True,
        help="Months count 30 days.",
        prefetch="receivable",
    )
    receivable_vat_factor = fields.Float(
        "VAT Factor of DSO",
        default=VAT_FACTOR,
        digits=(6, 4),
        help="Multiplies untaxed sales so they compare with tax-included receivables, e.g. 1.13.",
        prefetch="receivable",
    )
    receivable_dso_target = fields.Float(
        "Target DSO (Days)",
        default=30.0,
        help="Months above this DSO are highlighted. 0 = no target.",
        prefetch="receivable",
    )
    receivable_rate_trade = fields.Boolean(
        "Bad-Debt Rate without Intercompany",
        help="Overdue rate and bad-debt rate then have the same denominator: closing receivables"
        " without those of companies of this database.",
        prefetch="receivable",
    )
    receivable_contingent_counts = fields.Boolean(
        "Contingent Notes Count",
        help="Notes discounted or endorsed and not yet due count in the exposure of the customer until"
        " they mature. Otherwise they are shown beside it.",
        prefetch="receivable",
    )
    # Statements of account
    receivable_statement_frequency = fields.Selection(
        FREQUENCIES,
        "Statements by Email",
        default="never",
        required=True,
        help="How often customers receive their statement of account, where neither they nor their"
        " policy say otherwise. In rotation: a third of the customers each month, each in the same"
        " month of every quarter.",
        prefetch="receivable",
    )
    receivable_statement_mode = fields.Selection(
        [
            ("manual", "Manual"),
            ("preview", "Prepared Each Month, Started Manually"),
            ("automatic", "Automatic (Monthly)"),
        ],
        "Mailing of Statements",
        default="manual",
        required=True,
        help="On this day of the month statements as of the end of the last month are listed, or sent.",
        prefetch="receivable",
    )
    receivable_statement_day = fields.Integer(
        "Day of the Month", default=5, help="From 1 to 31.", prefetch="receivable"
    )
    receivable_statement_kind = fields.Selection(
        [("open", "Open Items"), ("activity", "Activity of a Period")],
        "Type of Mailed Statements",
        default="open",
        required=True,
        prefetch="receivable",
        help="What the statements of a mailing show: the open items, or all movements of the period.",
    )
    # Accounts and journal of provision, write-off and recovery
    receivable_allowance_account_id = fields.Many2one(
        "account.account",
        "Allowance for Doubtful Accounts",
        check_company=True,
        ondelete="restrict",
        domain="[('account_type', 'in', ('asset_current', 'liability_current'))]",
        help="Allowance for doubtful accounts, increased by provisions and used first by "
        "write-offs. If empty, the matching account in the chart of accounts is used.",
        prefetch="receivable",
    )
    receivable_bad_debt_account_id = fields.Many2one(
        "account.account",
        "Bad-Debt Expense",
        check_company=True,
        ondelete="restrict",
        domain="[('account_type', 'in', ('expense', 'expense_other'))]",
        help="Empty: the account of the chart that is named so.",
        prefetch="receivable",
    )
    receivable_recovery_account_id = account(
        "Bad Debt Recovery Account",
        f"[('account_type', 'in', {INCOMES})]",
        help="Credited when money comes for a debt that was written off, where recoveries are income.",
    )
    receivable_journal_id = fields.Many2one(
        "account.journal",
        "Receivables Journal",
        check_company=True,
        ondelete="restrict",
        domain="[('type', '=', 'general')]",
        help="Entries of provision, write-off, recovery and notes; empty = the first miscellaneous"
        " journal.",
        prefetch="receivable",
    )
    # Write-off
    receivable_allowance_use = fields.Selection(
        [
            ("company", "Up to the account balance"),
            ("customer", "Up to the customer's specific allowance"),
            ("none", "Not used: expense in full"),
        ],
        "Allowance Usage",
        default="company",
        required=True,
        prefetch="receivable",
        help="How much of a write-off is charged to the allowance; the remainder is an expense.",
    )
    receivable_recovery_to = fields.Selection(
        [("income", "Recovery of bad debts"), ("allowance", "Allowance")],
        "Post Recoveries to",
        default="income",
        required=True,
        prefetch="receivable",
        help="Income of the period, or back into the allowance it was written off against.",
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
        help="Higher amounts need an additional approval. 0 = never.",
        prefetch="receivable",
    )
    receivable_claim_months = fields.Integer(
        "Review Written-Off Claims Every (Months)",
        default=6,
        prefetch="receivable",
        help="Interval of activities for written-off claims. 0 = never.",
    )
    # Notes
    # No receivable account: a note would count twice, in the accounts and as a note.
    receivable_note_account_id = account(
        "Notes Receivable",
        "[('account_type', '=', 'asset_current')]",
        help="Account of notes on hand, instead of receivables. Empty = the account of that name "
        "in the chart of accounts.",
    )
    receivable_note_interest_account_id = account(
        "Interest of Discounted Notes",
        f"[('account_type', 'in', {EXPENSES})]",
        help="Debited with the discount kept by the bank when a note is discounted.",
    )
    receivable_note_fee_account_id = account(
        "Fees of Notes",
        f"[('account_type', 'in', {EXPENSES})]",
        help="Debited with the bank's charges for notes.",
    )
    receivable_note_remind_days = fields.Integer(
        "Reminder Before Maturity (Days)",
        default=10,
        help=(
            "Number of days before maturity at which the responsible user gets an activity to "
            "present the note."
        ),
        prefetch="receivable",
    )

    # Balance confirmations
    receivable_confirmation_days = fields.Integer(
        "Days to Confirm a Balance",
        default=15,
        help="Days after which a customer who was asked to confirm the balance counts as silent.",
        prefetch="receivable",
    )
    receivable_confirmation_remind_days = fields.Integer(
        "Reminder Before the Day of Answer (Days)",
        default=5,
        help="A balance confirmation is reminded of once, so many days before the answer is due.",
        prefetch="receivable",
    )
    receivable_confirmation_rotation = fields.Boolean(
        "Monthly Balance Confirmations",
        help="On the first day of each month the letters of the rotation are prepared, as of the last"
        " day of the month before, and accounting is asked to send them.",
        prefetch="receivable",
    )
    receivable_confirmation_month_1 = fields.Selection(
        MONTHS,
        "All in Writing: First Month",
        default="6",
        help="In this month a rotation asks all customers, for a signed copy. Empty = never.",
        prefetch="receivable",
    )
    receivable_confirmation_month_2 = fields.Selection(
        MONTHS,
        "All in Writing: Second Month",
        default="12",
        help="In this month a rotation asks all customers, for a signed copy. Empty = never.",
        prefetch="receivable",
    )

    _receivable_confirmation_days_positive = models.Constraint(
        "CHECK(receivable_confirmation_days > 0 AND receivable_confirmation_remind_days >= 0)",
        "Balance confirmations: days to answer must be 1 or more, days of the reminder 0 or more.",
    )

    # Late interest and fees
    receivable_interest_term_id = fields.Many2one(
        "receivable.interest.term",
        "Terms of Late Interest",
        check_company=True,
        ondelete="restrict",
        prefetch="receivable",
        help="For customers without terms of their own or of their policy. Empty = no interest.",
    )
    receivable_interest_run = fields.Selection(
        [("manual", "Manual"), ("monthly", "Every Month")],
        "Propose Interest Notes",
        default="manual",
        required=True,
        prefetch="receivable",
        help="Every Month: drafts until the end of the past month are prepared on its first day.",
    )
    receivable_interest_shown = fields.Boolean(
        "Accrued Interest on Statements",
        prefetch="receivable",
        help="Statements of account name the late interest that has accrued and is not billed yet,"
        " apart from the balance. Letters name it where their text says so.",
    )
    # Last day of the last scheduled run.
    receivable_interest_until = fields.Date(prefetch="receivable")
    receivable_interest_days = fields.Integer(
        "Interest Payable Within (Days)",
        default=14,
        prefetch="receivable",
        help="Days from posting to the due date of an invoice for interest and fees.",
    )
    receivable_interest_account_id = account(
        "Late Interest Income",
        f"[('account_type', 'in', {INCOMES})]",
        help="Credited with interest when a note is posted.",
    )
    receivable_fee_account_id = account(
        "Fee Income",
        f"[('account_type', 'in', {INCOMES})]",
        help="Credited with reminder fees, fixed sums and fees of agreements. Empty = the account of"
        " interest.",
    )
    receivable_accrual_account_id = account(
        "Accrued Interest",
        "[('account_type', '=', 'asset_current')]",
        help="Debited with late interest accrued and not billed at a month-end.",
    )
    receivable_accrual_reverses = fields.Boolean(
        "Reverse Accrued Interest on the Next Day",
        default=True,
        prefetch="receivable",
        help="The entry of a month-end is reversed on the first day of the next month.",
    )
    receivable_payment_order = fields.Selection(
        [
            ("oldest", "The Oldest First"),
            ("principal", "Principal First"),
            ("interest", "Interest and Costs First"),
        ],
        "Payments Pay",
        default="oldest",
        required=True,
        prefetch="receivable",
        help="After what the payment names: which items money pays first, in Apply to Oldest, and as long as"
        " it is unapplied in figures, letters and holds.",
    )
    receivable_interest_tax_id = fields.Many2one(
        "account.tax",
        "Tax on Late Interest",
        check_company=True,
        ondelete="restrict",
        domain="[('type_tax_use', '=', 'sale')]",
        prefetch="receivable",
        help="Empty = interest and fees bear no tax.",
    )
    receivable_interest_journal_id = fields.Many2one(
        "account.journal",
        "Journal of Interest Notes",
        check_company=True,
        ondelete="restrict",
        domain="[('type', '=', 'sale')]",
        prefetch="receivable",
        help="Empty = the first sales journal.",
    )

    _receivable_vat_factor_positive = models.Constraint(
        "CHECK(receivable_vat_factor >= 1)", "The VAT factor is 1 or more, e.g. 1.13."
    )
    _receivable_dso_target_positive = models.Constraint(
        "CHECK(receivable_dso_target >= 0)", "The target DSO cannot be negative."
    )
    _receivable_limits_positive = models.Constraint(
        "CHECK(receivable_small_limit >= 0 AND receivable_large_writeoff >= 0"
        " AND receivable_claim_months >= 0 AND receivable_note_remind_days >= 0"
        " AND receivable_interest_days >= 0)",
        "Limits and days of write-offs, notes and interest cannot be negative.",
    )

    _receivable_statement_day_range = models.Constraint(
        "CHECK(receivable_statement_day BETWEEN 1 AND 31)",
        "The day of the month on which statements are mailed is from 1 to 31.",
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

    # ------------------------------------------------------------------ accounts and journal

    def _receivable_account(self, kind, raise_if_missing=True):
        """Return the account of bad debt of this company: the one set, else the one the chart names so.

        :param kind: "allowance", "expense" or "note"
        :raise UserError: there is none, and `raise_if_missing`
        """
        self.ensure_one()
        spec = ACCOUNTS[kind]
        # sudo: which account it is follows from settings and chart, whoever asks
        company = self.sudo()
        account = company[spec["field"]] or company._receivable_find_account(spec)
        if not account and raise_if_missing:
            raise UserError(
                self.env._(
                    "%(company)s has no account “%(account)s”: create one in the chart of accounts"
                    " and choose it in Settings, Credit & Collection. Nothing was posted.",
                    company=company.name,
                    account=self._fields[spec["field"]]._description_string(self.env),
                )
            )
        return account.with_env(self.env)

    def _receivable_find_account(self, spec):
        accounts = (
            self.env["account.account"]
            .with_company(self)
            .search(
                [
                    *self.env["account.account"]._check_company_domain(self),
                    ("account_type", "in", spec["types"]),
                ]
            )
        )
        languages = {"en_US", *dict(self.env["res.lang"].get_installed())}
        named = {
            account: {account.with_context(lang=lang).name.lower() for lang in languages}
            for account in accounts
        }
        ranks = {code: rank for rank, code in enumerate(spec["codes"])}

        def rank(account, word):
            """Return the sort key: usual code first, then plain name, then the order of the chart."""
            code = next((c for c in ranks if (account.code or "").startswith(c)), None)
            return ranks.get(code, len(ranks)), word not in named[account]

        for word in spec["words"]:
            found = [a for a, names in named.items() if any(word in name for name in names)]
            if found:
                return min(found, key=lambda a, word=word: rank(a, word))
        return accounts.browse()

    def _receivable_booking_account(self, name):
        """Return the account of field `name`, one of recovery and notes; see `_receivable_account`.

        :raise UserError: the company has none; the message names the remedy
        """
        self.ensure_one()
        # sudo: accounts are settings, read for users who book
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
                    company=company.name,
                    account=self._fields[name]._description_string(self.env),
                )
            )
        return found

    def _receivable_journal(self, raise_if_missing=True):
        """Return the journal of this area: the one set, else the first miscellaneous one.

        :raise UserError: there is none, and `raise_if_missing`
        """
        self.ensure_one()
        # sudo: which journal it is follows from the settings, whoever asks
        journal = self.sudo().receivable_journal_id or self.env["account.journal"].sudo().search(
            [
                *self.env["account.journal"]._check_company_domain(self),
                ("type", "=", "general"),
                ("code", "not in", ("EXCH", "CABA")),
            ],
            limit=1,
        )
        if not journal and raise_if_missing:
            # sudo: the company's name only
            raise UserError(
                self.env._("%s has no miscellaneous journal to post in.", self.sudo().name)
            )
        return journal.with_env(self.env)

    def _receivable_interest_journal(self):
        """Return the journal of invoices for late interest: the one set, else the first for sales.

        :raise UserError: there is none
        """
        self.ensure_one()
        # sudo: which journal it is follows from the settings, whoever asks
        journal = self.sudo().receivable_interest_journal_id or self.env[
            "account.journal"
        ].sudo().search(
            [*self.env["account.journal"]._check_company_domain(self), ("type", "=", "sale")],
            limit=1,
        )
        if not journal:
            # sudo: the company's name only
            raise UserError(self.env._("%s has no sales journal to post in.", self.sudo().name))
        return journal.with_env(self.env)

    @api.model
    def _receivable_set_default_accounts(self):
        """Fill empty accounts from the chart of accounts; at install and when a chart is loaded."""
        # A branch has its root's.
        for company in (self or self.search([("chart_template", "!=", False)])).filtered(
            lambda company: not company.parent_id
        ):
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

    # ------------------------------------------------------------------ the allowance

    def _receivable_lock_allowance(self):
        """Lock the allowance for this transaction, before its balance is read.

        Of two bookings at the same instant one fails to serialize, and Odoo starts it anew.
        """
        self.ensure_one()
        self.env.cr.execute(
            SQL("UPDATE res_company SET write_date = write_date WHERE id = %s", self.id)
        )

    def _receivable_allowance_balance(self, partner, date):
        """Return the amount the allowance can still bear (company currency, never negative).

        Amounts that later days used up or released already are gone: an entry of an earlier day must not
        overdraw the allowance on them.

        :param partner: the customer, where the company counts by customer
        :param date: day of the entry
        """
        self.ensure_one()
        # sudo: how the allowance is used is a setting
        if self.sudo().receivable_allowance_use == "none":
            return 0.0
        allowance = self._receivable_account("allowance")
        domain = [
            ("account_id", "=", allowance.id),
            ("company_id", "in", self._credit_entity_ids()),
            ("parent_state", "=", "posted"),
        ]
        # sudo: how the allowance is used is a setting
        if self.sudo().receivable_allowance_use == "customer":
            domain.append(("partner_id.commercial_partner_id", "=", partner.id))
        # sudo: the balance of one account, for approvers of a write-off
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


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    def _post_load_data(self, template_code, company, template_data):
        result = super()._post_load_data(template_code, company, template_data)
        (company or self.env.company)._receivable_set_default_accounts()
        return result
