from ..confirmation.sheet_case import SheetCase


class TakeoverCase(SheetCase):
    """Cases of an age, and the run that looks at it."""

    def _run(self):
        run = (
            self.env["collection.run"]
            .sudo()
            ._system()
            .create({"company_id": self.company.id, "date": self._today(), "state": "done"})
        )
        run._after_apply()
        self.env.invalidate_all()
        return run

    def _aged(self, days, name="Old", user=None):
        partner = self._customer(name)
        self._invoice(partner, 1000, days)
        return self._case(partner, user or self.collector)

    def _filing(self, case):
        return self.env["collection.filing"].search([("case_id", "=", case.id)])
