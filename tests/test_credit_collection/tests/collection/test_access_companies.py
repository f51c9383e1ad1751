from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .letter.letter_case import LetterCase


@tagged("post_install", "-at_install")
class TestAccessCompanies(LetterCase):
    """One company knows nothing of another; a salesperson nothing of others' customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Customer")
        cls.invoice = cls._invoice(cls.customer, 100.0, 40)
        cls.other = cls._customer("Other", user_id=cls.salesperson2.id)
        cls._invoice(cls.other, 55.0, 40)
        cls.case = cls._case(cls.customer, name="C1").with_env(cls.env)
        cls.other_case = cls._case(cls.other, name="C2").with_env(cls.env)
        cls.collector2 = cls._user("collector2", "credit_collection.group_collection_collector")
        cls.manager = cls._user("head", "credit_collection.group_collection_manager")
        cls.foreign = cls.env["res.company"].sudo().create({"name": "Foreign"})
        cls.foreign_manager = cls._user(
            "foreign",
            "credit_collection.group_collection_manager",
            cls.foreign,
            company_ids=[Command.set(cls.foreign.ids)],
        )

    def _facts(self):
        """One of each, of the first customer."""
        letter = self._write(self.customer)
        promise = (
            self.env["collection.promise"]
            .sudo()
            ._register_promise(
                self.case,
                [
                    {
                        "move_line_id": self.invoice.line_ids.filtered(
                            lambda line: line.account_type == "asset_receivable"
                        ).id,
                        "date_promised": self._today(3),
                    }
                ],
            )
        )
        reason = self.env["collection.reason"].sudo().create(
            {"name": "R", "category": "external", "route": "sales", "is_dispute": True}
        )  # fmt: skip
        dispute = (
            self.env["collection.dispute"]
            .sudo()
            ._open({"move_id": self.invoice.id, "reason_id": reason.id, "amount": 5.0})
        )
        contact = (
            self.env["collection.contact"]
            .with_user(self.collector)
            .create({"case_id": self.case.id, "summary": "x"})
        )
        filing = self.env["collection.filing"].sudo()._system().create({"case_id": self.case.id})
        agreement = (
            self.env["collection.agreement"]
            .with_user(self.collector)
            .create({"partner_id": self.customer.id, "item_ids": []})
        )
        ledger = self.env["collection.ledger"].sudo().search(
            [("partner_id", "=", self.customer.id)]
        )  # fmt: skip
        self.env.flush_all()
        return [
            self.case, letter, letter.line_ids, promise, promise.line_ids, dispute, contact, filing,
            filing.evidence_ids, agreement, agreement.item_ids, ledger,
        ]  # fmt: skip

    def _sees(self, user, record):
        self.env.flush_all()
        self.env.invalidate_all()
        found = record.with_user(user).search([("id", "in", record.ids)])
        return bool(found)

    def test_portfolio_hides_everything(self):
        records = self._facts()
        for record in records:
            self.assertTrue(record, record._name)
            self.assertTrue(self._sees(self.collector2, record), record._name)
        self.company.sudo().collection_own_portfolio = True
        for record in records:
            with self.subTest(model=record._name):
                self.assertFalse(self._sees(self.collector2, record))
                self.assertTrue(self._sees(self.collector, record))
                self.assertTrue(self._sees(self.manager, record))
                with self.assertRaises(AccessError):
                    record.with_user(self.collector2).read(["display_name"])
        # Nor do they act on records they do not see.
        case = self.case.with_user(self.collector2)
        for name in (
            "action_assign_to_me",
            "action_log_call",
            "action_open_overdue",
            "action_reopen",
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                getattr(case, name)()

    def test_salesperson_sees_own_records(self):
        for record in self._facts():
            with self.subTest(model=record._name):
                self.assertFalse(self._sees(self.salesperson2, record))
                self.assertTrue(self._sees(self.salesperson, record))

    def test_other_company(self):
        for record in self._facts():
            with self.subTest(model=record._name):
                self.assertFalse(self._sees(self.foreign_manager, record))
                with self.assertRaises(AccessError, msg=record._name):
                    record.with_user(self.foreign_manager).read(["display_name"])
                # Naming the company in the switcher does not open it.
                with self.assertRaises(AccessError):
                    record.with_user(self.foreign_manager).with_context(
                        allowed_company_ids=[self.company.id]
                    ).read(["display_name"])

    def test_switcher(self):
        """A company that is not switched on is not seen, whoever may switch it on."""
        both = self._user("both", "credit_collection.group_collection_manager")
        both.sudo().company_ids += self.foreign
        for record in self._facts():
            with self.subTest(model=record._name):
                record.env.invalidate_all()
                found = (
                    record.with_user(both)
                    .with_context(allowed_company_ids=[self.foreign.id])
                    .search([("id", "in", record.ids)])
                )
                self.assertFalse(found)

    def test_ledger_groups_within_the_rules(self):
        """Sums of the ledger count only records that the user may see."""
        self.env.flush_all()
        ledger = self.env["collection.ledger"].with_user(self.salesperson2)
        for groupby in ("partner_id", "age_bucket", "amount_class", "stage_id", "salesperson_id"):
            with self.subTest(groupby=groupby):
                groups = ledger._read_group([], [groupby], ["amount:sum", "score:max"])
                self.assertEqual(sum(group[1] for group in groups), 55.0)
        self.assertEqual(ledger.search([], order="score desc, id").partner_id, self.other)
        for domain in ([("case_id.partner_id", "=", self.customer.id)], [("score", ">=", 0)]):
            self.assertNotIn(self.customer, ledger.search(domain).partner_id)

    def test_figures_of_a_foreign_case(self):
        self.env.flush_all()
        self.env.invalidate_all()
        case = self.case.with_user(self.salesperson2)
        for name in (
            "amount_overdue",
            "amount_chase",
            "days_overdue",
            "why",
            "phone",
            "letter_count",
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                case.read([name])
        groups = case.browse()._read_group([], ["work_state"], ["__count"])
        self.assertEqual(sum(count for _state, count in groups), 1)
        self.assertFalse(self.customer.with_user(self.salesperson2).collection_case_id)
        self.assertFalse(self.customer.with_user(self.salesperson2).collection_last_contact_text)

    def test_invoice_hides_the_case(self):
        """Groups of the invoice list do not show a hidden case."""
        self.company.sudo().collection_own_portfolio = True
        moves = self.env["account.move"].with_user(self.collector2)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(moves.browse(self.invoice.id).collection_case_id)

    def test_reports(self):
        """A report shows no letter, agreement, filing that its user may not read."""
        records = [r for r in self._facts() if r._name in (
            "collection.letter", "collection.agreement", "collection.filing")]  # fmt: skip
        internal = self._user("internal", "base.group_user")
        portal = new_test_user(
            self.env, login="portal_report", groups="base.group_portal", company_id=self.company.id
        )
        for record in records:
            report = f"credit_collection.report_{record._name.replace('.', '_')}"
            for user in (internal, portal, self.salesperson2, self.foreign_manager):
                self.env.flush_all()
                self.env.invalidate_all()
                with self.subTest(report=report, user=user.name), self.assertRaises(AccessError):
                    self.env["ir.actions.report"].with_user(user)._render_qweb_html(
                        report, record.ids
                    )

    # ------------------------------------------------------------------ mixing companies

    def test_no_document_of_another_company(self):
        team = (
            self.env["collection.team"]
            .sudo()
            .create(
                {
                    "name": "Theirs",
                    "company_id": self.foreign.id,
                    "head_id": self.foreign_manager.id,
                }
            )
        )
        with self.assertRaises(UserError):
            self.case.with_user(self.manager).sudo()._system().write({"team_id": team.id})
        with self.assertRaises(UserError):
            self.case.with_user(self.manager).write({"user_id": self.foreign_manager.id})
        agreements = self.env["collection.agreement"].with_user(self.collector)
        with self.assertRaises(UserError):
            agreements.create({"partner_id": self.customer.id, "company_id": self.foreign.id})
        with self.assertRaises(UserError):
            self.env["collection.letter.write"].with_user(self.collector).create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.foreign.id,
                    "currency_id": self.company.currency_id.id,
                }
            ).action_write()

    def test_items_of_others_in_a_promise(self):
        with self.assertRaises(UserError):
            self.env["collection.promise"].with_user(self.collector)._register_promise(
                self.other_case.with_user(self.collector),
                [
                    {
                        "move_line_id": self.invoice.line_ids.filtered(
                            lambda line: line.account_type == "asset_receivable"
                        ).id,
                        "date_promised": self._today(3),
                    }
                ],
            )

    # ------------------------------------------------------------------ who asks never approves

    def test_filing_of_somebody_elses_case(self):
        """A draft turned to another case belongs to the collector of that case."""
        filings = self.env["collection.filing"]
        with self.assertRaises(AccessError):
            filings.with_user(self.collector2).create({"case_id": self.case.id})
        mine = self._case(self._customer("Mine"), name="C3", user_id=self.collector2.id)
        filing = filings.with_user(self.collector2).create({"case_id": mine.id, "reason": "x"})
        with self.assertRaises(AccessError):
            filing.write({"case_id": self.case.id})
