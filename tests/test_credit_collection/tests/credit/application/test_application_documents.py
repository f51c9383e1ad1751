"""The documents of a new customer before the first credit (P4-02)."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .application_case import ApplicationCase

REQUIRED = ("Business license", "Tax registration", "VAT taxpayer certificate")


@tagged("post_install", "-at_install")
class TestApplicationDocuments(ApplicationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._customer("Stranger", control="cash")
        cls._assess(cls.stranger)
        cls.today = cls.company._credit_today()

    def _documents(self, application):
        return {
            paper.type_id.name: paper
            for paper in application.document_ids.sorted("sequence")
            if paper.is_required
        }

    def test_missing_documents_stop_the_request(self):
        application = self._application(partner_id=self.stranger.id)
        papers = self._documents(application)
        self.assertEqual(tuple(papers), REQUIRED)
        self.refused(lambda: self._request(application), UserError, words=REQUIRED)
        licence, tax, vat = papers.values()
        mine = [paper.with_user(self.salesperson) for paper in (licence, tax, vat)]
        mine[0].attachment_ids = [(0, 0, {"name": "licence.txt", "raw": b"a"})]
        mine[1].date_promised = self.today + timedelta(days=7)
        self.refused(lambda: self._request(application), UserError, words=[REQUIRED[2]])
        mine[2].date_promised = self.today + timedelta(days=7)
        self.assertEqual(self._request(application).state, "requested")

    def test_outstanding_documents_are_named(self):
        """To the approvers on the screen and in their message, to the customer on the document."""
        papers = self._documents(self._application(partner_id=self.stranger.id))
        papers[REQUIRED[0]].attachment_ids = [(0, 0, {"name": "licence.txt", "raw": b"a"})]
        papers[REQUIRED[0]].date_valid = self.today - timedelta(days=1)
        papers[REQUIRED[1]].attachment_ids = [(0, 0, {"name": "tax.txt", "raw": b"a"})]
        papers[REQUIRED[2]].date_promised = self.today + timedelta(days=7)
        application = self._application(partner_id=self.stranger.id)
        for text in ("Business license (expired on", "VAT taxpayer certificate (promised for"):
            self.assertIn(text, application.notice)
        self.assertNotIn("Tax registration", application.notice)
        self._request(application)
        told = self.env["mail.message"].sudo()
        told = told.search([("model", "=", application._name), ("res_id", "=", application.id)])
        self.assertIn("Business license (expired on", str(told.mapped("body")))
        html = self.env["ir.actions.report"]._render_qweb_html(
            "credit_collection.report_credit_application", application.ids
        )[0]
        self.assertIn("Documents Still Required", html.decode())
        self.assertIn("VAT taxpayer certificate (promised for", html.decode())

    def test_whom_it_does_not_concern(self):
        person = self._customer("Person", control="cash")
        person.sudo().credit_segment = "individual"
        self._assess(person)
        application = self._application(partner_id=person.id)
        self.assertFalse(application.document_ids)
        self._request(application)
        known = self._customer("Known", limit=100)
        change = self._application(partner_id=known.id, kind="change", term_days=30)
        self.assertFalse(change.document_ids)
        self.assertNotIn("Business license", change.notice or "")
        self._request(change)
        draft = self._application(
            partner_id=self._customer("Turned", control="cash").id, kind="change"
        )
        draft.with_user(self.salesperson).kind = "new"
        self.assertEqual(tuple(self._documents(draft)), REQUIRED)

    def test_salesperson_opens_the_checklist(self):
        application = self._application(partner_id=self.stranger.id).with_user(self.salesperson)
        action = application.action_open_checklist()
        found = self.env[action["res_model"]].with_user(self.salesperson).search(action["domain"])
        self.assertTrue(set(application.document_ids.ids) <= set(found.ids))
