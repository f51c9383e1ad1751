from lxml import html

from odoo.tests import Form, HttpCase, new_test_user, tagged

from .confirmation_case import ConfirmationCase

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"


@tagged("post_install", "-at_install")
class TestConfirmationPage(ConfirmationCase, HttpCase):
    """The letter without log-in and in the portal: what it shows, its limits, hostile answers (P4-15)."""

    def setUp(self):
        super().setUp()
        self.campaign = self._campaign()
        self.letter = self._letter(self.campaign).sudo()
        self.path = f"/balance-confirmation/{self.letter.id}/{self.letter._get_token()}"

    def _form(self, path=None):
        page = html.fromstring(self.url_open(path or self.path).text)
        return dict(page.get_element_by_id("confirmation_form").form_values())

    def _post(self, path=None, files=None, **values):
        form = {**self._form(path), **values}
        response = self.url_open(path or self.path, data=form, files=files)
        self.env.invalidate_all()
        return response

    def _agree(self, **values):
        return {f"balance-{one.id}": "agree" for one in self.letter.balance_ids} | values

    def test_it_shows_this_letter_and_nothing_else(self):
        response = self.url_open(self.path)
        self.assertEqual(response.status_code, 200)
        for text in (self.letter.name, self.first.name, "PO 7", "350.00", "One &amp; Co"):
            self.assertIn(text, response.text)
        for text in (self.other.name, "777", self.salesperson.name):
            self.assertNotIn(text, response.text)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_wrong_links_meet_the_same_polite_page(self):
        token = self.letter._get_token()
        foreign = self._letter(self.campaign, self.two).sudo()
        paths = [
            f"/balance-confirmation/{self.letter.id}/{foreign._get_token()}",
            f"/balance-confirmation/{foreign.id}/{token}",
            f"/balance-confirmation/{self.letter.id}/{token[:-1]}",
            f"/balance-confirmation/999999999999/{token}",
            f"/balance-confirmation/{self.letter.id}/ü",
        ]
        texts = set()
        for path in paths:
            for data in (None, {"note": "x"}):
                response = self.url_open(path, data=data)
                with self.subTest(path=path, data=data):
                    self.assertIn(response.status_code, (400, 404))
                    self.assertNotIn("One &amp; Co", response.text)
                    if data is None:
                        texts.add(response.text.count("link_refused"))
        self.assertEqual(len(texts), 1)

    def test_the_link_ends_some_time_after_the_day_of_answer(self):
        self._age(self.letter, 30)
        self.assertEqual(self.url_open(self.path).status_code, 200)
        self._age(self.letter, 31)
        self.assertEqual(self.url_open(self.path).status_code, 404)

    def test_letters_that_have_not_gone_out_are_shown_to_nobody(self):
        draft = self._letter(self._campaign(send=False)).sudo()
        path = f"/balance-confirmation/{draft.id}/{draft._get_token()}"
        self.assertEqual(self.url_open(path).status_code, 404)
        self.letter._system_write({"state": "cancelled"})
        self.assertEqual(self.url_open(self.path).status_code, 404)

    def test_agreed_by_the_link(self):
        response = self._post(**self._agree(answered_name="Li", note="<b>fine</b>"))
        self.assertIn("confirmation_thanks", response.text)
        self.assertIn("&lt;b&gt;fine", response.text)
        self.assertRecordValues(
            self.letter,
            [
                {
                    "state": "answered",
                    "result": "agreed",
                    "answered_via": "link",
                    "answered_by_id": False,
                    "answered_name": "Li",
                    "acknowledged_on": False,
                }
            ],
        )
        # Once: a second answer changes nothing.
        self.assertNotIn("balance-", " ".join(self._form()))
        self.url_open(self.path, data={"csrf_token": self._form()["csrf_token"], "note": "again"})
        self.env.invalidate_all()
        self.assertEqual(self.letter.note, "<b>fine</b>")

    def test_differing_by_item_and_balance(self):
        balance, line = self.letter.balance_ids, self.letter.line_ids[:1]
        self._post(
            **{
                f"balance-{balance.id}": "disagree",
                f"own-{balance.id}": "1,230.50",
                f"item-{line.id}": "1",
                f"why-{line.id}": "not received",
            }
        )
        self.assertRecordValues(balance, [{"answer": "disagree", "amount_own": 1230.5}])
        self.assertRecordValues(line, [{"answer": "disagree", "note": "not received"}])
        self.assertEqual((self.letter.result, self.letter.difference), ("differs", -880.5))
        with Form(self.letter.reconciliation_ids.with_user(self.accountant)) as form:
            with form.line_ids.edit(0) as item:
                item.fault = "theirs"
            with form.line_ids.new() as item:
                item.name, item.amount = "Transfer", 5
        added = self.letter.reconciliation_ids.line_ids[-1:]
        self.assertRecordValues(added, [{"side": "theirs", "balance_id": balance.id}])

    def test_nonsense_is_told_and_what_was_typed_stays(self):
        balance = self.letter.balance_ids
        for own in ("", "abc", "nan", "inf", "1e300", "\0", "١٢x"):
            response = self._post(
                **{f"balance-{balance.id}": "disagree", f"own-{balance.id}": own, "note": "keep me"}
            )
            with self.subTest(own=own):
                self.assertIn("confirmation_error", response.text)
                self.assertIn("keep me", response.text)
                self.assertEqual(self.letter.state, "sent")
        self.assertIn("confirmation_error", self._post().text)
        foreign = self._letter(self.campaign, self.two).balance_ids
        self.assertIn("confirmation_error", self._post(**{f"balance-{foreign.id}": "agree"}).text)
        self.assertFalse(foreign.answer)
        self.assertFalse(balance.answer)

    def test_texts_are_cut_and_fields_that_nobody_asked_for_are_ignored(self):
        self._post(
            **self._agree(
                note="n" * 9000, answered_name="a" * 500, state="draft", result="differs",
                amount="1", signed_on="2020-01-01",
            )
        )  # fmt: skip
        self.assertEqual((len(self.letter.note), len(self.letter.answered_name)), (2000, 100))
        self.assertRecordValues(
            self.letter, [{"result": "agreed", "amount": 350, "signed_on": False}]
        )

    def test_files_are_taken_by_their_content_and_sealed(self):
        for name, content in (
            ("page.pdf", b"<html><script>alert(1)</script></html>"),
            ("image.png", b"MZ\x90\x00 program"),
            ("big.pdf", PDF + b" " * (10 * 1024 * 1024)),
        ):
            response = self._post(files=[("files", (name, content))], **self._agree())
            with self.subTest(name=name):
                self.assertIn("confirmation_error", response.text)
                self.assertFalse(self.letter.attachment_ids)
        many = [("files", (f"{number}.pdf", PDF)) for number in range(6)]
        self.assertIn("confirmation_error", self._post(files=many, **self._agree()).text)
        self._post(files=[("files", ("../../<x>.html", PDF))], **self._agree())
        file = self.letter.attachment_ids
        self.assertEqual(file.name, f"{self.letter.name}-1.pdf".replace("/", "-"))
        self.assertEqual((file.raw, file.mimetype), (PDF, "application/pdf"))
        self.assertTrue(self.letter.with_user(self.accountant).can_acknowledge)
        self.assertEqual(file.with_user(self.auditor).raw, PDF)

    def test_in_writing_needs_the_signed_copy(self):
        self.letter._system_write({"in_writing": True})
        self.assertIn("confirmation_error", self._post(**self._agree()).text)
        self._post(files=[("files", ("signed.pdf", PDF))], **self._agree())
        self.assertEqual(self.letter.state, "answered")

    def test_the_paper_is_the_one_that_went_out(self):
        response = self.url_open(f"{self.path}?report=1")
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertEqual(response.content, self.letter.attachment_id.raw)

    def test_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.letter._system_write({"lang": "zh_CN"})
        self.assertIn(f"{self.day.month}月{self.day.day}日", self.url_open(self.path).text)
        self.assertNotIn("月", self.url_open(f"{self.path}?lang=en_US").text)

    def test_in_the_portal_users_find_the_letters_of_their_customer(self):
        user = new_test_user(self.env, login="buyer", groups="base.group_portal")
        user.partner_id.parent_id = self.one
        self.authenticate(user.login, user.login)
        self.assertIn(self.letter.name, self.url_open("/my/balance-confirmations").text)
        mine = f"/my/balance-confirmations/{self.letter.id}"
        self.assertIn(self.first.name, self.url_open(mine).text)
        foreign = self._letter(self.campaign, self.two)
        for data in (None, {"note": "x"}):
            response = self.url_open(f"/my/balance-confirmations/{foreign.id}", data=data)
            self.assertIn(response.status_code, (400, 404))
        self._post(mine, **self._agree())
        self.assertRecordValues(
            self.letter,
            [{"answered_via": "portal", "answered_by_id": user.id, "state": "answered"}],
        )
        self.assertEqual(self.url_open("/my/home").status_code, 200)

    def test_amounts_are_read_as_the_language_writes_them(self):
        balance = self.letter.balance_ids
        self.env["res.lang"]._activate_lang("de_DE")
        for lang, own, amount in (
            ("de_DE", "1.234,56", 1234.56),
            ("de_DE", "1.234", 1234),
            ("de_DE", "1234.56", 1234.56),
            ("en_US", "1234,56", 1234.56),
            ("en_US", "1,234.56", 1234.56),
            ("en_US", "-1 234", -1234),
        ):
            with self.subTest(lang=lang, own=own), self.cr.savepoint() as undo:
                self._post(
                    lang=lang, **{f"balance-{balance.id}": "disagree", f"own-{balance.id}": own}
                )
                self.assertEqual(balance.amount_own, amount)
                undo.rollback()
                self.env.invalidate_all()
        typed = {f"balance-{balance.id}": "disagree", f"own-{balance.id}": "1.234"}
        self.assertIn("confirmation_error", self._post(lang="en_US", **typed).text)

    def test_nobody_of_ours_answers_in_the_place_of_the_customer(self):
        user = self.salesperson
        user.sudo().partner_id.parent_id = self.one
        user.sudo().password = "a long password"
        self.authenticate(user.login, "a long password")
        mine = f"/my/balance-confirmations/{self.letter.id}"
        token = self._form()["csrf_token"]
        for data in (None, {**self._agree(), "csrf_token": token}):
            response = self.url_open(mine, data=data)
            self.assertEqual(response.status_code, 404)
            self.env.invalidate_all()
            self.assertEqual(self.letter.state, "sent")

    def test_in_the_portal_nobody_answers_after_the_link_ended(self):
        user = new_test_user(self.env, login="buyer", groups="base.group_portal")
        user.partner_id.parent_id = self.one
        self.authenticate(user.login, user.login)
        mine = f"/my/balance-confirmations/{self.letter.id}"
        form = self._form(mine)
        self._age(self.letter, 31)
        self.assertIn(
            "confirmation_error", self.url_open(mine, data={**form, **self._agree()}).text
        )
        self.env.invalidate_all()
        self.assertEqual(self.letter.state, "sent")
