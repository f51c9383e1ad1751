from odoo.exceptions import UserError
from odoo.tests import tagged

from .provision_case import ProvisionCase


@tagged("post_install", "-at_install")
class TestProvisionOrder(ProvisionCase):
    """Provisions stand on one another: a target that is booked is not missed for an older one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._dated(cls.doubtful, 800, "2025-09-30")

    def _ready(self, day, **values):
        return self._approved(rate_source="typed", date=day, **values)

    def _held(self):
        items = self.env["account.move.line"].search(
            [("account_id", "=", self.allowance.id), ("parent_state", "=", "posted")]
        )
        return -sum(items.mapped("balance"))

    def test_an_older_day_is_not_booked_under_a_later_one(self):
        early, late = self._ready("2025-11-30"), self._ready("2025-12-31")
        late.action_post()
        self.assertEqual(self._held(), 600)
        with self.assertRaisesRegex(UserError, late.name):
            early.action_post()
        self.assertEqual((early.state, self._held()), ("approved", 600))
        late.action_reverse()
        # The later one stood from its day to today: its end of the year stays as it was.
        with self.assertRaisesRegex(UserError, late.name):
            early.action_post()

    def test_an_older_day_that_is_reversed_before_the_later_one(self):
        late = self._ready("2025-12-31")
        early = self._ready("2025-11-30", reversal_date="2025-12-01")
        late.action_post()
        early.action_post()
        self.assertEqual((early.state, self._held()), ("reversed", 600))

    def test_a_later_day_undone_on_its_own_day_is_in_nobodys_way(self):
        early = self._ready("2025-11-30")
        late = self._ready("2025-12-31")
        late.action_post()
        late._system().sudo()._reverse_entry(
            late.move_id, late.date, "Undone", receivable_provision_id=late.id
        )
        reversal = late.move_id.sudo().reversal_move_ids
        late._system().sudo().write({"state": "reversed", "reversal_move_id": reversal.id})
        early.action_post()
        self.assertEqual((early.state, self._held()), ("posted", 600))

    def test_undone_the_other_way_round(self):
        early, late = self._ready("2025-11-30"), self._ready("2025-12-31")
        early.action_post()
        self._dated(self.doubtful, 200, "2025-12-01")
        late = self._ready("2025-12-31")
        late.action_post()
        self.assertEqual((late.charge, self._held()), (150, 750))
        with self.assertRaisesRegex(UserError, late.name):
            early.action_reverse()
        self.assertEqual((early.state, self._held()), ("posted", 750))
        late.action_reverse()
        early.action_reverse()
        self.assertEqual(self._held(), 0)

    def _opened(self, line):
        action = line.action_open_items()
        rows = self.env[action["res_model"]].with_user(self.accountant).search(action["domain"])
        return sum(rows.mapped("net"))

    def test_a_row_opens_its_customers(self):
        self._dated(self.customer, 500, "2025-12-01")
        self._entry(
            (self.receivable, 40, None), (self.expense, -40, None), day="2025-11-20"
        )  # of no customer
        for group_by in ("grade", "segment"):
            with self.subTest(group_by=group_by):
                provision = self._ready("2025-12-31", group_by=group_by)
                self.customer.sudo().write(
                    {
                        "credit_grade_id": self._grade("D").id,
                        "credit_segment": "large",
                        "active": False,
                    }
                )
                self.env.flush_all()
                lines = provision.line_ids.filtered("exposure")
                self.assertEqual(sum(lines.mapped("exposure")), 540)
                for line in lines:
                    self.assertEqual(self._opened(line), line.exposure)
                self.customer.sudo().credit_segment = False
