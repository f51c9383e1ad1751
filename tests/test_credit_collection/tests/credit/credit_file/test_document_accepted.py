from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..assessment.assessment_case import AssessmentCase


@tagged("post_install", "-at_install")
class TestDocumentAccepted(AssessmentCase):
    """A document that credit control accepted stays as handed in; its successor is a new one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sellers = cls.salesperson | cls.sales_manager
        cls.paper = cls._handed_in("licence")
        cls.file = cls.paper.attachment_ids

    @classmethod
    def _handed_in(cls, name, **values):
        """A document with a file, as the salesperson enters it."""
        return (
            cls.env["credit.document"]
            .with_user(cls.salesperson)
            .create(
                {
                    "partner_id": cls.customer.id,
                    "type_id": cls.env.ref(f"credit_collection.credit_document_type_{name}").id,
                    "attachment_ids": [Command.create({"name": "scan.txt", "raw": b"genuine"})],
                    **values,
                }
            )
            .with_env(cls.env)
        )

    def _accept(self, paper=None):
        (paper or self.paper).with_user(self.controller).action_accept()
        self.env.flush_all()
        self.env.invalidate_all()

    def _refused(self, call):
        with self.assertRaises(UserError), self.cr.savepoint():
            call()
            self.env.flush_all()
        self.env.invalidate_all()
        paper = self.paper.sudo()
        self.assertTrue(paper.active)
        self.assertEqual(paper.attachment_ids, self.file)
        self.assertEqual(paper.attachment_ids.raw, b"genuine")
        self.assertFalse(paper.date_valid)

    def test_until_then_it_is_open(self):
        for user in self.sellers:
            paper = self.paper.with_user(user)
            paper.attachment_ids.write({"raw": b"better scan"})
            paper.attachment_ids = [Command.clear()]
            paper.write({"date_promised": self.today, "active": False})
            paper.active = True

    def test_roles_that_accept(self):
        for user in (
            self.salesperson, self.sales_manager, self.auditor, self.accountant, self.first,
            self.finance_manager,
        ):  # fmt: skip
            with self.subTest(user=user.name), self.assertRaises(UserError):
                self.paper.with_user(user).action_accept()
        for values in ({"accepted_by_id": self.controller.id}, {"accepted_on": self.today}):
            with self.assertRaises(UserError):
                self.paper.with_user(self.salesperson).write(values)
            with self.assertRaises(UserError):
                self._handed_in("tax", **values)
        self._accept()
        self.assertEqual(self.paper.accepted_by_id, self.controller)
        self.assertEqual(self.paper.accepted_on, self.today)

    def test_nothing_is_accepted_without_a_file(self):
        document = self._documents("permit", attachment_ids=False)
        with self.assertRaisesRegex(UserError, "has no file"):
            document.action_accept()

    def test_not_replaced_or_archived(self):
        self._accept()
        for user in self.sellers:
            paper = self.paper.with_user(user)
            new = (
                self.env["ir.attachment"]
                .with_user(user)
                .create({"name": "forged.txt", "raw": b"forged"})
            )
            for vals in (
                {"active": False},
                {"attachment_ids": [Command.clear()]},
                {"attachment_ids": [Command.set(new.ids)]},
                {"attachment_ids": [Command.link(new.id)]},
                {"attachment_ids": [Command.unlink(self.file.id)]},
                {"attachment_ids": [Command.delete(self.file.id)]},
                {"attachment_ids": [Command.update(self.file.id, {"raw": b"forged"})]},
                {"date_valid": self.today + timedelta(days=900)},
                {"reference": "other"},
                {"type_id": self.env.ref("credit_collection.credit_document_type_bank").id},
                {"partner_id": self._customer("Elsewhere").id},
                {"accepted_on": False},
                {"accepted_by_id": False},
            ):
                with self.subTest(user=user.name, vals=vals):
                    self._refused(lambda p=paper, v=vals: p.write(v))
                    self._refused(lambda p=paper, v=vals: p.web_save(v, {"active": {}}))
            self._refused(paper.action_archive)
            self._refused(paper.unlink)
            self._refused(paper.action_withdraw_acceptance)

    def test_its_file_is_not_exchanged(self):
        self._accept()
        for user in self.sellers:
            file = self.file.with_user(user)
            for vals in (
                {"raw": b"forged"},
                {"datas": b"Zm9yZ2Vk"},
                {"name": "other.txt"},
                {"res_id": self.customer.id, "res_model": "res.partner"},
            ):
                with self.subTest(user=user.name, vals=vals):
                    self._refused(lambda f=file, v=vals: f.write(v))
            self._refused(file.unlink)
            self._refused(lambda f=file: f.web_save({"raw": b"forged"}, {"name": {}}))
        # Nor by another record that names the same file.
        for other in (self.paper.copy_data()[0], {"attachment_ids": [Command.link(self.file.id)]}):
            values = {**other, "partner_id": self._customer("Other").id}
            values["type_id"] = self.paper.type_id.id
            self._refused(
                lambda v=values: (
                    self.env["credit.document"]
                    .with_user(self.salesperson)
                    .create(v)
                    .attachment_ids.write({"raw": b"forged"})
                )
            )

    def test_chatter_and_activities_go_on(self):
        self._accept()
        paper = self.paper.with_user(self.salesperson)
        paper.message_post(body=paper.display_name)
        paper.activity_schedule("mail.mail_activity_data_todo", user_id=self.salesperson.id)

    def test_renewal(self):
        """An expired document is archived as it is, and the new one comes beside it."""
        self.paper.date_valid = self.today + timedelta(days=5)
        self._accept()
        paper = self.paper.with_user(self.salesperson)
        with self.assertRaises(AccessError), self.cr.savepoint():
            paper.write({"active": False, "date_valid": False})
        paper.action_archive()
        self.env.flush_all()
        new = self._handed_in("licence")
        self.assertFalse(new.accepted_on)
        # The old one is kept.
        for call in (
            lambda: paper.write({"attachment_ids": [Command.clear()]}),
            lambda: self.file.with_user(self.salesperson).write({"raw": b"forged"}),
            lambda: self.file.with_user(self.salesperson).unlink(),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                call()
        self.assertEqual(self.file.sudo().raw, b"genuine")

    def test_credit_control_takes_it_back(self):
        self._accept()
        self.paper.with_user(self.controller).note = "by the controller"
        self.paper.with_user(self.controller).action_withdraw_acceptance()
        self.assertFalse(self.paper.accepted_on)
        self.paper.with_user(self.salesperson).attachment_ids = [Command.clear()]

    def test_a_decision_accepts(self):
        """Papers that a closed assessment of a new customer rests on are accepted by it."""
        assessment = self._assessment(kind="new")
        for user in (self.first, self.second):
            self._score(assessment, user, [20] * 5)
        papers = self.env["credit.document"]._get_checklist(self.customer, self.company, "new")
        missing = papers.filtered(lambda p: not p.attachment_ids)
        missing.date_promised = self.today + timedelta(days=10)
        assessment.action_close()
        self.assertEqual(self.paper.accepted_on, self.today)
        self.assertFalse(any(missing.mapped("accepted_on")))
        self._refused(lambda: self.paper.with_user(self.salesperson).write({"active": False}))

    def test_a_copy_is_not_accepted(self):
        self._accept()
        values = self.paper.copy_data()[0]
        self.assertFalse(values.get("accepted_on") or values.get("accepted_by_id"))

    def test_file_deleted_by_odoos_route(self):
        """It asks for write access, then deletes as superuser."""
        self._accept()
        self._refused(lambda: self.file.with_user(self.salesperson).sudo().unlink())
