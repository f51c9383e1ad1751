from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .sheet_case import SheetCase


@tagged("post_install", "-at_install")
class TestConfirmationPage(SheetCase, HttpCase):
    """The page without log-in: the limits of its key (P3-04)."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(self.buyer, 500, 10)
        self.other = self._invoice(
            self._customer("Secret Customer", user_id=self.salesperson2.id), 777, 10
        )
        self.sheets = self._make()
        self.sheet = self.sheets.filtered(lambda s: s.user_id == self.salesperson)
        self.line = self.sheet.line_ids
        self.path = f"/collection/sheet/{self.sheet.id}/{self.sheet._get_token()}"

    def _form(self, response):
        page = html.fromstring(response.text)
        form = page.get_element_by_id("sheet_form")
        return dict(form.form_values())

    def _post(self, step="submit", **values):
        form = self._form(self.url_open(self.path))
        form.update({f"{name}-{self.line.id}": value for name, value in values.items()})
        response = self.url_open(self.path, data={**form, "step": step})
        self.env.invalidate_all()
        return response

    def _good(self, **values):
        return {
            "figures": "right",
            "reason_id": str(self.quality.id),
            "reason_note": "Colour is off",
            "likelihood": "likely",
            "amount_expected": "450.50",
            "date_expected": str(self._today() + timedelta(days=9)),
            "fault_unit": "Plant 2",
            **values,
        }

    def test_page(self):
        response = self.url_open(self.path)
        self.assertEqual(response.status_code, 200)
        self.assertIn(self.invoice.name, response.text)
        self.assertIn("500.00", response.text)
        self.assertNotIn("Secret Customer", response.text)
        self.assertNotIn(self.salesperson2.name + "<", response.text)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_wrong_keys_open_nothing(self):
        token = self.sheet._get_token()
        foreign = (self.sheets - self.sheet)._get_token()
        pages = set()
        for sheet_id, key in (
            (self.sheet.id, "x"),
            (self.sheet.id, token[:-1]),
            (self.sheet.id, foreign),
            ((self.sheets - self.sheet).id, token),
            (self.sheet.id + 9999, token),
        ):
            with self.subTest(sheet=sheet_id, key=key):
                response = self.url_open(f"/collection/sheet/{sheet_id}/{key}")
                self.assertEqual(response.status_code, 404)
                self.assertNotIn("500.00", response.text)
                self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
                refusal = html.fromstring(response.text).get_element_by_id("link_refused")
                pages.add(html.tostring(refusal, encoding="unicode"))
        self.assertEqual(len(pages), 1, "wrong and unknown look the same")
        self.assertIn("contact us", pages.pop())

    def test_refusal_speaks_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env.ref("credit_collection.portal_link_refused").update_field_translations(
            "arch_db", {"zh_CN": {"This page is not available": "此页面不可用"}}
        )
        headers = {"Accept-Language": "zh-CN,zh;q=0.9"}
        self.assertIn("此页面不可用", self.url_open("/collection/sheet/1/x", headers=headers).text)

    def test_same_answer_for_all_without_one(self):
        other = self._invoice(self.buyer, 90, 40)
        self.sheet._system_unlink()
        self.sheet = self._make().filtered(lambda s: s.user_id == self.salesperson)
        self.path = f"/collection/sheet/{self.sheet.id}/{self.sheet._get_token()}"
        first, second = self.sheet.line_ids.sorted("amount")
        self.assertEqual(first.move_id, other)
        form = self._form(self.url_open(self.path))
        form.update(
            {
                f"reason_id-{first.id}": str(self.ours.id),
                "same_reason_id": str(self.quality.id),
                "same_reason_note": "Colour is off",
            }
        )
        for day in ("2027-13-45", "2001-01-01", "0026-05-01"):
            wrong = {**form, "same_date_expected": day, "step": "fill"}
            response = self.url_open(self.path, data=wrong)
            self.assertIn("is not a valid date", response.text)
            self.env.invalidate_all()
            self.assertFalse(second.reason_id)
        response = self.url_open(self.path, data={**form, "step": "fill"})
        self.assertIn("entered where one was missing", response.text)
        self.env.invalidate_all()
        self.assertRecordValues(
            first + second,
            [
                {"reason_id": self.ours.id, "reason_note": "Colour is off", "date_expected": False},
                {
                    "reason_id": self.quality.id,
                    "reason_note": "Colour is off",
                    "date_expected": False,
                },
            ],
        )
        self.assertEqual(self.sheet.state, "sent")

    def test_template_gives_the_key_to_nobody_else(self):
        """Readers of a sheet may render its mail: the link in it is not for them."""
        template = self.env.ref("credit_collection.mail_template_confirmation_sheet")
        token = self.sheet._get_token()
        for user in (self.auditor, self.administrator, self.salesperson):
            composer = (
                self.env["mail.compose.message"]
                .with_user(user)
                .with_context(default_model=self.sheet._name, default_res_ids=self.sheet.ids)
                .create({"template_id": template.id})
            )
            with self.subTest(user=user.name):
                self.assertIn("Confirm Overdue Items", composer.body)
                self.assertEqual(token in composer.body, user == self.salesperson)

    def test_fault_while_it_is_handed_in_loses_nothing(self):
        for error in (OSError(28, "No space left"), ConnectionRefusedError(), UserError("No")):
            broken = patch.object(type(self.env["collection.task"]), "_assign", side_effect=error)
            logged = self.assertLogs("odoo.addons.credit_collection.controllers", "ERROR")
            with self.subTest(error=error), broken, logged:
                response = self._post(**self._good())
            self.assertEqual(response.status_code, 200)
            self.assertIn("sheet_failed", response.text)
            self.assertEqual(self.sheet.state, "sent")
            self.assertEqual(self.line.reason_note, "Colour is off", "the typed text is kept")
        self.assertIn("sheet_thanks", self._post(**self._good()).text)

    def test_no_post_without_a_csrf_token(self):
        form = {f"{k}-{self.line.id}": v for k, v in self._good().items()}
        response = self.url_open(
            self.path, data={**form, f"line-{self.line.id}": "1", "step": "submit"}
        )
        self.assertEqual(response.status_code, 400)
        self.env.invalidate_all()
        self.assertEqual(self.sheet.state, "sent")

    def test_answer(self):
        response = self._post(**self._good())
        self.assertIn("sheet_thanks", response.text)
        self.assertRecordValues(
            self.sheet,
            [{"state": "answered", "answered_by_link": True, "answered_by_id": False}],
        )
        self.assertRecordValues(
            self.line,
            [
                {
                    "figures": "right",
                    "reason_id": self.quality.id,
                    "reason_note": "Colour is off",
                    "likelihood": "likely",
                    "amount_expected": 450.5,
                    "fault_unit": "Plant 2",
                }
            ],
        )
        self.assertEqual(self.invoice.collection_reason_id, self.quality)
        # Handed in: the page shows it, and writes nothing any more.
        form = {"csrf_token": self._form(response)["csrf_token"], "step": "submit"}
        self.url_open(
            self.path,
            data={
                **form,
                f"line-{self.line.id}": "1",
                f"reason_note-{self.line.id}": "Other",
            },  # fmt: skip
        )
        self.env.invalidate_all()
        self.assertEqual(self.line.reason_note, "Colour is off")

    def test_the_amount_is_not_filled_in(self):
        form = self._form(self.url_open(self.path))
        self.assertEqual(form[f"amount_expected-{self.line.id}"], "")
        response = self._post(**self._good(amount_expected=""))
        self.assertIn("Missing: Assessed Amount", response.text)
        response = self._post(**self._good(likelihood="perhaps"))
        self.assertIn("Missing: Likelihood", response.text)

    def test_one_share_for_all_items(self):
        form = self._form(self.url_open(self.path))
        for share in ("much", "101", "-1", "nan"):
            response = self.url_open(
                self.path, data={**form, "same_percent": share, "step": "fill"}
            )
            self.assertIn("number from 0 to 100", response.text)
        self.url_open(
            self.path,
            data={**form, "same_percent": "80", "same_likelihood": "certain", "step": "fill"},
        )
        self.env.invalidate_all()
        self.assertRecordValues(
            self.line,
            [{"amount_expected": self.line.amount_currency * 0.8, "likelihood": "certain"}],
        )

    def test_incomplete_is_kept_and_marked(self):
        response = self._post(**self._good(reason_id=""))
        self.assertIn("sheet_missing", response.text)
        self.assertIn("Missing: Reason", response.text)
        self.assertRecordValues(self.line, [{"reason_note": "Colour is off", "state": "sent"}])

    def test_save_for_later_and_all_right(self):
        response = self._post("save", reason_note="So far")
        self.assertIn("not submitted yet", response.text)
        self.assertRecordValues(self.line, [{"reason_note": "So far", "figures": False}])
        self._post("right")
        self.assertEqual(self.line.figures, "right")
        self.assertEqual(self.sheet.state, "sent")

    def test_bad_input(self):
        for values in (
            {"amount_expected": "much"},
            {"amount_expected": "-5"},
            {"amount_expected": "nan"},
            {"amount_expected": "inf"},
            {"date_expected": "2027-13-45"},
        ):
            with self.subTest(values=values):
                response = self._post(**self._good(**values))
                self.assertIn("cannot be read", response.text)
                self.assertEqual(self.sheet.state, "sent")
        self._post(
            **self._good(
                reason_id="999999",
                figures="maybe",
                fault_user_id=str(self.env.ref("base.user_admin").id),
            )
        )
        self.assertRecordValues(
            self.line, [{"reason_id": False, "figures": False, "fault_user_id": False}]
        )
        # Markup stays text.
        response = self._post("save", reason_note="<script>alert(1)</script>")
        self.assertNotIn("<script>alert(1)", response.text)

    def test_amounts_are_shown_and_read_as_the_language_writes_them(self):
        self.env["res.lang"]._activate_lang("de_DE")
        for typed in ("1.234,50", "1234,50", "1234.50"):
            form = self._form(self.url_open(self.path))
            form.update({f"amount_expected-{self.line.id}": typed, "lang": "de_DE", "step": "save"})
            self.url_open(self.path, data=form)
            self.env.invalidate_all()
            self.assertEqual(self.line.amount_expected, 1234.5)
            self.assertIn('value="1234,50"', self.url_open(f"{self.path}?lang=de_DE").text)
            self.assertIn('value="1234.50"', self.url_open(f"{self.path}?lang=en_US").text)
            self.line._system_write({"amount_expected": 0})

    def test_nothing_else_is_written(self):
        form = self._form(self.url_open(self.path))
        foreign = (self.sheets - self.sheet).line_ids
        form.update({f"{k}-{foreign.id}": v for k, v in self._good().items()})
        form[f"line-{foreign.id}"] = "1"
        form[f"amount-{self.line.id}"] = "1"
        form[f"is_known-{self.line.id}"] = "1"
        self.url_open(self.path, data={**form, "step": "save"})
        self.env.invalidate_all()
        self.assertRecordValues(foreign, [{"reason_id": False, "figures": False}])
        self.assertRecordValues(self.line, [{"amount": 500, "is_known": False}])

    def test_link_ends(self):
        self._post(**self._good())
        self.sheet.with_user(self.controller).action_route()
        response = self.url_open(self.path)
        self.assertEqual(response.status_code, 410)
        self.assertIn("link_refused", response.text)
        for text in (self.invoice.name, "500.00", "Buyer", self.sheet.name):
            self.assertNotIn(text, response.text)

    def test_link_ends_with_the_person(self):
        self.salesperson.sudo().active = False
        self.assertEqual(self.url_open(self.path).status_code, 404)
        self._daily()
        self.assertEqual(self.url_open(self.path).status_code, 404)

    def test_the_link_is_in_no_chatter(self):
        messages = self.env["mail.message"].search(
            [("model", "=", self.sheet._name), ("res_id", "=", self.sheet.id)]
        )
        self.assertNotIn(self.sheet._get_token(), "".join(map(str, messages.mapped("body"))))
        mail = self._mails("confirm your overdue items").filtered(
            lambda m: m.recipient_ids == self.salesperson.partner_id
        )
        self.assertIn(self.path, str(mail.body_html))

    def test_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        view = self.env.ref("credit_collection.collection_confirmation_page")
        view.update_field_translations(
            "arch_db", {"zh_CN": {"Overdue Confirmation Sheet": "逾期账款确认表"}}
        )
        self.assertNotIn("逾期账款确认表", self.url_open(self.path).text)
        self.assertIn("逾期账款确认表", self.url_open(f"{self.path}?lang=zh_CN").text)
        self.salesperson.sudo().lang = "zh_CN"
        self.assertIn("逾期账款确认表", self.url_open(self.path).text)
