from odoo.tools import SQL

from ...common import CreditCollectionCommon, migration


class TestCheckpointUpdate(CreditCollectionCommon):
    """Databases from before 19.0.1.6.0: rules knew orders alone."""

    def test_orders_as_before_and_deliveries_where_supply_is_stopped(self):
        rules = self._set_rules(
            {"rule_type": "control"},
            {"rule_type": "control", "action": "warn", "segment": "sme"},
            {"rule_type": "limit"},
            {"rule_type": "overdue", "days": 15},
        )
        self.env.flush_all()
        self.cr.execute(
            SQL("UPDATE credit_rule SET delivery_action = NULL WHERE id IN %s", tuple(rules.ids))
        )
        before = rules.mapped("action")
        migration("19.0.1.6.0", "post-checkpoints").migrate(self.cr, "19.0.1.5.0")
        self.env.invalidate_all()
        self.assertEqual(rules.mapped("action"), before)
        self.assertEqual(rules.mapped("delivery_action"), ["hold", "warn", False, False])
        # Run again, it changes nothing that somebody set since.
        rules[0].delivery_action = "off"
        self.env.flush_all()
        migration("19.0.1.6.0", "post-checkpoints").migrate(self.cr, "19.0.1.5.0")
        self.env.invalidate_all()
        self.assertEqual(rules[0].delivery_action, "off")

    def test_shipped_rules_warn_of_invoices(self):
        names = ("control", "limit", "overdue", "term", "prepayment", "payer")
        rules = [self.env.ref(f"credit_collection.credit_rule_{name}").sudo() for name in names]
        before = [rule.invoice_action for rule in rules]
        self.env.flush_all()
        self.cr.execute(
            SQL(
                "UPDATE credit_rule SET invoice_action = NULL WHERE id IN %s",
                tuple(r.id for r in rules),
            )
        )
        migration("19.0.1.6.0", "post-checkpoints").migrate(self.cr, "19.0.1.5.0")
        self.env.invalidate_all()
        self.assertEqual([rule.invoice_action for rule in rules], before)
        self.assertEqual(before, ["warn", "warn", "warn", False, False, False])

    def test_a_rule_that_says_nothing_at_a_checkpoint_exempts_nobody(self):
        model = self.env["credit.rule"]
        general, narrow, off = self._set_rules(
            {"rule_type": "overdue", "days": 15, "delivery_action": "hold"},
            {
                "rule_type": "overdue",
                "days": 60,
                "action": False,
                "segment": "sme",
                "delivery_action": "warn",
            },
            {"rule_type": "control", "action": "off", "segment": "sme"},
        )
        orders = model._get_rules(self.company.id)
        self.assertEqual([r.id for r in orders], [general.id, off.id])
        chosen = model._select_for_terms(orders, 0, "sme", 0)
        self.assertEqual([(r.id, r.action) for r in chosen], [(general.id, "hold")])
        deliveries = model._get_rules(self.company.id, "delivery")
        chosen = model._select_for_terms(deliveries, 0, "sme", 0)
        self.assertEqual([(r.id, r.action) for r in chosen], [(narrow.id, "warn")])
