from odoo.fields import Command
from odoo.tests import tagged

from ..application.application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestStoryImportAndDocuments(ApplicationCase):
    """Terms that come in by a file, and documents that come in by hand (P4-02)."""

    # ------------------------------------------------------------------ import

    def test_one_bad_row_of_the_file(self):
        """The controller's CSV through Odoo's own import: nothing of it stays."""
        one = self._customer("Row One", control="cash", ref="R1")
        two = self._customer("Row Two", control="cash", ref="R2")
        wizard = self.env["base_import.import"].with_user(self.controller)
        head = ["ref", "credit_grade_id", "credit_control", "credit_limit", "credit_term_days"]

        def run(*rows):
            text = "\n".join(",".join(row) for row in (head, *rows))
            record = wizard.create(
                {
                    "res_model": "res.partner",
                    "file": text.encode(),
                    "file_type": "text/csv",
                    "file_name": "terms.csv",
                }
            )
            options = {
                "quoting": '"', "separator": ",", "has_headers": True, "encoding": "utf-8",
                "date_format": "%Y-%m-%d", "float_thousand_separator": ",",
                "float_decimal_separator": ".", "limit": 2000, "skip": 0, "keep_matches": False,
                "name_create_enabled_fields": {}, "fields": [], "sheet": "",
            }  # fmt: skip
            answer = record.with_context(credit_import=True).execute_import(head, head, options)
            self.env.flush_all()
            self.env.invalidate_all()
            return answer

        good = ["R1", "A", "limit", "5000", "30"]
        answer = run(good, ["R2", "A", "limit", "-1", "30"])
        self.assertFalse(answer["ids"])
        self.assertTrue([m for m in answer["messages"] if m["rows"]["from"] == 1])
        self.assertEqual(self._terms(one)[:2], ("cash", 0))
        self.assertFalse(self._decisions(one).filtered(lambda d: d.source == "import"))
        answer = run(good, ["R2", "B", "limit", "7000", "0"])
        self.assertEqual(answer["ids"], [one.id, two.id], answer["messages"])
        self.assertEqual(self._terms(one), ("limit", 5000, 30, "A"))
        self.assertEqual(self._terms(two), ("limit", 7000, 0, "B"))
        self.assertEqual(self._decisions(one)[0].source, "import")

    def test_documents_of_the_first_application_name_the_customer(self):
        """A customer without a licence gets no credit, and the refusal names the document."""
        bare = self._customer("Bare", control="cash")
        application = self._application(partner_id=bare.id)
        self.refused(lambda: self._request(application), words=("license",))

    def test_attached_file_counts_for_its_paper(self):
        bare = self._customer("Bare", control="cash")
        self._assess(bare)
        application = self._application(partner_id=bare.id)
        papers = self.env["credit.document"].with_user(self.salesperson)
        application.with_user(self.salesperson).action_open_checklist()
        for paper in papers.search([("partner_id", "=", bare.id), ("is_required", "=", True)]):
            paper.write(
                {"attachment_ids": [Command.create({"name": "scan.pdf", "raw": b"%PDF-1.4"})]}
            )
            if paper.has_expiry:
                paper.date_valid = self._today(365)
        self.assertEqual(len(self._request(application).review_ids), 3)
