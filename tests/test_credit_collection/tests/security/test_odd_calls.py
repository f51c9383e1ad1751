import os
import random
from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .calls import CONTEXTS, OURS, arguments, contexts, is_new, methods
from .rights_case import RightsCase
from .roles import ROLES
from .samples import KINDS

# A part of all calls with each run; `make test ARGS=rpc` makes them all.
SAMPLE = 700
SEED = 10
# Roles that may decide on customers' credit, whatever else they send along.
DECIDE = ("controller", "administrator")
MAY_DECIDE = {"res.partner", "credit.decision", "res.company", "credit.rule"}


@tagged("post_install", "-at_install")
class TestOddCalls(RightsCase):
    """Public methods with odd arguments and contexts, as each role: nothing guarded moves.

    What is guarded: approvals given, decisions on customers, orders confirmed, terms of customers,
    the mode of a company and its rules. A call ends well or with an error that Odoo shows as
    a message; one that our own code trips over is a fault.
    """

    @classmethod
    def before_samples(cls, links):
        # One order stands confirmed; nobody may confirm another, or add to it.
        company = cls.company.sudo()
        company.credit_mode = "off"
        cls.env["sale.order"].browse(links["sale.order"][0]).action_confirm()
        company.credit_mode = "enforce"
        cls._decide(cls.own + cls.other, credit_control="frozen")
        foreign = cls.foreign_customer.sudo().with_company(cls.foreign["company"])
        foreign.credit_control = "frozen"
        cls.links = links

    def setUp(self):
        super().setUp()
        self.queries = list(self._queries())
        self.ids = {
            name: records["own"].id for name, records in self.samples.items() if "own" in records
        }
        self.ids["product.product"] = self.product_credit.id

    # ------------------------------------------------------------------ guarded methods

    def _queries(self):
        for name in self.models:
            model = self.env[name]
            if model._auto and not model._abstract and hasattr(type(model), "_state_to"):
                if name.startswith(("credit.", "collection.", "receivable.", "insight.")):
                    yield (
                        name,
                        SQL(
                            "SELECT id FROM %s WHERE %s IN %s",
                            SQL.identifier(model._table),
                            SQL.identifier(model._state_field),
                            tuple(model._state_to),
                        ),
                    )
        yield (
            "sale.order",
            SQL(
                "SELECT o.id, sum(greatest(l.product_uom_qty * l.price_unit, 0))"
                " FROM sale_order o JOIN sale_order_line l ON l.order_id = o.id"
                " WHERE o.state = 'sale' GROUP BY o.id"
            ),
        )
        yield "tier.review", SQL("SELECT id FROM tier_review WHERE status = 'approved'")
        yield "credit.decision", SQL("SELECT id FROM credit_decision")
        columns = [
            name
            for name, field in self.env["res.partner"]._fields.items()
            if field.store and name.startswith("credit_") and field.column_type
        ]
        yield (
            "res.partner",
            SQL(
                "SELECT id, %s FROM res_partner WHERE id IN %s",
                SQL(", ").join(SQL("%s::text", SQL.identifier(name)) for name in columns),
                self.links["res.partner"],
            ),
        )
        yield "res.company", SQL("SELECT id, credit_mode FROM res_company")
        yield "credit.rule", SQL("SELECT id, active FROM credit_rule")

    def _guarded(self):
        self.env.flush_all()
        parts = [
            SQL(
                "SELECT %s, coalesce(md5(string_agg(q::text, ',' ORDER BY q::text)), '') FROM (%s) q",
                n,
                q,
            )
            for n, q in self.queries
        ]
        return dict(self.env.execute_query(SQL(" UNION ALL ").join(SQL("(%s)", p) for p in parts)))

    def _order_value(self):
        ((value,),) = self.env.execute_query(
            SQL(
                "SELECT coalesce(sum(greatest(l.product_uom_qty * l.price_unit, 0)), 0)"
                " FROM sale_order o JOIN sale_order_line l ON l.order_id = o.id WHERE o.state = 'sale'"
            )
        )
        return value

    # ------------------------------------------------------------------ the calls

    def _all_calls(self):
        for name in self.models:
            model = self.env[name]
            for method in methods(model):
                # Calls on no record: test_no_record.
                for kind in [kind for kind in KINDS if kind in self.samples[name]] or [None]:
                    for role in ROLES:
                        for context in CONTEXTS:
                            yield role, name, method, kind, context

    def _call(self, role, name, method, kind, context, dice):
        """Make one call and roll it back; return a sentence about its fault, or None."""
        model = self._as_person(name)
        function = methods(model)[method]
        of_model = getattr(function, "_api_model", False)
        record = self.samples[name].get(kind) or (None if of_model else self._new(model))
        if not record and not of_model:
            return None
        foreign = self.samples[name].get("foreign")
        args, kwargs = arguments(model, method, function, dice, self.ids)
        sent = {
            "allowed_company_ids": self.company.ids,
            **contexts(model, self.ids, foreign and foreign.id, self.foreign["company"].id)[
                context
            ],
        }
        if not of_model:
            args = [record.ids, *args]
        wrong = self._make(role, model, method, args, {**kwargs, "context": sent})
        return wrong and f"{wrong}: {name}.{method} as {role} on {kind}, {context}, {args} {kwargs}"

    def _as_person(self, name):
        return self.env(user=self.person.id, su=False)[name].with_context(
            allowed_company_ids=self.company.ids
        )

    def _make(self, role, model, method, args, kwargs):
        point = self.env.cr.savepoint()
        try:
            call_kw(model, method, args, kwargs)
            self.env.flush_all()
            after = self._guarded()
            changed = {key for key in after if after[key] != self.before[key]}
            if "sale.order" in changed and self._order_value() <= self.order_value:
                changed.remove("sale.order")  # cancelled or made smaller: anybody's right
            if role in DECIDE:
                changed -= MAY_DECIDE
            if role == "general_manager":
                changed.discard("credit.rule")  # of the drafts of policies
            self.done += 1
            return f"CHANGED {sorted(changed)}" if changed else None
        except (UserError, psycopg2.IntegrityError):
            return None  # Odoo shows what the database refuses as a message, too
        except Exception as error:
            if is_new(model, method) and self._is_ours(error):
                return f"{type(error).__name__} {str(error)[:200]!r} in {self._where(error)}"
            return None
        finally:
            self.env.transaction.clear()
            point.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def _new(self, model):
        """A dialog of the person, or nothing where it cannot be made just so."""
        if not model._transient:
            return model
        try:
            with self.env.cr.savepoint():
                return model.create({})
        except Exception:
            self.env.transaction.clear()
            return None

    def _frames(self, error):
        trace, result = error.__traceback__, []
        while trace:
            result.append(
                (
                    trace.tb_frame.f_globals.get("__name__", ""),
                    trace.tb_frame.f_code.co_name,
                    trace.tb_lineno,
                )
            )
            trace = trace.tb_next
        return result

    def _is_ours(self, error):
        """Whether code of the add-on had a part in it; Odoo's own faults are Odoo's."""
        return any(module.startswith(OURS) for module, _name, _line in self._frames(error))

    def _where(self, error):
        ours = [frame for frame in self._frames(error) if frame[0].startswith(OURS)]
        return "{}:{}:{}".format(*ours[-1]) if ours else "?"

    def _chosen(self):
        """A part of all calls; `CC_RPC=whole`: each with one context, drawn by lot."""
        calls = list(self._all_calls())
        dice = random.Random(os.environ.get("CC_RPC_SEED", SEED))
        if os.environ.get("CC_RPC") != "whole":
            return dice.sample(calls, SAMPLE)
        return [
            calls[start + dice.randrange(len(CONTEXTS))]
            for start in range(0, len(calls), len(CONTEXTS))
        ]

    def test_odd_calls(self):
        calls = self._chosen()
        wrong = []
        self.done = 0
        no_commit = patch.multiple(
            type(self.env.cr), commit=lambda _cr: None, rollback=lambda _cr: None
        )
        with no_commit, mute_logger("odoo", "odoo.sql_db", "odoo.addons"):
            for role in ROLES:
                self._become(role)
                self.before, self.order_value = self._guarded(), self._order_value()
                for number, call in enumerate(c for c in calls if c[0] == role):
                    dice = random.Random(f"{SEED} {call} {number}")
                    wrong.append(self._call(*call, dice))
        wrong = [one for one in wrong if one]
        self.assertFalse(wrong, f"\n{len(wrong)} of {len(calls)} calls\n" + "\n".join(wrong))
        self.assertGreater(self.done, len(calls) // 20, "hardly a call gets through")

    def test_orders_can_be_checked_beside_the_samples(self):
        """The keys of most tables are dropped for the samples; the gate's is not."""
        self.env["credit.lock"]._acquire({(self.own.id, self.company.id)})

    def test_it_would_be_seen(self):
        """Take the rights of a controller for those of a salesperson."""
        self._become("controller")
        self.before, self.order_value = self._guarded(), self._order_value()
        self.done = 0
        partner = self._as_person("res.partner")
        change = [self.own.ids, {"credit_risk_level": "high"}]
        self.assertIsNone(self._make("controller", partner, "write", change, {}))
        wrong = self._make("salesperson", partner, "write", change, {})
        self.assertIn("CHANGED", wrong)
        self.assertIn("res.partner", wrong)
