from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from odoo.addons.credit_collection.models.base.credit_threshold_mixin import RANGES

from ..common import migration
from .policy.policy_case import PolicyCase


class TestThreshold(PolicyCase):
    """A threshold is written once: policy, company, settings and checks have the same field."""

    def test_a_policy_in_force_goes_before_the_company(self):
        customer = self._customer()
        self.company.sudo().write({name: 1 for name in RANGES})
        for name in RANGES:
            with self.subTest(name=name):
                self.assertEqual(self.company._credit_threshold(name, customer), 1)
                self.assertEqual(self.company._credit_threshold(name), 1)
        policy = self._load()
        policy.write({name: 2 for name in RANGES if name != "credit_term_max_days"})
        self.assertEqual(self.company._credit_threshold("credit_late_days", customer), 1)
        self._approve_policy(policy)
        for name in RANGES:
            with self.subTest(name=name):
                self.assertEqual(self.company._credit_threshold(name, customer), policy[name])
        # For all users: a salesperson reads neither policies nor settings.
        company = self.company.with_user(self.salesperson)
        self.assertEqual(company._credit_threshold("credit_large_limit", customer), 2)

    def test_ranges_are_the_same_for_both(self):
        policy = self._load()
        for record in (policy, self.company.sudo()):
            for name, (low, high) in RANGES.items():
                label = record._fields[name]._description_string(self.env)
                for value in (low - 1, *([high + 1] if high is not None else [])):
                    with (
                        self.subTest(model=record._name, name=name, value=value),
                        self.assertRaises(ValidationError) as caught,
                        self.cr.savepoint(),
                    ):
                        record.write({name: value})
                    self.assertIn(label, str(caught.exception))
            for values in (
                {"credit_risk_medium_days": 50, "credit_risk_high_days": 49},
                {"credit_risk_broken_medium": 2, "credit_risk_broken_high": 1},
            ):
                with (
                    self.subTest(model=record._name, values=values),
                    self.assertRaisesRegex(ValidationError, "a high risk begins later"),
                    self.cr.savepoint(),
                ):
                    record.write(values)

    def test_settings_write_the_company(self):
        administrator = self.administrator
        administrator.group_ids |= self.env.ref("base.group_system")
        settings = self.env["res.config.settings"].with_user(administrator)
        values = {name: 1 for name in RANGES}
        settings.create(values).execute()
        self.assertEqual({name: self.company[name] for name in RANGES}, values)
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(self.controller).create({}).execute()

    # ------------------------------------------------------------------ older databases

    def test_thresholds_of_older_policies_keep_their_values(self):
        """With their history: the field is the same one under its new name."""
        policy = self._load()
        policy.write({"credit_late_days": 7, "credit_alert_percent": 61.0})
        self.env.flush_all()
        field = self.env["ir.model.fields"]._get("credit.policy", "credit_late_days")
        script = migration("19.0.1.1.0", "pre-thresholds")
        for old, new in script.RENAMED.items():
            self.cr.execute(
                SQL(
                    "ALTER TABLE credit_policy RENAME COLUMN %s TO %s",
                    SQL.identifier(new),
                    SQL.identifier(old),
                )
            )
        self.cr.execute("UPDATE ir_model_fields SET name = 'late_days' WHERE id = %s", [field.id])
        self.cr.execute(
            "UPDATE ir_model_data SET name = 'field_credit_policy__late_days'"
            " WHERE module = 'credit_collection' AND name = 'field_credit_policy__credit_late_days'"
        )
        self.assertEqual(set(script.RENAMED.values()), set(RANGES) - {"credit_release_days"})
        for _again in range(2):
            script.migrate(self.cr, "19.0.1.0.0")
            self.env.invalidate_all()
            self.assertRecordValues(policy, [{"credit_late_days": 7, "credit_alert_percent": 61.0}])
        self.assertEqual(field.name, "credit_late_days")
        self.assertEqual(
            self.env.ref("credit_collection.field_credit_policy__credit_late_days"), field
        )

    def test_older_policies_know_their_template(self):
        policies = self._load("P1") | self._load("P3")
        own = self._policies().create({"name": "Own", "company_id": self.company.id})
        templates = policies.template_id
        self.env.flush_all()
        self.cr.execute("ALTER TABLE credit_policy ADD COLUMN template_code varchar")
        for policy, code in zip(policies, ("P1", "P3"), strict=True):
            self.cr.execute(
                "UPDATE credit_policy SET template_code = %s, template_id = NULL WHERE id = %s",
                [code, policy.id],
            )
        migration("19.0.1.1.0", "post-templates").migrate(self.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual(policies.template_id, templates)
        self.assertFalse(own.template_id)
        self.assertEqual(self._load("P3"), policies[1])
