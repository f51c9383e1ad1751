from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .confirmation_case import ConfirmationCase


@tagged("post_install", "-at_install")
class TestConfirmationCampaign(ConfirmationCase):
    """Who is asked, what their letters say, and how they go out (P4-15)."""

    def test_a_letter_freezes_balance_and_items_as_of_its_day(self):
        euro = self._rate("EUR", 2.0)
        self._invoice(self.one, 50, days_overdue=5, currency=euro)
        campaign = self._campaign(send=False)
        self.assertEqual((campaign.state, campaign.letter_count), ("prepared", 2))
        letter = self._letter(campaign)
        self.assertRecordValues(
            letter.balance_ids,
            [
                {"currency_id": self.company.currency_id.id, "amount": 350},
                {"currency_id": euro.id, "amount": 50},
            ],
        )
        self.assertRecordValues(
            letter.line_ids.filtered(lambda line: line.currency_id != euro),
            [
                {"name": self.first.name, "ref": "PO 7", "amount": 100, "kind": "invoice"},
                {"name": self.second.name, "ref": "", "amount": 250, "kind": "invoice"},
            ],
        )
        self.assertEqual((letter.amount, letter.user_id), (375, self.salesperson))
        self._pay(self.first)
        self.env.invalidate_all()
        self.assertEqual(sum(letter.line_ids.mapped("amount")), 400, "as it stood when it was made")
        figures = self.env["receivable.statement"]._get_accounts(
            self.company, self.one, self.day, self.day
        )
        self.assertEqual([one.closing for one in figures[self.one.id]], [350, 50])

    def test_the_queries_of_a_campaign_do_not_grow_with_its_customers(self):
        def queries():
            campaign = self.env["receivable.confirmation.campaign"].with_user(self.accountant)
            campaign = campaign.create(
                {"date": self.day, "scope": "all", "date_deadline": self._today(9)}
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            campaign.action_prepare()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        for number in range(12):
            self._invoice(self._customer(f"More {number}"), 10, days_overdue=3)
        self.assertLessEqual(queries(), few + 3)

    def test_rotation_asks_each_customer_once_a_quarter(self):
        more = [self._customer(f"Customer {number}") for number in range(4)]
        for partner in more:
            self._dated(partner, 10, "2025-01-05")
        everybody = {self.one.id, self.two.id, *(partner.id for partner in more)} & set(
            self.env["res.partner"].browse([p.id for p in more]).ids
        )
        asked = []
        for day in ("2025-01-31", "2025-02-28", "2025-03-31"):
            campaign = self.env["receivable.confirmation.campaign"].with_user(self.accountant)
            campaign = campaign.create(
                {"date": day, "scope": "rotation", "date_deadline": self._today(9)}
            )
            self.assertFalse(campaign.in_writing)
            if campaign.sudo()._get_customers():
                campaign.action_prepare()
                asked.append(set(campaign.confirmation_ids.partner_id.ids))
        self.assertEqual(set().union(*asked), everybody)
        self.assertEqual(sum(map(len, asked)), len(everybody), "nobody twice")
        self.assertGreater(len(asked), 1, "spread over the months")

    def test_in_two_months_of_the_year_all_are_asked_in_writing(self):
        self._dated(self.two, 10, "2025-01-05")
        campaigns = self.env["receivable.confirmation.campaign"].with_user(self.accountant)
        values = {"scope": "rotation", "date_deadline": self._today(9)}
        june = campaigns.create({**values, "date": "2025-06-30"})
        self.assertTrue(june.in_writing)
        june.action_prepare()
        self.assertEqual(june.confirmation_ids.partner_id, self.two)
        self.assertTrue(june.confirmation_ids.in_writing)
        again = campaigns.create({**values, "date": "2025-06-29"})
        self.assertEqual(again.sudo()._get_customers(), self.two, "whoever was asked already")
        self.company.sudo().receivable_confirmation_month_1 = "9"
        self.assertFalse(campaigns.create({**values, "date": "2025-06-28"}).in_writing)

    def test_a_chosen_customer_without_open_items_confirms_zero(self):
        nothing = self._customer("Nothing")
        campaign = self._campaign(
            send=False, scope="chosen", partner_ids=[Command.set((nothing | self.one).ids)]
        )
        self.assertEqual(campaign.confirmation_ids.partner_id, nothing | self.one)
        self.assertEqual(self._letter(campaign, nothing).balance_ids.amount, 0)

    def test_refused_before_anything_is_made(self):
        campaigns = self.env["receivable.confirmation.campaign"].with_user(self.accountant)
        good = {"date": self.day, "scope": "all", "date_deadline": self._today(9)}
        for values in (
            {"date": self._today(1)},
            {"date_deadline": self.day},
            {"scope": "chosen"},
        ):
            with self.subTest(values=values):
                self.refused(lambda v=values: campaigns.create({**good, **v}), ValidationError)
        early = campaigns.create({**good, "date": "2018-01-31"})
        self.refused(early.action_prepare, UserError)
        self.assertEqual(early.state, "draft")

    def test_discarded_letters_leave_a_draft(self):
        campaign = self._campaign(send=False)
        campaign.action_discard()
        self.assertEqual((campaign.state, campaign.letter_count), ("draft", 0))
        campaign.action_prepare()
        self.refused(self._letter(campaign).action_send, UserError)
        self.refused(self._letter(campaign).action_print, UserError)
        self._letter(campaign).action_cancel()
        campaign.action_send()
        self.assertEqual(self._letter(campaign).state, "cancelled")
        self.assertEqual(self._letter(campaign, self.two).state, "ready")
        self.refused(campaign.action_discard, UserError)
        self.refused(campaign.action_send, UserError)

    def test_who_makes_campaigns_and_who_reads_letters(self):
        for user in (self.auditor, self.salesperson, self.collector, self.finance_manager):
            with self.subTest(user=user.name):
                self.refused(lambda u=user: self._campaign(u), AccessError)
        campaign = self._campaign(self.controller)
        own = campaign.with_user(self.salesperson)
        self.refused(own.action_discard, AccessError)
        letters = self.env["receivable.confirmation"]
        scope = [("campaign_id", "=", campaign.id)]
        seen = letters.with_user(self.salesperson).search(scope)
        self.assertEqual(seen.partner_id, self.one)
        self.assertEqual(letters.with_user(self.auditor).search_count(scope), 2)
        foreign = self._letter(campaign, self.two).with_user(self.salesperson)
        self.refused(lambda: foreign.line_ids.read(["amount"]), AccessError)

    def test_letters_go_by_email_and_on_paper_where_there_is_no_address(self):
        self.two.email = False
        campaign = self._campaign()
        mails = self.env["mail.mail"].sudo().search([("email_to", "like", "one@example.com")])
        self.assertEqual(len(mails), 1)
        letter, paper = self._letter(campaign), self._letter(campaign, self.two)
        self.assertEqual((letter.state, letter.email_to), ("sent", "one@example.com"))
        self.assertIn(letter.sudo()._get_link(), mails.body_html)
        self.assertEqual(mails.attachment_ids, letter.sudo().attachment_id)
        self.assertEqual((paper.state, paper.channel), ("ready", "print"))
        self.assertEqual(campaign.paper_count, 1)
        campaign.action_print_letters()
        self.assertEqual(paper.state, "printed")
        self.assertTrue(paper.sudo().attachment_id)
        self.refused(campaign.action_print_letters, UserError)

    def test_the_link_is_shown_to_nobody_of_ours(self):
        letter = self._letter(self._campaign())
        token = letter.sudo()._get_token()
        for user in (self.accountant, self.controller, self.auditor):
            self.assertNotIn(token, letter.with_user(user)._get_link())
        messages = letter.sudo().message_ids
        self.assertNotIn(token, "".join(map(str, messages.mapped("body"))))
        self.assertTrue(letter.sudo().message_id, "a mail that comes back finds its letter")
        for user in (self.accountant, self.controller, self.auditor):
            found = self.env["mail.message"].with_user(user).search(
                [("id", "=", letter.sudo().message_id.id)]
            )  # fmt: skip
            self.assertFalse(found)

    def test_the_jobs_send_remind_and_end(self):
        campaign = self._campaign(send=False)
        campaign.action_send()
        letters = campaign.sudo().confirmation_ids
        self.assertEqual(set(letters.mapped("state")), {"ready"})
        for days, name, state in (
            (15, "receivable_confirmation_send", "sent"),
            (-1, "receivable_confirmation", "silent"),
        ):
            letters._system_write({"date_deadline": self._today(days)})
            self._run_job(name)
            self.assertEqual(set(letters.mapped("state")), {state})
        self.assertEqual(campaign.state, "closed")

    def test_letters_that_wait_too_long_are_cancelled(self):
        campaign = self._campaign(send=False, send_by="print")
        campaign.action_send()
        campaign.sudo().confirmation_ids._system_write({"date_deadline": self._today(-1)})
        self._follow_up()
        self.assertEqual(set(campaign.confirmation_ids.mapped("state")), {"cancelled"})

    def test_letters_and_links_of_merged_customers_stay(self):
        campaign = self._campaign()
        letters = campaign.sudo().confirmation_ids
        tokens = [letter._get_token() for letter in letters]
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo().create({})
        wizard._merge((self.one | self.two).ids, self.one)
        self.env.invalidate_all()
        self.assertEqual(letters.partner_id, self.one)
        self.assertEqual([letter._get_token() for letter in letters], tokens)

    def test_one_reminder_before_the_day_of_answer(self):
        campaign = self._campaign()
        letter = self._letter(campaign)
        for days, count in ((9, 0), (5, 1), (4, 1)):
            letter.sudo()._system_write({"date_deadline": self._today(days)})
            self._follow_up()
            mails = self.env["mail.mail"].sudo().search(
                [("email_to", "like", "one@example.com"), ("subject", "like", "Reminder")]
            )  # fmt: skip
            with self.subTest(days=days):
                self.assertEqual(len(mails), count)
        self.assertEqual(letter.reminded_on, self._today())

    def test_the_rotation_of_the_month_is_prepared_once_where_the_company_wants_it(self):
        self._dated(self.one, 10, self.company._credit_today().replace(day=1) - self._delta(40))
        campaigns = self.env["receivable.confirmation.campaign"].sudo()
        today = self._today().replace(day=1)
        self.assertFalse(campaigns._create_rotation(self.company.sudo(), today))
        self.company.sudo().receivable_confirmation_rotation = True
        months = [today, *(today - self._delta(days) for days in (31, 62))]
        made = [campaigns._create_rotation(self.company.sudo(), month) for month in months]
        made = campaigns.union(*made)
        self.assertTrue(made)
        self.assertEqual(set(made.mapped("state")), {"prepared"})
        self.assertTrue(self._activities(made[:1], "mail_activity_confirmation_send"))
        self.assertFalse(campaigns._create_rotation(self.company.sudo(), months[0]) & made)

    def test_customers_of_another_company_are_not_asked(self):
        other = self._create_company(name="Elsewhere")
        foreign = self.env["res.partner"].sudo().create(
            {"name": "Foreign", "is_company": True, "email": "f@example.com", "company_id": other.id}
        )  # fmt: skip
        chosen = {"scope": "chosen", "partner_ids": [Command.set((self.one + foreign).ids)]}
        self.refused(lambda: self._campaign(send=False, **chosen), AccessError)
