import base64

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .resolution.resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestAccessFiles(ResolutionCase):
    """Evidence and signed documents: their readers, and that they stay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.internal = cls._user("internal", "base.group_user")
        cls.invoice = cls._invoice(cls.customer, 100.0, 40)
        cls.case = cls._case()

    def _file(self, user, **values):
        return (
            self.env["ir.attachment"]
            .with_user(user)
            .create({"name": "paper.pdf", "datas": base64.b64encode(b"paper"), **values})
        )

    def test_files_need_the_right_to_write_the_record(self):
        promise = (
            self.env["collection.promise"]
            .with_user(self.collector)
            ._register_promise(
                self.case.with_user(self.collector),
                [{"move_line_id": self._claims(self.invoice).id, "date_promised": self._today(3)}],
            )
        )
        for user in (self.salesperson2, self.internal):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._file(user, res_model="collection.promise", res_id=promise.id)

    def test_signed_copy_is_kept(self):
        """The signed document of an agreement in force can be added, not swapped or deleted."""
        agreement = (
            self.env["collection.agreement"]
            .with_user(self.collector)
            .create({"partner_id": self.customer.id})
        )
        paper = self._file(self.collector)
        agreement.write({"signed_attachment_ids": [Command.link(paper.id)]})
        agreement.action_request()
        self.assertTrue(paper.with_user(self.auditor).has_access("read"))
        with self.assertRaises(AccessError):
            paper.with_user(self.collector).write({"raw": b"other"})
        with self.assertRaises(AccessError):
            paper.with_user(self.collector).unlink()

    def test_evidence_of_disputes(self):
        """Readers of a dispute read its evidence; closed, the evidence is kept."""
        paper = self._file(self.collector)
        dispute = (
            self.env["collection.dispute"]
            .with_user(self.collector)
            ._open(
                {
                    "move_id": self.invoice.id,
                    "reason_id": self.contested.id,
                    "attachment_ids": [Command.link(paper.id)],
                }
            )
        )
        self.assertTrue(paper.with_user(self.auditor).has_access("read"))
        dispute.with_user(self.collection_manager)._do_reject("no")
        with self.assertRaises(AccessError):
            paper.with_user(self.collector).unlink()

    def test_foreign_files_stay_foreign(self):
        """Linking somebody else's file to one's own record does not open it."""
        secret = self._file(self.controller)
        dispute = (
            self.env["collection.dispute"]
            .with_user(self.collector)
            ._open({"move_id": self.invoice.id, "reason_id": self.contested.id})
        )
        with self.assertRaises(AccessError):
            dispute.with_user(self.collector).write({"attachment_ids": [Command.link(secret.id)]})
        self.assertFalse(secret.with_user(self.collector).has_access("read"))
