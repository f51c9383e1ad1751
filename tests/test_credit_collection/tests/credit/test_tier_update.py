from odoo import SUPERUSER_ID
from odoo.tests import tagged

from ..common import migration
from .hold.gate_case import GateCase

SHIPPED = "['|', ('order_amount', '>', 3000000), ('order_term', '>', 100)]"


@tagged("post_install", "-at_install")
class TestTierUpdate(GateCase):
    """Databases from before 19.0.1.5.0, where one group decided above the thresholds (P4-04)."""

    def _update(self):
        self.env.flush_all()
        migration("19.0.1.5.0", "post-tiers").migrate(self.cr, "19.0.1.4.0")
        self.env.invalidate_all()

    def _tier(self, document):
        return self.env.ref(f"credit_collection.tier_definition_{document}_executive").with_user(
            SUPERUSER_ID
        )

    def test_whoever_was_both_has_all_three_roles(self):
        self.assertFalse(self.executive._has_role("division_head", "treasury"))
        self._update()
        self.assertTrue(self.executive._has_role("division_head"))
        self.assertTrue(self.executive._has_role("treasury"))

    def test_tiers_that_nobody_edited_are_renewed(self):
        self._tier("hold").write(
            {
                "name": "Division Head and CFO (large amount or long term)",
                "definition_domain": SHIPPED,
            }
        )
        self._tier("application").write({"name": "Ours", "definition_domain": "[]"})
        self._update()
        self.assertEqual(self._tier("hold").name, "CFO (large amount or long term)")
        self.assertEqual(self._tier("hold").definition_domain, "[('is_large', '=', True)]")
        self.assertEqual(self._tier("application").name, "Ours")
        self.assertEqual(self._tier("application").definition_domain, "[]")

    def test_holds_are_measured(self):
        small, large = self._held(1600)[1], self._held(3_000_000)[1]
        large._system_write({"is_large": False})
        self._update()
        self.assertEqual((small | large).mapped("is_large"), [False, True])
