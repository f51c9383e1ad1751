from contextlib import suppress

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..application.application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestReviewAccess(ApplicationCase):
    """Approvals and their comments are read by those who may read the document, by nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls._user("plain", "base.group_user")
        foreign = cls.env["res.company"].sudo().create({"name": "Foreign"})
        companies = {"company_ids": [Command.set(foreign.ids)]}
        cls.foreign_auditor = cls._user(
            "foreign_auditor", "credit_collection.group_credit_auditor", foreign, **companies
        )
        cls.foreign_administrator = cls._user(
            "foreign_admin", "credit_collection.group_credit_administrator", foreign, **companies
        )
        cls.strangers = (
            cls.salesperson2, cls.plain, cls.foreign_auditor, cls.foreign_administrator,
        )  # fmt: skip
        cls.application = cls._application()
        cls.application.with_user(cls.salesperson).action_request()
        cls.reviews = cls.application.review_ids.sudo()
        cls.reviews[0].with_user(cls.finance_manager).comment = "Secret"
        cls.env.flush_all()

    def _reads(self, user):
        """{name: function} of the ways to read the reviews as a user."""
        reviews, ids = self.reviews.with_user(user), [("id", "in", self.reviews.ids)]
        model, users = reviews.browse(), self.env["res.users"].with_user(user)
        return {
            "search": lambda: model.search(ids),
            "count": lambda: model.search_count(ids),
            "read": lambda: reviews.read(["comment"]),
            "name": lambda: reviews.read(["display_name"]),
            "search_read": lambda: model.search_read(ids, ["comment", "res_id"]),
            "web_search_read": lambda: model.web_search_read(ids, {"comment": {}})["records"],
            "group": lambda: model.formatted_read_group(ids, ["comment"], ["__count"]),
            "name_search": lambda: model.name_search("", ids),
            "write": lambda: reviews.write({"comment": "Mine"}),
            # by the users who have to decide
            "domain": lambda: users.search([("review_ids.comment", "=", "Secret")]),
            "users": lambda: self.reviews.reviewer_ids.with_user(user).mapped("review_ids.comment"),
        }

    def _found(self, user):
        found = set()
        for name, read in self._reads(user).items():
            self.env.invalidate_all()
            with suppress(UserError):
                if read():
                    found.add(name)
        return found

    def test_strangers_read_nothing(self):
        for user in self.strangers:
            with self.subTest(user=user.name):
                self.assertEqual(self._found(user), set())

    def test_a_named_reviewer_needs_the_document(self):
        """Being written down as reviewer or applicant opens nothing that the document does not."""
        self.reviews.sudo()._credit_write(
            {"reviewer_ids": [Command.link(self.plain.id)], "requested_by": self.salesperson2.id}
        )
        for user in (self.plain, self.salesperson2):
            with self.subTest(user=user.name):
                self.assertEqual(self._found(user), set())

    def test_readers_of_the_document_read(self):
        for user in (
            self.salesperson, self.sales_manager, self.finance_manager, self.general_manager,
            self.auditor, self.controller, self.administrator, self.accountant,
        ):  # fmt: skip
            with self.subTest(user=user.name):
                found = self._found(user)
                for name in ("search", "count", "read", "name", "search_read", "group"):
                    self.assertIn(name, found)

    def test_by_the_document(self):
        """The reviews come with the document, in its order."""
        self.env.invalidate_all()
        seen = self.application.with_user(self.salesperson).review_ids
        self.assertEqual(seen, self.reviews)

    def test_reviews_of_other_documents_stay_as_they_are(self):
        """Approvals of documents of other add-ons are untouched."""
        other = (
            self.env["tier.review"]
            .sudo()
            .create(
                {
                    "model": "res.partner",
                    "res_id": self.customer.id,
                    "definition_id": self.reviews[0].definition_id.id,
                    "comment": "Open",
                }
            )
        )
        self.env.flush_all()
        self.env.invalidate_all()
        for user in (self.plain, self.salesperson2, self.salesperson):
            with self.subTest(user=user.name):
                self.assertEqual(other.with_user(user).search([("id", "=", other.id)]), other)
                self.assertEqual(other.with_user(user).read(["comment"])[0]["comment"], "Open")

    def test_entries_of_a_reviewer_are_private(self):
        """The dialog with the reason of a rejection is nobody else's."""
        wizard = (
            self.env["comment.wizard"]
            .with_user(self.finance_manager)
            .create(
                {
                    "res_model": self.application._name,
                    "res_id": self.application.id,
                    "comment": "Draft of a reason",
                }
            )
        )
        self.env.flush_all()
        for user in (self.plain, self.salesperson, self.auditor):
            self.env.invalidate_all()
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                wizard.with_user(user).read(["comment"])
