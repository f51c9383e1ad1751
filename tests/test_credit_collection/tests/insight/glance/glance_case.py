from ..overview.overview_case import OverviewCase


class GlanceCase(OverviewCase):
    """A customer about whom every part of the page has something to say: `late` of the overview.

    Limit 1,000 and a guarantee of 500 at 80 %; 700 − 50 overdue, of which 100 are disputed and 300
    promised; 2,000 on hold; a call, and a payment of the year.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.security = cls.env["credit.security"].with_user(cls.controller).create(
            {
                "name": "G-7",
                "partner_id": cls.late.id,
                "value": 500,
                "coverage_percent": 80,
                "date_from": cls._today(-5),
                "date_to": cls._today(12),
            }
        )  # fmt: skip
        cls.paper = cls.env["credit.document"].with_user(cls.controller).create(
            {
                "type_id": cls.env["credit.document.type"].search([], limit=1).id,
                "partner_id": cls.late.id,
                "reference": "L-1",
                "date_valid": cls._today(3),
            }
        )  # fmt: skip
        cls.dispute = cls.env["collection.dispute"].with_user(cls.collector)._open(
            {"move_id": cls.old.id, "amount": 100, "reason_id": cls.contested.id}
        )  # fmt: skip
        paid = cls._invoice(cls.late, 80, days_overdue=20)
        cls._pay(paid, date=cls._today(-10))
        cls._call("Pays on Friday")
        cls._decide(cls.late, credit_review_date=cls._today(20))
        cls.env.flush_all()

    @classmethod
    def _call(cls, summary):
        """A call of the collector."""
        return cls.env["collection.contact"]._system_create(
            {
                "case_id": cls.case.id,
                "user_id": cls.collector.id,
                "channel": "call",
                "summary": summary,
            }
        )

    def _glance(self, user, partner=None, company=None):
        """The page of a customer as the user gets it by RPC."""
        self.env.flush_all()
        self.env.invalidate_all()
        partner = (partner or self.late).with_user(user)
        return partner.with_company(company or self.company).get_credit_glance()

    def _at_a_glance(self, user, key, partner=None):
        """A number of the page, by its key."""
        for _block, row in self._rows(self._glance(user, partner)):
            if row["key"] == key:
                return row
        self.fail(f"no {key} for {user.login}")
