from datetime import datetime

from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ...common import migration
from ...receivable.ageing.ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestKpiCollecting(AgeingCase):
    """What collecting brought in June 2025, by hand: two customers, two collectors, a sales team."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kpis = cls.env["insight.kpi"]
        cls.first, cls.last = cls._day("2025-06-01"), cls._day("2025-06-30")
        cls.rival = cls._user("rival", "credit_collection.group_collection_collector")
        cls.one = cls._customer("One")
        cls.two = cls._customer("Two", user_id=cls.salesperson2.id)
        cls.old = cls._dated(cls.one, 1000, "2025-04-10", due="2025-05-10")
        cls.young = cls._dated(cls.two, 400, "2025-05-01", due="2025-05-21")
        cls.team = cls.env["crm.team"].create({"name": "South", "company_id": cls.company.id})
        cls.env["crm.team.member"].create(
            {"crm_team_id": cls.team.id, "user_id": cls.salesperson2.id}
        )
        cls.case_one = cls._case(cls.one, cls.collector, "2025-05-12")
        cls.case_two = cls._case(cls.two, cls.rival, "2025-05-22")

    @classmethod
    def _case(cls, partner, collector, day):
        return cls.env["collection.case"]._system_create(
            {
                "name": f"CASE {partner.name}",
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "user_id": collector.id,
                "date_open": day,
            }
        )

    def _contact(self, case, moment, **values):
        return self.env["collection.contact"]._system_create(
            {"case_id": case.id, "date": moment, "channel": "call", "is_automatic": True, **values}
        )

    def _hand_over(self, case, collector, moment):
        """Give a case to another collector at a moment of the past."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        thread = case.with_context(
            tracking_disable=False, mail_notrack=False, mail_create_nolog=False
        )
        thread._system_write({"user_id": collector.id})
        self.env.flush_all()
        self.env.cr.precommit.run()  # tracking
        value = (
            self.env["mail.tracking.value"]
            .sudo()
            .search(
                [
                    ("field_id.name", "=", "user_id"),
                    ("field_id.model", "=", "collection.case"),
                    ("mail_message_id.res_id", "=", case.id),
                ],
                limit=1,
            )
        )
        self.assertEqual(value.new_value_integer, collector.id)
        # Messages are evidence: nobody, and no test, moves one but in the database.
        message = value.mail_message_id
        self.env.cr.execute(
            SQL("UPDATE mail_message SET date = %s WHERE id = %s", moment, message.id)
        )
        message.invalidate_recordset(flush=False)

    def _row(self, scope="company", unit=None):
        rows = self.kpis._compute_months(self.company, self.first, self.last, "Again")
        return rows.filtered(lambda r: r.scope == scope and (not unit or r._get_unit() == unit))

    # ------------------------------------------------------------------ overdue recovery, days late

    def test_overdue_recovery(self):
        """Overdue on 31 May: 1,000 and 400. Paid in June: 600; credited: 100; written by June: 300 new."""
        self._pay(self.old, 600, date="2025-06-15")
        refund = self.young._reverse_moves([{"date": "2025-06-20", "invoice_date": "2025-06-20"}])
        refund.invoice_line_ids.price_unit = 100
        refund.action_post()
        lines = (self.young | refund).line_ids.filtered(
            lambda li: li.account_type == "asset_receivable"
        )
        lines.reconcile()
        self._dated(self.one, 300, "2025-06-01", due="2025-06-05")
        row = self._row()
        self.assertRecordValues(row, [{"opening_overdue": 1400, "recovered": 600}])
        self.assertAlmostEqual(row.overdue_recovery_rate, 600 / 14)
        opened = row.action_open_opening_overdue()
        items = self.env[opened["res_model"]].search(opened["domain"])
        self.assertEqual(sum(items.mapped("net")), row.opening_overdue)

    def test_money_on_account_recovers_when_it_comes(self):
        """Received on 28 June, applied on 3 July: it is June's."""
        payment = self._receive(self.one, 250, date="2025-06-28")
        lines = (self.old | payment.move_id).line_ids.filtered(
            lambda li: li.account_type == "asset_receivable"
        )
        with freeze_time("2025-07-03"):
            lines.reconcile()
        self.assertEqual(self._row().recovered, 250)

    def test_days_late(self):
        """600 paid 36 days late, 400 paid 5 days early of one due on 30 June."""
        early = self._dated(self.two, 400, "2025-06-02", due="2025-06-30")
        self._pay(self.old, 600, date="2025-06-15")
        self._pay(early, 400, date="2025-06-25")
        row = self._row()
        self.assertRecordValues(row, [{"paid": 1000, "paid_days": 600 * 36 - 400 * 5}])
        self.assertAlmostEqual(row.days_late, 19.6)
        action = row.action_open_paid()
        items = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(items.move_id, self.old | early)

    # ------------------------------------------------------------------ cases, promises, disputes

    def test_collection_period(self):
        """Paid after 30 and 40 days; one that was written off counts not."""
        third = self._case(self._customer("Three"), self.collector, "2025-05-01")
        for case, day, result in (
            (self.case_one, "2025-06-11", "collected"),
            (self.case_two, "2025-07-01", "not_due"),
            (third, "2025-06-20", "written_off"),
        ):
            case._system_write({"state": "closed", "date_close": day, "result": result})
        row = self._row()
        self.assertRecordValues(
            row, [{"cases_closed": 1, "case_days": 30, "collection_period": 30}]
        )
        action = row.action_open_cases()
        self.assertEqual(self.env["collection.case"].search(action["domain"]), self.case_one)

    def _promise(self, case, invoice, amount, paid, state, day="2025-06-10"):
        [item] = invoice.line_ids.filtered(lambda li: li.account_type == "asset_receivable")
        promise = self.env["collection.promise"]._system_create(
            {
                "partner_id": case.partner_id.id,
                "company_id": self.company.id,
                "currency_id": invoice.currency_id.id,
                "case_id": case.id,
                "user_id": case.user_id.id,
                "date": "2025-05-25",
                "line_ids": [
                    Command.create(
                        {
                            "move_line_id": item.id,
                            "date_promised": day,
                            "date_limit": day,
                            "amount": amount,
                        }
                    )
                ],
            }
        )
        promise.line_ids._system_write({"state": state, "amount_paid": paid})
        return promise.line_ids

    def test_promises_kept_in_company_currency(self):
        """300 of 500 and nothing of EUR 100 (50): 300 of 550. Open and cancelled ones wait."""
        euro = self._rate("EUR", 2.0)
        foreign = self._dated(self.two, 100, "2025-05-01", currency=euro)
        other = self._dated(self.two, 70, "2025-05-01")
        lines = self._promise(self.case_one, self.old, 500, 300, "partly")
        lines |= self._promise(self.case_two, foreign, 100, 0, "broken")
        self._promise(self.case_two, other, 70, 0, "cancelled")
        self._promise(self.case_two, self.young, 400, 400, "kept", day="2025-07-01")
        row = self._row()
        self.assertRecordValues(row, [{"promised": 550, "kept": 300}])
        self.assertAlmostEqual(row.kept_rate, 300 / 5.5)
        action = row.action_open_promises()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), lines)
        own = self._row("collector", self.collector)
        self.assertRecordValues(own, [{"promised": 500, "kept": 300}])

    def test_disputes(self):
        """280 open of 1,400; one settled after 12 days, one withdrawn, one opened in July."""
        reason = self._contested_reason()
        made = []
        for invoice, amount, day, closed, state in (
            (self.old, 280, "2025-05-20", "2025-07-05", "accepted"),
            (self.young, 50, "2025-06-01", "2025-06-13", "rejected"),
            (self.young, 60, "2025-06-01", "2025-06-09", "cancelled"),
            (self.young, 70, "2025-07-01", False, "open"),
        ):
            made.append(
                self.env["collection.dispute"]._system_create(
                    {
                        "move_id": invoice.id,
                        "partner_id": invoice.partner_id.id,
                        "company_id": self.company.id,
                        "amount": amount,
                        "reason_id": reason.id,
                        "date": day,
                        "date_close": closed,
                        "state": state,
                        "days_to_resolve": 12 if state == "rejected" else 0,
                    }
                )
            )
        row = self._row()
        self.assertRecordValues(
            row,
            [{"disputed": 280, "disputes_closed": 1, "dispute_days": 12, "dispute_period": 12}],
        )
        self.assertAlmostEqual(row.dispute_rate, 20)
        action = row.action_open_disputes()
        found = self.env["collection.dispute"].search(action["domain"])
        self.assertEqual(found, self.env["collection.dispute"].union(*made[:3]))

    # ------------------------------------------------------------------ contacts

    def test_money_belongs_to_the_last_contact_before_it(self):
        """Calls on the 3rd, 5th and 20th; 100 on the 4th, 40 on the 6th, 200, 50 and 30 later."""
        first = self._contact(self.case_one, "2025-06-03 06:00:00")
        second = self._contact(
            self.case_one, "2025-06-05 06:00:00", channel="visit", is_complaint=True
        )
        third = self._contact(self.case_one, "2025-06-20 06:00:00")
        for amount, day in (
            (100, "2025-06-04"),
            (40, "2025-06-06"),
            (200, "2025-06-12"),
            (50, "2025-06-13"),
            (30, "2025-06-27"),
        ):
            self._receive(self.one, amount, date=day)
        self._receive(self.two, 999, date="2025-06-04")  # another customer
        rows = self._contacts("2025-07-01")
        self.assertEqual(
            {row.id: (row.amount, row.success) for row in rows},
            {first.id: (100, 100), second.id: (240, 100), third.id: (30, 100)},
        )
        row = self._row()
        self.assertRecordValues(row, [{"contacts": 3, "complaints": 1, "contact_money": 370}])
        self.assertAlmostEqual(row.contact_yield, 370 / 3, 2)
        self.assertAlmostEqual(row.complaint_rate, 100 / 3)
        with freeze_time("2025-07-01"):
            action = row.action_open_contacts()
            self.assertEqual(rows.search(action["domain"]), rows)

    def _contacts(self, today):
        with freeze_time(today):
            contacts = self.env["insight.contact"].with_user(self.auditor)
            return contacts.search([("company_id", "=", self.company.id)])

    def test_the_day_is_the_companys(self):
        """20:00 in UTC is the next day in Shanghai: money of the day before is not of this call."""
        self.company.sudo().partner_id.tz = "Asia/Shanghai"
        self.env.registry.clear_cache()
        self._contact(self.case_one, "2025-06-03 20:00:00")
        self._receive(self.one, 100, date="2025-06-03")
        self._receive(self.one, 10, date="2025-06-11")
        [row] = self._contacts("2025-07-01")
        self.assertEqual((row.date, row.amount), (self._day("2025-06-04"), 10))

    def test_stage_and_collector_are_those_of_the_time(self):
        stages = self.env["collection.stage"].search([], limit=2)
        self.case_one._system_write({"stage_id": stages[0].id})
        self._contact(self.case_one, "2025-06-03 06:00:00")
        self._contact(self.case_one, "2025-06-23 06:00:00")
        self._hand_over(self.case_one, self.rival, datetime(2025, 6, 10, 6))
        rows = self._contacts("2025-07-01").sorted("date")
        self.assertEqual(rows.mapped("user_id"), self.collector | self.rival)
        self.assertEqual([row.user_id for row in rows], [self.collector, self.rival])
        self.assertEqual(rows.stage_id, stages[0])

    def test_the_path_is_that_of_the_time(self):
        """Negotiated on the 3rd, a lawsuit from the 10th on: each contact keeps its own."""
        self.case_one._system_write({"path": "negotiation"})
        first = self._contact(self.case_one, "2025-06-03 06:00:00")
        self.case_one._system_write({"path": "suit"})
        second = self._contact(self.case_one, "2025-06-23 06:00:00")
        self._receive(self.one, 10, date="2025-06-24")
        rows = self._contacts("2025-07-01")
        self.assertEqual(
            {row.id: (row.path, row.success) for row in rows},
            {first.id: ("negotiation", 0), second.id: ("suit", 100)},
        )

    def test_migration_reads_the_path_from_the_chatter(self):
        """Known before and after the change; of a case without a change its own."""
        self.case_two._system_write({"path": "mediation"})
        quiet = self._contact(self.case_two, "2025-06-03 06:00:00")
        first = self._contact(self.case_one, "2025-06-03 06:00:00")
        last = self._contact(self.case_one, "2025-06-23 06:00:00")
        self.env.flush_all()
        self.env.cr.precommit.run()
        thread = self.case_one.with_context(tracking_disable=False, mail_notrack=False)
        for path in ("negotiation", "suit"):
            thread._system_write({"path": path})
            self.env.flush_all()
            self.env.cr.precommit.run()
        changes = (
            self.env["mail.tracking.value"]
            .sudo()
            .search(
                [
                    ("field_id.name", "=", "path"),
                    ("field_id.model", "=", "collection.case"),
                    ("mail_message_id.res_id", "=", self.case_one.id),
                ],
                order="id",
            )
        )
        for change, moment in zip(changes, ("2025-06-01", "2025-06-10"), strict=True):
            message = change.mail_message_id
            self.env.cr.execute(
                SQL("UPDATE mail_message SET date = %s WHERE id = %s", moment, message.id)
            )
        self.env.cr.execute(SQL("ALTER TABLE collection_contact DROP COLUMN path"))
        migration("19.0.1.9.0", "pre-contact_path").migrate(self.env.cr, "19.0.1.8.0")
        self.env.invalidate_all(flush=False)
        self.assertEqual(
            (first | last | quiet).mapped("path"), ["negotiation", "suit", "mediation"]
        )

    # ------------------------------------------------------------------ units

    def test_money_is_of_the_collector_who_had_the_case_when_it_came(self):
        self._hand_over(self.case_one, self.rival, datetime(2025, 6, 15, 6))
        receipts = {
            day: self._receive(self.one, amount, date=day)
            for amount, day in ((100, "2025-06-14"), (30, "2025-06-16"))
        }
        self._receive(self._customer("Without Case"), 5, date="2025-06-16")
        own, other = self._row("collector", self.collector), self._row("collector", self.rival)
        self.assertEqual((own.collected, other.collected), (100, 30))
        self.assertEqual(self._row().collected, 135)
        action = own.action_open_collected()
        items = self.env["account.move.line"].search(action["domain"])
        self.assertEqual(items.move_id, receipts["2025-06-14"].move_id)
        # Overdue is of the collector who had the case on the day.
        self.assertEqual((own.opening_overdue, other.opening_overdue), (1000, 400))
        self.assertEqual((own.overdue_items, other.overdue_items), (0, 1270))
        action = other.action_open_overdue_items()
        items = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(sum(items.mapped("net")), other.overdue_items)

    def test_money_that_closes_a_case_is_its_collectors(self):
        self._receive(self.one, 1000, date="2025-06-16")
        self.case_one._system_write(
            {"state": "closed", "date_close": "2025-06-16", "result": "collected"}
        )
        self._receive(self.one, 7, date="2025-06-17")
        self.assertEqual(self._row("collector", self.collector).collected, 1000)

    def test_two_cases_of_a_customer_count_its_balance_once(self):
        """A case opened again, over another one of the time between."""
        self.case_one._system_write({"state": "closed"})
        self.env.flush_all()
        self._case(self.one, self.rival, "2025-05-20")
        row = self._row()
        self.assertRecordValues(row, [{"closing": 1400, "overdue_items": 1400}])
        self._receive(self.one, 10, date="2025-06-16")
        rows = self._row("collector")
        self.assertEqual(sum(rows.mapped("collected")), 10)

    def test_a_sales_team_is_the_sum_of_its_members(self):
        self._pay(self.young, 150, date="2025-06-15")
        team, member = self._row("team", self.team), self._row("user", self.salesperson2)
        self.assertEqual(team.team_id, self.team)
        names = ("closing", "overdue", "collected", "due", "sales", "dso", "days_late", "recovered")
        self.assertTrue(team.closing and team.recovered and team.days_late)
        for name in names:
            self.assertEqual(team[name], member[name], name)
        action = team.action_open_closing()
        items = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(sum(items.mapped("amount")), team.closing)
        action = team.action_open_collected()
        items = self.env["account.move.line"].search(action["domain"])
        self.assertEqual(-sum(items.mapped("balance")), 150)

    def test_contacts_are_seen_in_their_company(self):
        self._contact(self.case_one, "2025-06-03 06:00:00")
        with freeze_time("2025-07-01"):
            rows = self.env["insight.contact"].with_user(self.auditor)
            self.assertTrue(rows.search([("case_id", "=", self.case_one.id)]))
            stranger = self._user(
                "stranger",
                "credit_collection.group_credit_auditor",
                company=self.setup_other_company()["company"],
            )
            self.assertFalse(
                self.env["insight.contact"]
                .with_user(stranger)
                .search([("case_id", "=", self.case_one.id)])
            )
            self.assertFalse(
                self.env["insight.contact"].with_user(self.salesperson).has_access("read")
            )

    def test_months_together_equal_months_alone(self):
        """Rows of April to July in one go are those of each month by itself."""
        self._pay(self.old, 600, date="2025-06-15")
        self._pay(self.young, 50, date="2025-07-02")
        self._receive(self.one, 20, date="2025-05-30")
        self._contact(self.case_one, "2025-06-13 06:00:00")
        months = [
            self._day(day) for day in ("2025-04-30", "2025-05-31", "2025-06-30", "2025-07-31")
        ]

        def clean(found):
            return {
                key: {
                    name: [round(float(part), 6) for part in value]
                    if name == "history"
                    else round(float(value), 6)
                    for name, value in values.items()
                    if value
                }
                for key, values in found.items()
            }

        together = clean(self.kpis._get_inputs(self.company, months))
        for month in months:
            alone = clean(self.kpis._get_inputs(self.company, [month]))
            self.assertEqual({k: v for k, v in together.items() if k[0] == month}, alone)
        # A query per source, not per month; of each day three that look up columns, rates, notes.
        self.env.flush_all()
        counts = []
        for some in (months[:1], months):
            before = self.env.cr.sql_log_count
            self.kpis._get_inputs(self.company, some)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 3 * 3)
