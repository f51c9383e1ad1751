from ...collection.resolution.resolution_case import ResolutionCase


class OverviewCase(ResolutionCase):
    """Books in which every number of the overview has something to count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        today = cls._today()
        cls.late = cls._customer("Late", limit=1000)
        cls.near = cls._customer("Near", limit=1000)
        cls.theirs = cls._customer("Theirs", limit=500, user_id=cls.salesperson2.id)
        cls._decide(cls.near, credit_limit_end=cls._today(10), credit_review_date=cls._today(-1))
        cls.old = cls._invoice(cls.late, 700, days_overdue=40)
        cls.older = cls._invoice(cls.theirs, 900, days_overdue=100)
        cls.fresh = cls._invoice(cls.near, 950)
        cls._receive(cls.late, 50)
        order = cls._order(cls.late, 2000)
        order.with_user(cls.salesperson).action_credit_confirm()
        cls.hold = order.credit_hold_id
        cls.case = cls._case(cls.late)
        cls.other_case = cls._case(cls.theirs, user=cls.collection_manager)
        promise = (
            cls.env["collection.promise"]
            .with_user(cls.collector)
            ._register_promise(
                cls.case.with_user(cls.collector),
                [
                    {
                        "move_line_id": cls._claims(cls.old).id,
                        "amount": 300,
                        "date_promised": today,
                    }
                ],
            )
        )
        cls.promise = promise.with_env(cls.env)
        cls.env.flush_all()

    def _company_elsewhere(self):
        other = self.setup_other_company(name="Elsewhere")["company"]
        other.sudo().credit_mode = "enforce"
        return other

    def _page(self, user, company=None):
        """The page as the user gets it by RPC."""
        self.env.flush_all()
        self.env.invalidate_all()
        overview = self.env["insight.overview"].with_user(user)
        return overview.with_company(company or self.company).get_overview()

    def _rows(self, page):
        """[(block, row)] of everything with a number on the page."""
        found = []
        for block in page["blocks"]:
            rows = list(block["figures"])
            for part in (*block["charts"], *block["lists"]):
                rows += part["rows"]
            for row in rows:
                found += [(block["key"], row), *((block["key"], note) for note in row["notes"])]
        return found

    def _figure(self, user, block, key):
        """A figure of the page, by its block and key."""
        for name, row in self._rows(self._page(user)):
            if (name, row["key"]) == (block, key):
                return row
        self.fail(f"{user.login} has no figure {key} in {block}")
