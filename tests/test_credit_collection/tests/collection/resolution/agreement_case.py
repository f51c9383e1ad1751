from datetime import timedelta

from .resolution_case import ResolutionCase


class AgreementCase(ResolutionCase):
    """Repayment agreements as collectors make them, and the days that pass afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._case()
        cls.company.sudo().write(
            {
                "collection_agreement_grace_days": 2,
                "collection_agreement_max_days": 200,
                "collection_agreement_max_instalments": 6,
                "collection_agreement_max_amount": 100000,
                "collection_agreement_max_waiver": 0,
                "collection_agreement_fee_rate": 0.02,
                "collection_agreement_free_count": 3,
                "collection_agreement_sign_days": 7,
            }
        )

    def _agreement(self, user=None, **values):
        """A draft of the collector over everything overdue: three monthly instalments."""
        return (
            self.env["collection.agreement"]
            .with_user(user or self.collector)
            .create({"partner_id": self.customer.id, "company_id": self.company.id, **values})
            .with_env(self.env)
        )

    def _in_force(self, **values):
        agreement = self._agreement(**values)
        agreement.with_user(self.collector).action_request()
        self.assertEqual(agreement.state, "active")
        return agreement

    def _evaluate(self, agreement, days=0):
        """Judge as the day would be `days` later: the dates move back by as much."""
        for line in agreement.line_ids.sudo():
            line._system().write(
                {
                    "date_due": line.date_due - timedelta(days=days),
                    "date_limit": line.date_limit - timedelta(days=days),
                }
            )
        self.env.flush_all()
        ended = self.env["collection.agreement"].sudo()._evaluate(self.company)
        self.env.invalidate_all()
        return ended

    def _schedule(self, agreement):
        """[(number, days from today, principal, fee)]"""
        return [
            (
                line.number,
                (line.date_due - self._today()).days,
                line.amount,
                line.fee,
            )
            for line in agreement.line_ids
        ]
