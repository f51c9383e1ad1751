from odoo import fields, models
from odoo.exceptions import UserError
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


class ResCompany(models.Model):
    _inherit = "res.company"

    receivable_days_method = fields.Selection(
        [("actual", "Calendar Days"), ("30/360", "Months of 30 Days (30/360)")],
        "Days of the Ageing",
        default="actual",
        required=True,
        help="P4-08 counts months of 30 days.",
        prefetch="receivable",
    )
    receivable_vat_factor = fields.Float(
        "VAT Factor of DSO",
        default=VAT_FACTOR,
        digits=(6, 4),
        help="Sales without tax times this factor compare with receivables (P4-01), e.g. 1.13.",
        prefetch="receivable",
    )
    receivable_dso_target = fields.Float(
        "Target DSO (Days)",
        default=30.0,
        help="Figures of a month whose DSO is longer are marked (P4-01). 0 = no target.",
        prefetch="receivable",
    )
    receivable_allowance_account_id = fields.Many2one(
        "account.account",
        "Allowance for Doubtful Accounts",
        check_company=True,
        ondelete="restrict",
        domain="[('account_type', 'in', ('asset_current', 'liability_current'))]",
        help="坏账准备: provisions build it up, a write-off uses it up first. Empty: the account of"
        " the chart that is named so.",
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
    receivable_journal_id = fields.Many2one(
        "account.journal",
        "Journal of Receivables",
        check_company=True,
        ondelete="restrict",
        domain="[('type', '=', 'general')]",
        help="Entries of provision, write-off, recovery and notes; empty = the first miscellaneous"
        " journal.",
        prefetch="receivable",
    )

    _receivable_vat_factor_positive = models.Constraint(
        "CHECK(receivable_vat_factor >= 1)", "The VAT factor is 1 or more, e.g. 1.13."
    )
    _receivable_dso_target_positive = models.Constraint(
        "CHECK(receivable_dso_target >= 0)", "The target DSO cannot be negative."
    )

    def _receivable_account(self, kind, raise_if_missing=True):
        """The account of bad debt of this company: the one set, else the one the chart names so.

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
            """The usual code first, then the plain name, then the order of the chart."""
            code = next((c for c in ranks if (account.code or "").startswith(c)), None)
            return ranks.get(code, len(ranks)), word not in named[account]

        for word in spec["words"]:
            found = [a for a, names in named.items() if any(word in name for name in names)]
            if found:
                return min(found, key=lambda a, word=word: rank(a, word))
        return accounts.browse()

    def _receivable_lock_allowance(self):
        """Take the allowance for this transaction, before what is left of it is read.

        Of two bookings at the same instant one fails to serialize, and Odoo starts it anew.
        """
        self.ensure_one()
        self.env.cr.execute(
            SQL("UPDATE res_company SET write_date = write_date WHERE id = %s", self.id)
        )

    def _receivable_journal(self, raise_if_missing=True):
        """The journal of this area: the one set, else the first miscellaneous one.

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
            raise UserError(
                self.env._("%s has no miscellaneous journal to book in.", self.sudo().name)
            )
        return journal.with_env(self.env)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    receivable_days_method = fields.Selection(
        related="company_id.receivable_days_method", readonly=False
    )
    receivable_vat_factor = fields.Float(related="company_id.receivable_vat_factor", readonly=False)
    receivable_dso_target = fields.Float(related="company_id.receivable_dso_target", readonly=False)
    receivable_allowance_account_id = fields.Many2one(
        related="company_id.receivable_allowance_account_id", readonly=False
    )
    receivable_bad_debt_account_id = fields.Many2one(
        related="company_id.receivable_bad_debt_account_id", readonly=False
    )
    receivable_journal_id = fields.Many2one(
        related="company_id.receivable_journal_id", readonly=False
    )
