from ...branch_case import BranchCase


class TestSetOffBranches(BranchCase):
    """Open items of a legal entity are one, whichever of its companies booked them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Of the branch")

    def _items(self, company):
        self.env.flush_all()
        return self.env["credit.open.item"].sudo()._get_items(company, self.customer.ids)

    def test_money_at_the_parent_pays_an_invoice_of_the_branch(self):
        invoice = self._invoice(self.customer, 9000, 30, company_id=self.branch.id)
        self._receive(self.customer, 4000)
        for company in (self.company, self.branch):
            [item] = self._items(company)
            self.assertEqual((item["move_id"], item["company_id"]), (invoice.id, self.company.id))
            self.assertEqual((float(item["chase_currency"]), item["days"]), (5000, 30))

    def test_an_invoice_of_the_branch_is_contested_at_the_parent(self):
        invoice = self._invoice(self.customer, 9000, 30, company_id=self.branch.id)
        reason = self._contested_reason()
        dispute = self.env["collection.dispute"]._open(
            {"move_id": invoice.id, "reason_id": reason.id, "amount": 2000}
        )
        self.assertEqual(dispute.company_id, self.company)
        [item] = self._items(self.company)
        self.assertEqual(float(item["chase_currency"]), 7000)
