from ..common import CreditCollectionCommon

# Accounts of a Chinese company (企业会计准则), and others with similar names.
CHINESE = {
    "1121": ("应收票据", "asset_current"),
    "1122": ("应收账款", "asset_receivable"),
    "1221": ("其他应收款", "asset_current"),
    "123102": ("坏账准备-应收票据", "asset_current"),
    "1231": ("坏账准备", "asset_current"),
    "1471": ("存货跌价准备", "asset_current"),
    "6601": ("销售费用", "expense"),
    "6603": ("财务费用", "expense"),
    "6701": ("资产减值损失", "expense"),
    "6702": ("信用减值损失", "expense"),
    "6711": ("营业外支出", "expense"),
}


class TestAccounts(CreditCollectionCommon):
    """Accounts of bad debts and notes are found in the chart by name and usual code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.books = cls.env["res.company"].create({"name": "Books by Hand"})

    def _chart(self, accounts):
        for code, (name, account_type) in accounts.items():
            self.env["account.account"].with_company(self.books).create(
                {
                    "code": code,
                    "name": name,
                    "account_type": account_type,
                    "reconcile": account_type == "asset_receivable",
                    "company_ids": [(6, 0, self.books.ids)],
                }
            )

    def _found(self, kind):
        account = self.books._receivable_account(kind, raise_if_missing=False)
        return account.with_company(self.books).code

    def test_chinese_chart(self):
        self._chart(CHINESE)
        self.assertEqual(self._found("allowance"), "1231")
        self.assertEqual(self._found("expense"), "6702")
        self.assertEqual(self._found("note"), "1121")

    def test_chinese_chart_of_before(self):
        """Without 信用减值损失 the loss is 资产减值损失; a loss named 坏账损失 is more telling."""
        self._chart({code: CHINESE[code] for code in ("1231", "6701", "6711")})
        self.assertEqual(self._found("expense"), "6701")
        self._chart({"671105": ("坏账损失", "expense")})
        self.assertEqual(self._found("expense"), "671105")

    def test_english_names(self):
        self._chart(
            {
                "101": ("Notes Receivable", "asset_current"),
                "115": ("Allowance for Travel", "asset_current"),
                "119": ("Allowance for Doubtful Accounts", "asset_current"),
                "690": ("Impairment of Buildings", "expense"),
                "695": ("Credit Impairment Loss", "expense"),
            }
        )
        self.assertEqual(self._found("allowance"), "119")
        self.assertEqual(self._found("expense"), "695")
        self.assertEqual(self._found("note"), "101")

    def test_code_alone_is_not_enough(self):
        """1231 is 其他流动资产 where small enterprises keep books: no allowance."""
        self._chart({"1231": ("其他流动资产", "asset_current"), "1121": ("现金", "asset_cash")})
        self.assertFalse(self._found("allowance"))
        self.assertFalse(self._found("note"))

    def test_account_of_notes_is_kept(self):
        """The account of the first note is the setting from then on."""
        self._chart(CHINESE)
        found = self.books._receivable_booking_account("receivable_note_account_id")
        self.assertEqual(self.books.receivable_note_account_id, found)
        self.assertEqual(found.with_company(self.books).code, "1121")
