import io
import zipfile

from odoo.fields import Command
from odoo.tests import tagged

from .provision_case import ProvisionCase


@tagged("post_install", "-at_install")
class TestProvision(ProvisionCase):
    """The matrix, the working and the entry of one provision, worked by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._history()
        cls._open_items()
        cls._ledger()

    def test_rates_come_from_the_companys_own_rolls(self):
        provision = self._provision()
        provision.action_compute()
        rolls = {}
        for row in provision.roll_ids:
            stood, rolled = rolls.get(row.column_index, (0, 0))
            rolls[row.column_index] = (stood + row.amount_stood, rolled + row.amount_rolled)
        self.assertEqual(
            rolls, {0: (2000, 1000), 1: (4000, 1000), 2: (3000, 500), 3: (500, 100), 4: (300, 200)}
        )
        expected = [1 / 6, 1 / 3, 4 / 3, 8, 40, 60]
        for line, rate in zip(provision.line_ids, expected, strict=True):
            self.assertAlmostEqual(line.rate, rate, places=3, msg=line.column_name)
        self.assertFalse(any(provision.line_ids.mapped("is_without_history")))

    def test_merged_customers_keep_the_allowance_of_both(self):
        twin = self._customer("Twin")
        self._dated(twin, 200, "2025-12-31", due="2025-12-31")
        provision = self._provision()
        provision.write(
            {
                "specific_ids": [
                    Command.create({"partner_id": twin.id, "percent": 50.0, "reason": "In dispute"})
                ]
            }
        )
        provision.action_compute()
        self.assertEqual(provision.specific_ids.mapped("amount"), [600, 100])
        self.env.flush_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo().create({})
        wizard._merge((self.doubtful | twin).ids, self.doubtful)
        self.env.invalidate_all()
        self.assertRecordValues(
            provision.specific_ids,
            [
                {
                    "partner_id": self.doubtful.id, "exposure": 1000, "amount": 700, "percent": 70,
                    "reason": "Insolvent; In dispute",
                }
            ],
        )  # fmt: skip

    def test_the_matrix_and_the_target(self):
        provision = self._provision()
        provision.action_compute()
        self.assertRecordValues(
            provision.line_ids,
            [
                {"column_name": "0 (not due)", "exposure": 12000, "amount": 20},
                {"column_name": "1–30", "exposure": 6000, "amount": 20},
                {"column_name": "31–60", "exposure": 0, "amount": 0},
                {"column_name": "61–90", "exposure": 1000, "amount": 80},
                {"column_name": "91–180", "exposure": 0, "amount": 0},
                {"column_name": "over 180", "exposure": 50, "amount": 30},
            ],
        )
        self.assertRecordValues(provision.specific_ids, [{"exposure": 800, "amount": 600}])
        self.assertRecordValues(
            provision,
            [
                {
                    "target_pool": 150, "target_specific": 600, "target": 750, "present": 400,
                    "charge": 350, "credit_total": -190,
                    "receivable_total": self._ties("2025-12-31"),
                }
            ],
        )  # fmt: skip
        covered = sum(provision.line_ids.mapped("exposure")) + 800 - 190
        self.assertEqual(provision.receivable_total, covered)

    def test_every_cell_opens_its_items(self):
        provision = self._provision()
        provision.action_compute()
        for line in provision.line_ids:
            action = line.with_user(self.accountant).action_open_items()
            items = (
                self.env[action["res_model"]].with_user(self.accountant).search(action["domain"])
            )
            self.assertEqual(sum(items.mapped("net")), line.exposure, line.column_name)

    def test_the_entry(self):
        provision = self._approved()
        provision.action_post()
        self.assertRecordValues(
            provision.move_id.line_ids.sorted("debit"),
            [
                {"account_id": self.allowance.id, "debit": 0, "credit": 350},
                {"account_id": self.expense.id, "debit": 350, "credit": 0},
            ],
        )
        self.assertRecordValues(
            provision.move_id,
            [
                {
                    "state": "posted", "date": self._day("2025-12-31"),
                    "receivable_provision_id": provision.id, "company_id": self.company.id,
                }
            ],
        )  # fmt: skip
        self.assertEqual(provision.state, "posted")
        opened = provision.move_id.action_open_receivable_provision()
        self.assertEqual(opened["res_id"], provision.id)

    def test_movements_tie_to_the_account(self):
        provision = self._approved()
        names = ["opening", "charged", "used", "released", "other", "closing"]

        def table():
            provision.invalidate_recordset()
            return [provision[f"movement_{name}"] for name in names]

        self.assertEqual(table(), [300, 250, 120, 30, 0, 400])
        provision.action_post()
        self.assertEqual(table(), [300, 600, 120, 30, 0, 750])
        self._entry(
            (self.company_data["default_account_revenue"], 5, None), (self.allowance, -5, None),
            day="2025-12-05",
        )  # fmt: skip
        self.assertEqual(table(), [300, 600, 120, 30, 5, 755])
        action = provision.action_open_movements()
        items = self.env["account.move.line"].search(action["domain"])
        self.assertEqual(-sum(items.mapped("balance")), 755 - 300)

    def test_less_is_released(self):
        self._entry((self.expense, 1000, None), (self.allowance, -1000, None), day="2025-12-01")
        provision = self._approved()
        self.assertEqual(provision.charge, -650)
        provision.action_post()
        self.assertRecordValues(
            provision.move_id.line_ids.sorted("debit"),
            [
                {"account_id": self.expense.id, "debit": 0, "credit": 650},
                {"account_id": self.allowance.id, "debit": 650, "credit": 0},
            ],
        )
        self.assertEqual(provision.movement_released, 680)

    def test_what_was_booked_since_the_approval_is_not_booked_twice(self):
        provision = self._approved()
        self._entry((self.expense, 350, None), (self.allowance, -350, None), day="2025-12-30")
        provision.action_post()
        self.assertFalse(provision.move_id)
        self.assertEqual(provision.state, "posted")

    def test_columns_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        provision = self._provision()
        provision.action_compute()
        for rows in (provision.line_ids, provision.roll_ids):
            english = rows.with_context(lang="en_US").mapped("column_label")
            chinese = rows.with_context(lang="zh_CN").mapped("column_label")
            self.assertEqual(english, rows.mapped("column_name"))
            self.assertNotEqual(chinese, english)
        gone = provision.line_ids[0]
        gone.sudo()._system().column_name = "1–10"
        self.assertEqual(gone.column_label, "1–10")

    def test_reversed_on_its_own_day(self):
        """A provision of today that was a mistake is undone today."""
        provision = self._approved(date=self._today(), date_from=self._today())
        provision.action_post()
        provision.action_reverse()
        self.assertEqual(provision.state, "reversed")
        self.assertEqual(provision.reversal_move_id.date, self._today())
        self.assertFalse(provision.reversal_date)

    def test_reversal_of_the_next_period(self):
        provision = self._approved()
        provision.reversal_date = "2026-01-01"
        provision.action_post()
        self.assertEqual(provision.state, "reversed")
        reversal = provision.reversal_move_id
        self.assertRecordValues(
            reversal,
            [
                {
                    "state": "posted", "date": self._day("2026-01-01"),
                    "reversed_entry_id": provision.move_id.id,
                    "receivable_provision_id": provision.id,
                }
            ],
        )  # fmt: skip
        self.assertRecordValues(
            reversal.line_ids.sorted("debit"),
            [
                {"account_id": self.expense.id, "debit": 0, "credit": 350},
                {"account_id": self.allowance.id, "debit": 350, "credit": 0},
            ],
        )
        following = self._provision(date="2026-01-31", date_from="2026-01-01")
        following.action_compute()
        self.assertEqual(following.present, 400)

    def test_a_reversal_to_come_waits_for_its_day(self):
        provision = self._approved(reversal_date=self._today(3000))
        provision.action_post()
        self.assertRecordValues(
            provision.reversal_move_id, [{"state": "draft", "auto_post": "at_date"}]
        )

    def test_rows_by_grade(self):
        self._decide(self.customer, credit_grade_id=self._grade("B").id)
        other = self._customer("Another", grade="D")
        self._dated(other, 100, "2025-12-31", due="2025-12-15")
        provision = self._provision(group_by="grade")
        provision.action_compute()
        lines = provision.line_ids.filtered(lambda line: line.column_index == 1)
        self.assertEqual(
            {line.grade_id.code: line.exposure for line in lines}, {"B": 6000, "D": 100}
        )
        # a group without a history of its own takes the company's
        rates = {line.grade_id.code: round(line.rate, 3) for line in lines}
        self.assertEqual(rates, {"B": 0.333, "D": 0.333})

    def test_typed_rates_stay_and_come_again(self):
        provision = self._provision(rate_source="typed", specific=False)
        provision.action_compute()
        self.assertFalse(provision.roll_ids)
        line = provision.line_ids[1]
        provision.write({"line_ids": [(1, line.id, {"base_rate": 5.0})]})
        provision.action_compute()
        self.assertEqual(provision.line_ids[1].amount, 300)
        provision.action_request()
        self._approve(provision)
        following = self._provision(date="2026-01-31", rate_source="typed", specific=False)
        following.action_compute()
        self.assertEqual(following.line_ids[1].base_rate, 5)

    def test_an_adjustment_moves_the_rate(self):
        provision = self._provision()
        provision.action_compute()
        line = provision.line_ids[1]
        line.write({"adjustment": 10.0, "reason": "The branch is in trouble"})
        self.assertAlmostEqual(line.rate, 10.3333, places=3)
        provision.action_compute()
        self.assertAlmostEqual(provision.line_ids[1].amount, 620, places=2)

    def test_no_history_counts_in_full(self):
        provision = self._provision(date="2024-11-30", date_from="2024-01-01", specific=False)
        provision.action_compute()
        self.assertTrue(all(provision.line_ids[:5].mapped("is_without_history")))
        self.assertEqual(set(provision.line_ids.mapped("rate")), {60.0})

    def test_pdf_and_xlsx(self):
        provision = self._provision()
        provision.action_compute()
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "credit_collection.report_receivable_provision", provision.ids
        )
        for text in ("750.00", "Insolvent", "Rate Calculation", "over 180"):
            self.assertIn(text, html.decode())
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.auditor)
            .with_context(active_model=provision._name)
            ._render_xlsx("credit_collection.receivable_provision_xlsx", provision.ids, {})
        )
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            self.assertIn("<v>750</v>", book.read("xl/worksheets/sheet1.xml").decode())
            self.assertIn("xl/worksheets/sheet3.xml", book.namelist())
