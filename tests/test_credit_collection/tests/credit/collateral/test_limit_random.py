import random
from decimal import ROUND_HALF_UP, Decimal

from odoo.tests import tagged

from ..policy.policy_case import PolicyCase

RATES = {"EUR": "0.5", "JPY": "150", "GBP": "0.7"}


@tagged("post_install", "-at_install")
class TestLimitRandom(PolicyCase):
    """Effective limits of random customers, from SQL, against plain Python."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currencies = {code: cls._rate(code, float(rate)) for code, rate in RATES.items()}

    def _policy(self, code, rng, **values):
        """A policy in force: itself, its default limit, {grade: default limit, None without credit}."""
        policy = self._load(code, segment=values.pop("segment", False))
        policy.write({"limit_default": rng.choice([0, 1000, 2000.5]), **values})
        grades = {}
        for line in policy.grade_line_ids:
            line.limit_default = rng.choice([0, 0, rng.randint(1, 90) * 10])
            credit = line._grants_credit()
            grades[line.grade_id.code] = line.limit_default if credit else None
        self._approve_policy(policy)
        return policy, policy.limit_default, grades

    def _expected(self, facts, policies, member_limit):
        if facts["control"] in ("none", "cash"):
            return Decimal(0)
        if facts["temporary"] is not None:
            limit = Decimal(str(facts["temporary"]))
        elif facts["default"]:
            used = policies["own"] if facts["own_policy"] else policies.get(facts["segment"])
            used = used or policies["company"]
            limits = [member_limit if facts["group"] else 0]
            if facts["grade"] in used[2]:
                granted = used[2][facts["grade"]]
                limits.append(-1 if granted is None else granted)
            if facts["own_policy"]:
                limits.append(policies["own"][1])
            if facts["segment"] in policies:
                limits.append(policies[facts["segment"]][1])
            limits.append(policies["company"][1])
            first = next((limit for limit in limits if limit), 0)
            limit = Decimal(str(max(first, 0)))
        elif facts["currency"]:
            limit = Decimal(str(facts["amount"])) / Decimal(RATES[facts["currency"]])
        else:
            limit = Decimal(str(facts["amount"]))
        total = limit.quantize(Decimal("0.01"), ROUND_HALF_UP)
        return total + sum(
            (Decimal(value) * share / 100 for value, share in facts["securities"]), 0
        )

    def _make(self, rng, number, policies, members):
        facts = {
            "control": rng.choice(["limit", "limit", "limit", "frozen", "cash", "none"]),
            "default": rng.random() < 0.5,
            "currency": rng.choice([None, *RATES]),
            "amount": rng.randint(1, 99999) / 10,
            "grade": rng.choice([False, "A", "B", "C", "D"]),
            "segment": rng.choice([False, "sme", "export"]),
            "own_policy": rng.random() < 0.3,
            "group": rng.random() < 0.3,
            "temporary": rng.choice([None, None, rng.randint(1, 5000)]),
            "securities": [
                (rng.randint(1, 50) * 100, rng.choice([50, 80, 100]))
                for _n in range(rng.randint(0, 2))
            ],
        }
        values = {
            "credit_segment": facts["segment"],
            "credit_policy_id": facts["own_policy"] and policies["own"][0].id,
        }
        if facts["default"]:
            values["credit_limit_default"] = True
        elif facts["currency"]:
            values["credit_limit_currency_id"] = self.currencies[facts["currency"]].id
            values["credit_limit_amount"] = facts["amount"]
        else:
            values["credit_limit"] = facts["amount"]
        if facts["temporary"]:
            values.update(
                credit_limit_temporary=facts["temporary"],
                credit_limit_temporary_from=self._today(-1),
                credit_limit_temporary_to=self._today(1),
            )
        if facts["grade"]:
            values["credit_grade_id"] = self._grade(facts["grade"]).id
        customer = self._customer(f"Random {number}", control=facts["control"], limit=0, **values)
        for value, share in facts["securities"]:
            self.env["credit.security"].with_user(self.controller).create(
                {
                    "name": "Guarantee",
                    "partner_id": customer.id,
                    "company_id": self.company.id,
                    "value": value,
                    "coverage_percent": share,
                    "date_from": self._today(-1),
                }
            )
        if facts["group"]:
            members.line_ids = [(0, 0, {"partner_id": customer.id})]
        return customer, facts

    def test_random(self):
        for seed in range(4):
            with self.subTest(seed=seed):
                rng = random.Random(seed)
                policies = {
                    "own": self._policy("P3", rng, scope="customer"),
                    "sme": self._policy("P2", rng, segment="sme"),
                    "company": self._policy("P1", rng),
                }
                member_limit = rng.choice([0, 777.77])
                group = (
                    self.env["credit.group"]
                    .with_user(self.controller)
                    .create(
                        {
                            "name": f"Group {seed}",
                            "company_id": self.company.id,
                            "limit": 1e9,
                            "member_limit": member_limit,
                        }
                    )
                )
                made = dict(
                    self._make(rng, f"{seed}-{number}", policies, group) for number in range(25)
                )
                self.env.flush_all()
                self.env.invalidate_all()
                figures = self.env["res.partner"].browse(c.id for c in made)
                figures = figures.sudo()._get_credit_figures(self.company)
                for customer, facts in made.items():
                    expected = self._expected(facts, policies, member_limit)
                    found = Decimal(str(figures[customer.id]["credit_effective_limit"]))
                    # Halves of a cent are rounded as they come out of the division.
                    self.assertAlmostEqual(found, expected, delta=Decimal("0.011"), msg=facts)
                    rows = self._figures(customer)._credit_limit_rows(self.company, self._today())
                    shown = sum(amount for _label, amount in rows)
                    self.assertAlmostEqual(shown, float(expected), delta=0.011, msg=facts)
                    in_list = self._figures(customer).credit_effective_limit
                    self.assertEqual(in_list, round(float(found), 2), msg=facts)
                for policy, _limit, _grades in policies.values():
                    # The next seed loads them anew.
                    policy.sudo()._system_write({"state": "retired"})
