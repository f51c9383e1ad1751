from ...common import CreditCollectionCommon


class AssessmentCase(CreditCollectionCommon):
    """A customer, two reviewers without any role but internal user, and the shipped cards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().credit_mode = "off"
        # Sign-offs have tests of their own.
        cls.company.sudo().credit_new_needs_assessment = False
        cls.today = cls.company._credit_today()
        cls.customer = cls._customer("Assessed", limit=10000)
        cls.first = cls._user("first_reviewer", "base.group_user")
        cls.second = cls._user("second_reviewer", "base.group_user")
        cls.stranger = cls._user("stranger", "base.group_user")
        admin = cls.env(user=cls.administrator)
        cls.card = admin.ref("credit_collection.credit_scorecard_annual")
        cls.card_5c = admin.ref("credit_collection.credit_scorecard_5c")

    def _assessment(self, kind="yearly", start=True, reviewers=None, **values):
        """An assessment as the controller prepares and starts it."""
        reviewers = self.first | self.second if reviewers is None else reviewers
        assessment = (
            self.env["credit.assessment"]
            .with_user(self.controller)
            .create(
                {
                    "partner_id": self.customer.id,
                    "kind": kind,
                    "reviewer_ids": [(6, 0, reviewers.ids)],
                    **values,
                }
            )
        )
        if start:
            assessment.action_start()
        return assessment

    def _sheet(self, assessment, user):
        return (
            self.env["credit.assessment.sheet"]
            .with_user(user)
            .search([("assessment_id", "=", assessment.id), ("user_id", "=", user.id)])
        )

    def _score(self, assessment, user, points, submit=True, reason="I know better"):
        """Score as a reviewer: points per criterion in the order of the card."""
        sheet = self._sheet(assessment, user)
        for score, wanted in zip(sheet.score_ids, points, strict=True):
            option = score.criterion_id.option_ids.filtered(lambda o, w=wanted: o.points == w)
            score.write({"option_id": option.id, "reason": reason})
        if submit:
            sheet.action_submit()
        return sheet

    def _documents(self, *names, **values):
        """Papers of the customer by the code of their type, with a file each."""
        env = self.env(user=self.controller)
        types = [env.ref(f"credit_collection.credit_document_type_{name}") for name in names]
        return env["credit.document"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "type_id": type_.id,
                    "attachment_ids": [(0, 0, {"name": f"{type_.name}.txt", "raw": b"paper"})],
                    **values,
                }
                for type_ in types
            ]
        )
