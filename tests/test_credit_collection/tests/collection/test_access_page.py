from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .confirmation.sheet_case import SheetCase


@tagged("post_install", "-at_install")
class TestAccessPage(SheetCase, HttpCase):
    """The page without log-in meets a script: no server error, no key for anybody else."""

    def setUp(self):
        super().setUp()
        self._invoice(self.buyer, 500, 10)
        self.sheet = self._make()
        self.path = f"/collection/sheet/{self.sheet.id}/{self.sheet._get_token()}"

    def test_keys_that_are_none(self):
        token = self.sheet._get_token()
        for path in (
            f"/collection/sheet/{self.sheet.id}/%C3%A9%C3%A9",
            f"/collection/sheet/{self.sheet.id}/{token}x",
            f"/collection/sheet/{10**15}/{token}",
            f"/collection/sheet/0/{token}",
        ):
            with self.subTest(path=path):
                self.assertEqual(self.url_open(path).status_code, 404)

    def test_garbage_is_no_server_error(self):
        line = self.sheet.line_ids
        base = {"csrf_token": self._csrf(), f"line-{line.id}": "1", "step": "save"}
        for values in (
            {f"reason_id-{line.id}": "²"},
            {f"reason_id-{line.id}": "9" * 5000},
            {f"reason_note-{line.id}": "a\0b"},
            {f"reason_note-{line.id}": "😀" * 5000},
            {"note": "a\0b" * 5000},
            {"lang": "x\r\nSet-Cookie: a=b"},
            {f"date_expected-{line.id}": "0000-00-00"},
            {f"amount_expected-{line.id}": "1e400"},
            {f"fault_user_id-{line.id}": "²"},
        ):
            with self.subTest(values=values):
                response = self.url_open(self.path, data={**base, **values})
                self.assertEqual(response.status_code, 200)
        self.assertNotIn("a", self.opener.cookies.get_dict())

    def _csrf(self):
        page = self.url_open(self.path).text
        return page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]

    def test_authors_of_sheets_find_no_key(self):
        """Finance makes the sheets; the keys in the mails are the salespeople's."""
        self.sheet._system().unlink()
        self.env["collection.confirmation"].with_user(self.controller).with_company(
            self.company
        ).action_create_sheets()
        sheet = self._sheets()
        token = sheet._get_token()
        self.env.flush_all()
        self.env.invalidate_all()
        for user in (self.controller, self.collector, self.accountant):
            messages = self.env["mail.message"].with_user(user).search([])
            found = messages.filtered(lambda m: token in (m.body or ""))
            with self.subTest(user=user.name):
                self.assertFalse(found)
            with self.assertRaises(AccessError):
                sheet.with_user(user).action_open_page()
