from datetime import timedelta

from odoo.fields import Command

from ...common import CreditCollectionCommon


class RunCase(CreditCollectionCommon):
    """A company with the ladder that ships, a manager, and short helpers around runs."""

    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.quick_ref("credit_collection.group_collection_manager")
            | cls.quick_ref("credit_collection.group_credit_administrator")
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("manager", "credit_collection.group_collection_manager")
        cls.collector2 = cls._user("collector2", "credit_collection.group_collection_collector")
        cls.team = cls.env["collection.team"].create(
            {
                "name": "Team",
                "company_id": cls.company.id,
                "head_id": cls.manager.id,
                "legal_user_id": cls.legal.id,
                "member_ids": [Command.set(cls.collector.ids)],
            }
        )

    @classmethod
    def _stage(cls, name, days_from, days_to=9999, policy=None, **values):
        return cls.env["collection.stage"].create(
            {
                "name": name,
                "days_from": days_from,
                "days_to": days_to,
                "policy_id": policy.id if policy else False,
                **values,
            }
        )

    @classmethod
    def _type(cls, code):
        return cls.env.ref(f"credit_collection.collection_letter_type_{code}")

    @classmethod
    def _ladder(cls, *stages):
        """Make these the only stages without a policy: (name, from, to, values)."""
        cls.env["collection.stage"].search([("policy_id", "=", False)]).active = False
        return [cls._stage(*stage[:3], **(stage[3] if stage[3:] else {})) for stage in stages]

    def _run(self, **values):
        return self.env["collection.run"]._run_now(self.company, **values)

    def _line_of(self, run, partner):
        self.env.invalidate_all()
        return run.line_ids.filtered(lambda line: line.partner_id == partner)

    def _case(self, partner, state="open"):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["collection.case"].search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", self.company.id),
                ("state", "=", state),
            ],
            order="id desc",
            limit=1,
        )

    def _letters(self, partner):
        self.env.invalidate_all()
        return self.env["collection.letter"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company.id)], order="id"
        )

    def _decision(self, *partners):
        """{customer: row of the decision}."""
        rows = self.env["collection.run"]._get_decision_rows(
            self.company, [partner.id for partner in partners]
        )
        return {row["partner_id"]: row for row in rows}

    def _age_letters(self, partner, days):
        """As if the letters of a customer were written some days ago."""
        self.env.flush_all()
        for letter in self._letters(partner):
            letter.sudo()._system().date = letter.date - timedelta(days=days)
        self.env.flush_all()
