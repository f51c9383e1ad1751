from odoo.fields import Command
from odoo.tests import tagged

from ..resolution.resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestItemBlock(ResolutionCase):
    """The blocked part of an open item, and the part that may still be chased."""

    def _dispute(self, invoice, amount, state="open"):
        return (
            self.env["collection.dispute"]
            .sudo()
            ._system()
            .create(
                {
                    "move_id": invoice.id,
                    "partner_id": invoice.commercial_partner_id.id,
                    "company_id": self.company.id,
                    "amount": amount,
                    "reason_id": self.contested.id,
                    "state": state,
                }
            )
        )

    def _promise(self, invoice, amount, days=3, grace=2):
        claim = self._claims(invoice)[:1]
        return (
            self.env["collection.promise"]
            .sudo()
            ._system()
            .create(
                {
                    "partner_id": invoice.commercial_partner_id.id,
                    "company_id": self.company.id,
                    "currency_id": claim.currency_id.id,
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "move_line_id": claim.id,
                                "amount": amount,
                                "date_promised": self._today(days),
                                "date_limit": self._today(days + grace),
                                "residual_start": claim.amount_residual_currency,
                            },
                        )
                    ],
                }
            )
        )

    def test_nothing_is_blocked(self):
        invoice = self._invoice(self.customer, 1000, 40)
        self.assertEqual(self._chase(invoice), [1000])
        self.assertFalse(self._block_codes(invoice))

    def test_dispute_of_a_part(self):
        """Contested 300 of 1,000: 700 are chased; a second dispute of 200 leaves 500."""
        invoice = self._invoice(self.customer, 1000, 40)
        self._dispute(invoice, 300)
        self.assertEqual(self._chase(invoice), [700])
        self.assertEqual(self._block_codes(invoice), {"dispute"})
        self._dispute(invoice, 200)
        self.assertEqual(self._chase(invoice), [500])
        self._dispute(invoice, 100, state="rejected")
        self.assertEqual(self._chase(invoice), [500])

    def test_dispute_over_instalments_earliest_first(self):
        """500 / 300 / 200, contested 600: the first is blocked whole, 100 of the second."""
        term = self._term((50, 0), (30, 10), (20, 20))
        invoice = self._invoice(self.customer, 1000, term=term)
        self._dispute(invoice, 600)
        self.assertEqual(self._chase(invoice), [0, 200, 200])
        # The first is paid: the contested amount moves on to the open ones.
        self._pay(invoice, 500)
        self.assertEqual(self._chase(invoice), [0, 0])

    def test_dispute_in_foreign_currency(self):
        """1,000 EUR at 2 EUR for 1 USD, contested 400 EUR: 600 EUR, 300 USD are chased."""
        invoice = self._invoice(self.customer, 1000, 40, currency=self._rate("EUR", 2.0))
        self._dispute(invoice, 400)
        row = self._items()[self._claims(invoice)]
        self.assertAlmostEqual(float(row["chase_currency"]), 600)
        self.assertAlmostEqual(float(row["chase"]), 300)

    def test_promise_blocks_until_the_days_of_grace_end(self):
        invoice = self._invoice(self.customer, 1000, 40)
        promise = self._promise(invoice, 600)
        self.assertEqual(self._chase(invoice), [400])
        self.assertEqual(self._block_codes(invoice), {"promise"})
        line = promise.line_ids._system()
        line.write({"date_promised": self._today(-2), "date_limit": self._today()})
        self.assertEqual(self._chase(invoice), [400])
        line.write({"date_limit": self._today(-1)})
        self.assertEqual(self._chase(invoice), [1000])

    def test_promise_paid_in_part(self):
        """600 promised of 1,000; 250 came: 350 are blocked, 400 are chased as before."""
        invoice = self._invoice(self.customer, 1000, 40)
        self._promise(invoice, 600)
        self._pay(invoice, 250)
        self.assertEqual(self._chase(invoice), [400])
        self._pay(invoice, 350)
        self.assertEqual(self._chase(invoice), [400])

    def test_dispute_and_promise_add_up(self):
        invoice = self._invoice(self.customer, 1000, 40)
        self._dispute(invoice, 300)
        self._promise(invoice, 500)
        self.assertEqual(self._chase(invoice), [200])
        self.assertEqual(self._block_codes(invoice), {"dispute", "promise"})
        self._dispute(invoice, 400)
        self.assertEqual(self._chase(invoice), [0])

    def test_agreement_in_force(self):
        invoice, other = (self._invoice(self.customer, 1000, 40) for _n in range(2))
        agreement = (
            self.env["collection.agreement"]
            .sudo()
            ._system()
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "item_ids": [Command.create({"move_line_id": self._claims(invoice).id})],
                }
            )
        )
        for state, chase in (("draft", 1000), ("requested", 1000), ("active", 0), ("broken", 1000)):
            agreement._system().write({"state": state})
            self.assertEqual(self._chase(invoice), [chase], state)
        self.assertEqual(self._chase(other), [1000])

    def test_excluded_until(self):
        invoice = self._invoice(self.customer, 1000, 40)
        invoice.write(
            {"collection_excluded_until": self._today(), "collection_exclusion_reason": "Audit"}
        )
        self.assertEqual(self._chase(invoice), [0])
        self.assertEqual(self._block_codes(invoice), {"excluded"})
        self.env.cr.execute(
            "UPDATE account_move SET collection_excluded_until = %s WHERE id = %s",
            (self._today(-1), invoice.id),
        )
        self.env.invalidate_all()
        self.assertEqual(self._chase(invoice), [1000])
