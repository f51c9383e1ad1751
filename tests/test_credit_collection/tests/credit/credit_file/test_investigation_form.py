from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...common import CreditCollectionCommon

SECTIONS = (
    "form_basics", "form_leaders", "form_banks", "form_business", "form_finances", "form_dealings",
    "form_record", "form_other",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestInvestigationForm(CreditCollectionCommon):
    """The credit investigation form: filled in, checked by another, renewed each quarter (P4-27)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Surveyed", limit=1000, term=30)

    def _form(self, user=None, **values):
        return (
            self.env["credit.investigation"]
            .with_user(user or self.salesperson)
            .create(
                {
                    "partner_id": self.customer.id,
                    "is_form": True,
                    "note": "Form",
                    **dict.fromkeys(SECTIONS, "none"),
                    **values,
                }
            )
        )

    def _checked(self, **values):
        form = self._form(**values)
        form.action_fill()
        form.with_user(self.sales_manager).action_check()
        return form

    def refused(self, call, error=UserError, word=""):
        with self.assertRaises(error) as refusal, self.cr.savepoint():
            call()
        self.env.invalidate_all()
        self.assertIn(word, str(refusal.exception))

    def test_every_section_is_filled_in(self):
        form = self._form(form_banks=False, form_record="  ")
        self.refused(form.action_fill, word="Settlement Bank Accounts, Credit Record")
        form.write({"form_banks": "ICBC 0288", "form_record": "No suits"})
        form.action_fill()
        self.assertEqual(form.state, "filled")

    def test_nobody_checks_what_they_wrote(self):
        form = self._form()
        form.with_user(self.controller).form_banks = "ICBC, by the controller"
        form.action_fill()
        self.refused(form.with_user(self.controller).action_check, AccessError)
        form.with_user(self.sales_manager).action_check()
        self.assertEqual(form.state, "checked")

    def test_buttons_are_there_for_those_who_may_press_them(self):
        form = self._form()
        names = ("can_fill", "can_check", "can_return")
        draft = {
            self.salesperson: (True, False, False),
            self.controller: (True, False, False),
            self.sales_manager: (False, False, False),
            self.auditor: (False, False, False),
        }
        filled = {
            self.salesperson: (False, False, True),
            self.controller: (False, True, True),
            self.sales_manager: (False, True, True),
            self.auditor: (False, False, False),
        }
        for state, rights in (("draft", draft), ("filled", filled)):
            for user, expected in rights.items():
                with self.subTest(state=state, user=user.name):
                    seen = form.with_user(user)
                    self.assertEqual(tuple(seen[name] for name in names), expected)
            form.filtered(lambda form: form.state == "draft").action_fill()

    def test_the_quarter_is_noted_in_the_company_s_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.company.partner_id.lang = "zh_CN"
        self.assertEqual(self._renewed().note, "季度评定表")

    def test_a_form_without_a_day_is_valid_for_none(self):
        self.assertFalse(
            self.env["credit.investigation"].new({"is_form": True, "date": False}).valid_until
        )

    def test_another_checks_and_then_nothing_changes(self):
        form = self._form()
        form.action_fill()
        for user in (self.salesperson, self.auditor):
            self.refused(form.with_user(user).action_check, AccessError)
        # A head of sales who is the author does not check it either.
        own = self._form(user=self.sales_manager)
        own.action_fill()
        self.refused(own.action_check, AccessError, "other than its author")
        # Handed in, it waits as it is.
        self.refused(lambda: form.write({"form_banks": "Other"}), AccessError)
        self.refused(lambda: form.write({"check_note": "All right"}), AccessError)
        manager = form.with_user(self.sales_manager)
        manager.check_note = "The capital differs from the licence."
        manager.action_check()
        self.assertRecordValues(
            form, [{"state": "checked", "checked_by_id": self.sales_manager.id}]
        )
        self.refused(lambda: form.write({"form_banks": "Other"}), AccessError)
        self.refused(form.with_user(self.controller).unlink, AccessError)

    def test_state_is_not_written_by_hand(self):
        for values in ({"state": "checked"}, {"checked_by_id": self.legal.id}):
            with self.subTest(values=values):
                self.refused(lambda v=values: self._form(**v), AccessError)
                self.refused(lambda v=values: self._form().write(v), AccessError)
        forged = self.env["credit.investigation"].with_context(default_state="checked")
        self.assertEqual(self._form().with_env(forged.env).copy().state, "draft")

    def test_a_quarter_valid(self):
        form = self._form()
        self.assertEqual(form.valid_until, self._today() + relativedelta(months=3))
        self.assertFalse(self._form(is_form=False).valid_until)

    def test_changes_stand_beside_the_last_one(self):
        self._checked(form_banks="ICBC 0288")
        form = self._form(form_banks="CCB 0111")
        self.assertEqual(form.changes, "Settlement Bank Accounts: CCB 0111 (before: ICBC 0288)")

    def _renewed(self):
        drafts = self.env["credit.investigation"]._renew(self.company)
        return drafts.filtered(lambda form: form.partner_id == self.customer)

    def test_asked_for_each_quarter(self):
        cash = self._customer("Cash", control="cash")
        draft = self._renewed()
        self.assertRecordValues(
            draft, [{"is_form": True, "state": "draft", "user_id": self.salesperson.id}]
        )
        self.assertEqual(draft.activity_ids.user_id, self.salesperson)
        self.assertFalse(self.env["credit.investigation"].search([("partner_id", "=", cash.id)]))
        self.assertFalse(self._renewed(), "once")
        draft.with_user(self.salesperson).write(dict.fromkeys(SECTIONS, "none"))
        draft.with_user(self.salesperson).action_fill()
        self.assertFalse(draft.activity_ids)
        self.assertFalse(self._renewed(), "valid")

    def test_the_next_form_begins_as_the_last(self):
        form = self._checked(form_banks="ICBC 0288")
        form.sudo()._system_write({"date": self._today() - relativedelta(months=3, days=1)})
        draft = self._renewed()
        self.assertEqual(draft.form_banks, "ICBC 0288")
        self.assertEqual(draft.previous_id, form)

    def test_a_forgotten_draft_is_asked_for_again(self):
        draft = self._renewed()
        draft.activity_ids.unlink()
        self.assertFalse(self._renewed())
        self.assertEqual(draft.activity_ids.user_id, self.salesperson)
        successor = self._user("successor", "sales_team.group_sale_salesman")
        draft.activity_ids.unlink()
        draft._system_write({"user_id": self.stranger_author().id})
        self.customer.sudo().user_id = successor
        self._renewed()
        self.assertEqual((draft.user_id, draft.activity_ids.user_id), (successor, successor))

    def stranger_author(self):
        author = self._user("left", "sales_team.group_sale_salesman")
        author.sudo().active = False
        return author
