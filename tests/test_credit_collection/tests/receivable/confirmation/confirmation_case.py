from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command

from ..ageing.ageing_case import AgeingCase


class ConfirmationCase(AgeingCase):
    """Two customers with open items, and campaigns made by the accountant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().write(
            {
                "credit_mode": "enforce",
                "collection_accounting_user_id": cls.accountant.id,
                "credit_controller_id": cls.controller.id,
            }
        )
        cls.one = cls._customer("One & Co", limit=100000, email="one@example.com")
        cls.two = cls._customer(
            "Two", limit=100000, email="two@example.com", user_id=cls.salesperson2.id
        )
        cls.day = cls._today(-1)
        cls.first = cls._invoice(cls.one, 100, days_overdue=40, ref="PO 7")
        cls.second = cls._invoice(cls.one, 250, days_overdue=-20, invoice_date=cls._today(-2))
        cls.other = cls._invoice(cls.two, 777, days_overdue=30)

    def _campaign(self, user=None, send=True, **values):
        campaigns = self.env["receivable.confirmation.campaign"].with_user(user or self.accountant)
        campaign = campaigns.create(
            {
                "date": self.day,
                "scope": "all",
                "date_deadline": self._today(15),
                **values,
            }
        )
        campaign.action_prepare()
        if send:
            campaign.action_send()
            self._send(campaign)
        return campaign

    def _send(self, campaign):
        """Let the letters by email go out, as the job and the mail server do."""
        letters = campaign.sudo().confirmation_ids
        for letter in letters.filtered(lambda one: one.state == "ready" and one.channel == "mail"):
            letter._deliver()
            letter.message_id.mail_ids.state = "sent"

    def _letter(self, campaign, partner=None):
        partner = partner or self.one
        return campaign.confirmation_ids.filtered(lambda one: one.partner_id == partner)

    def _file(self, user=None):
        files = self.env["ir.attachment"].with_user(user or self.accountant)
        return files.create({"name": "signed.pdf", "raw": b"%PDF-1.4 signed"})

    def _answer(self, letter, own=None, contested=(), **values):
        """Enter an answer from paper: agreed, or another balance and items that are not agreed."""
        letter = letter.with_user(self.accountant)
        balance = letter.balance_ids[:1]
        balance.write({"answer": "agree" if own is None else "disagree", "amount_own": own or 0.0})
        for line in letter.line_ids:
            if line.name in contested:
                line.answer = "disagree"
        values.setdefault("attachment_ids", [Command.link(self._file().id)])
        letter.write(values)
        letter.action_record()
        return letter

    def _age(self, letters, days=1):
        """Let the day of answer have passed some days ago."""
        letters.sudo()._system_write({"date_deadline": self._today(-days)})

    def _end(self, *letters):
        for letter in letters:
            self._age(letter)
        for letter in letters:
            letter.sudo().with_company(self.company)._end_waiting(self.company)

    def refused(self, call, error=UserError):
        """The call is refused and changes nothing."""
        with self.assertRaises(error), self.env.cr.savepoint():
            call()
        self.env.invalidate_all()

    def _activities(self, record, name):
        return record.sudo().activity_ids.filtered(
            lambda one: one.activity_type_id == self.env.ref(f"credit_collection.{name}")
        )

    def _delta(self, days):
        return timedelta(days=days)

    def _follow_up(self):
        """What the daily job does with the letters of the company."""
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kw: 1.0):
            letters = self.env["receivable.confirmation"].sudo().with_company(self.company)
            letters._follow_up(self.company.sudo())

    def _policy(self, effect):
        """The policy in force says what becomes of silent customers."""
        policy = self.env["credit.policy"].new({"confirmation_freeze": effect})
        return patch.object(type(self.env["res.partner"]), "_credit_policy", lambda *_args: policy)
