from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ...common import CreditCollectionCommon, migration


@tagged("post_install", "-at_install")
class TestContract(CreditCollectionCommon):
    """The record of a contract, compared with what was approved (P4-06, P4-26)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Contracted", limit=40000, term=60)
        cls._decide(cls.customer, credit_term_start="month_end")
        cls.kind = cls.env.ref("credit_collection.credit_document_type_contract").sudo()

    def _contract(self, attached=True, **values):
        file = {"name": "contract.txt", "raw": b"signed and sealed"}
        return (
            self.env["credit.document"]
            .with_user(self.controller)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "type_id": self.kind.id,
                    "attachment_ids": [Command.create(file)] if attached else False,
                    "signed_by": "Lin Tao",
                    "is_sealed": True,
                    "original_at": "Safe of Finance",
                    "contract_term_days": 60,
                    "contract_term_start": "month_end",
                    **values,
                }
            )
        )

    def test_as_approved(self):
        self.assertFalse(self._contract(contract_limit=40000).contract_mismatch)

    def test_another_term_or_limit_warns(self):
        contract = self._contract(contract_term_start="invoice", contract_limit=50000)
        term, limit = contract.contract_mismatch.replace("\xa0", " ").split("\n")
        self.assertEqual(
            term,
            "The contract says “60 days after the invoice”, approved is “30 days after end of month”.",
        )
        self.assertIn("$ 50,000.00, approved is $ 40,000.00", limit)
        self.assertIn(term, contract._get_sentences())

    def test_a_later_decision_is_compared(self):
        contract = self._contract()
        self._decide(self.customer, credit_term_days=90)
        self.env.invalidate_all()
        self.assertIn("approved is “60 days after end of month”", contract.contract_mismatch)

    def test_nothing_to_compare(self):
        contract = self._contract(attached=False, contract_term_days=10)
        self.assertFalse(contract.contract_mismatch)
        self.kind.is_contract = False
        contract.write({"attachment_ids": [Command.create({"name": "a", "raw": b"b"})]})
        self.assertFalse(contract.contract_mismatch)

    def test_negative_figures_are_refused(self):
        for name in ("contract_term_days", "contract_limit"):
            with self.subTest(name=name), self.assertRaises(ValidationError):
                self._contract(**{name: -1})

    def test_shipped_type_of_before(self):
        self.kind.is_contract = False
        migration("19.0.1.5.0", "post-contract").migrate(self.cr, "19.0.1.4.0")
        self.assertTrue(self.kind.is_contract)
