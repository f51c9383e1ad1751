from odoo import fields, models
from odoo.tools import SQL

from .credit_hold import OPEN_STATES
from .sale_order_check import CreditVerdict
from .sale_order_gate import CreditHoldError


class AccountMove(models.Model):
    """The gate under customer invoices that no checked order covers (P4-09).

    It stands under `_post` and under a written state. An invoice of a confirmed order of its customer
    bills what was checked before, up to what was ordered or has left. The others, and what is billed
    beyond, are checked here: by the rules that have an action *At Invoice*. Credit notes, entries and
    sales over the counter pass. One on hold stays a draft; the others of the call are posted.
    """

    _inherit = "account.move"

    credit_hold_ids = fields.One2many(
        "credit.hold",
        "move_id",
        "Credit Holds",
        copy=False,
        readonly=True,
        groups="base.group_user",
    )

    def action_post(self):
        """Post as Odoo does; tell which invoices credit control holds."""
        result = super().action_post()
        # sudo: that there is a hold, for whoever posts
        held = self.sudo().filtered(
            lambda m: (
                m.state == "draft"
                and m.credit_hold_ids.filtered(lambda hold: hold.state in OPEN_STATES)
            )
        )
        if not held or result:
            return result
        return self.env["credit.hold"]._notification(
            self.env._(
                "Put on credit hold, kept as draft: %s.", ", ".join(held.mapped("display_name"))
            )
        )

    def unlink(self):
        if not self:
            return super().unlink()
        # sudo: a hold ends with its draft, whoever deletes it
        holds = self.sudo().credit_hold_ids.filtered(
            lambda hold: hold.state in (*OPEN_STATES, "released") and not hold.confirmed_at
        )
        if holds:
            holds._do_close("cancelled", self.env._("The invoice was deleted."))
        return super().unlink()

    # ------------------------------------------------------------------ what is checked

    def _credit_is_checked(self):
        """Return whether this is an invoice that the gate checks when it is posted."""
        self.ensure_one()
        # Sold over the counter, by an add-on that may be installed: paid, and gone.
        # sudo: whether there is one, for users who may not read it
        counter = "pos_order_ids" in self._fields and self.sudo()["pos_order_ids"]
        return (
            self.move_type == "out_invoice"
            and self.state == "draft"
            # Without a customer Odoo refuses it, with its own words.
            and self.commercial_partner_id
            # sudo: the mode binds users who may not read settings
            and self.company_id.sudo().credit_mode != "off"
            and not counter
        )

    def _credit_uncovered(self):
        """Return {invoice id: amount in company currency} that no checked order covers, where any.

        Per line without a confirmed order of the same customer, and per order what is invoiced with
        these invoices beyond what was ordered or has left. Less than a smallest coin per line is
        rounding. One query: hundreds are posted at once.
        """
        if not self:
            return {}
        self.env["credit.exposure.line"]._flush_sources()
        self.flush_recordset(["amount_total", "amount_total_signed", "commercial_partner_id"])
        self.env["sale.order"].flush_model(["credit_limit_pending"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH item AS MATERIALIZED (
                    SELECT aml.move_id, aml.price_total, sol.order_id
                      FROM account_move_line aml
                      JOIN account_move move ON move.id = aml.move_id
                 LEFT JOIN LATERAL (
                           SELECT sol.order_id
                             FROM sale_order_line_invoice_rel rel
                             JOIN sale_order_line sol ON sol.id = rel.order_line_id
                             JOIN sale_order so ON so.id = sol.order_id AND so.state = 'sale'
                                  -- the limit of others is not checked yet
                                  AND so.credit_limit_pending IS NOT TRUE
                             JOIN res_partner debtor ON debtor.id = so.partner_invoice_id
                            WHERE rel.invoice_line_id = aml.id
                              AND debtor.commercial_partner_id = move.commercial_partner_id
                            LIMIT 1) sol ON TRUE
                     WHERE aml.move_id IN %(ids)s AND aml.display_type = 'product'),
                beyond AS (
                    SELECT so.id AS order_id,
                           billed.amount - GREATEST(ordered.amount, 0) AS amount,
                           currency.rounding * (ordered.number + 1) AS coins
                      FROM sale_order so
                      JOIN res_currency currency ON currency.id = so.currency_id
                     CROSS JOIN LATERAL (
                           SELECT COALESCE(SUM(
                                    CASE WHEN sol.product_uom_qty > 0
                                         THEN sol.price_total
                                              * GREATEST(1, sol.qty_delivered / sol.product_uom_qty)
                                         WHEN sol.product_uom_qty = 0
                                         THEN GREATEST(sol.qty_delivered, 0) * sol.price_unit
                                              * (1 - COALESCE(sol.discount, 0) / 100.0)
                                         ELSE 0 END), 0) AS amount,
                                  COUNT(*) AS number
                             FROM sale_order_line sol
                            WHERE sol.order_id = so.id AND sol.display_type IS NULL
                              AND NOT (sol.is_downpayment IS TRUE AND sol.product_uom_qty = 0)
                           ) ordered
                     CROSS JOIN LATERAL (
                           SELECT COALESCE(SUM(
                                    CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                                    * invoiced.price_total
                                    * CASE WHEN invoiced.currency_id = so.currency_id THEN 1
                                           ELSE COALESCE(NULLIF(so.currency_rate, 0), 1)
                                                / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)
                                           END), 0) AS amount
                             FROM sale_order_line sol
                             JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
                             JOIN account_move_line invoiced ON invoiced.id = rel.invoice_line_id
                             JOIN account_move move ON move.id = invoiced.move_id
                            WHERE sol.order_id = so.id
                              AND move.move_type IN ('out_invoice', 'out_refund')
                              AND (move.state = 'posted' OR move.id IN %(ids)s)) billed
                     WHERE so.id IN (SELECT order_id FROM item))
                SELECT share.move_id,
                       share.amount * ABS(move.amount_total_signed) / NULLIF(move.amount_total, 0)
                  FROM (SELECT part.move_id, SUM(part.amount) AS amount
                          FROM (SELECT item.move_id, SUM(item.price_total) AS amount
                                  FROM item WHERE item.order_id IS NULL GROUP BY item.move_id
                                 UNION ALL
                                SELECT item.move_id, LEAST(beyond.amount, SUM(item.price_total))
                                  FROM item JOIN beyond ON beyond.order_id = item.order_id
                                 WHERE beyond.amount > beyond.coins
                                 GROUP BY item.move_id, beyond.order_id, beyond.amount) part
                         GROUP BY part.move_id) share
                  JOIN account_move move ON move.id = share.move_id
                 WHERE share.amount > 0
                """,
                ids=tuple(self.ids),
            )
        )
        amounts = {move_id: float(amount or 0.0) for move_id, amount in rows}
        return {
            move.id: amounts[move.id]
            for move in self
            if move.id in amounts
            # sudo: the company's currency only
            and move.company_id.sudo().currency_id.compare_amounts(amounts[move.id], 0) > 0
        }

    def _credit_invoice_check(self):
        """Return {invoice id: (order, CreditVerdict)} of these drafts, as far as a rule is broken."""
        broken = {}
        # sudo: rules and limits bind users who may not read them
        for company, moves in self.sudo().grouped(lambda m: m.company_id._credit_root()).items():
            # sudo: as above, for users of a branch alone
            rule_model = self.env["credit.rule"].sudo().with_company(company)
            rules = rule_model._get_rules(company.id, "invoice")
            amounts = moves._credit_uncovered() if rules else {}
            if not amounts:
                continue
            moves = moves.filtered(lambda m, a=amounts: m.id in a)
            # All their fields at once, as Odoo reads them when it posts: once the check has some of
            # them, it would do so one by one.
            moves.partner_id.mapped("commercial_partner_id")
            if any(rule.action == "hold" for rule in rules):
                # sudo: the row that makes others wait has no owner
                self.env["credit.lock"].sudo()._acquire(
                    {(move.commercial_partner_id.id, company.id) for move in moves}
                )
                self.env.flush_all()
            orders = {move._credit_as_order(): move for move in moves}
            billed = {order.id: amounts[move.id] for order, move in orders.items()}
            verdicts = (
                moves.env["sale.order"].union(*orders)._credit_check(billed, checkpoint="invoice")
            )
            for order, move in orders.items():
                if verdicts[order.id].reasons:
                    broken[move.id] = (order, verdicts[order.id])
        return broken

    # ------------------------------------------------------------------ the gate

    def _credit_post_gate(self):
        """Return {invoice: (order, verdict)} of those on hold; note what was seen of the others."""
        moves = self.filtered(lambda move: move._credit_is_checked())
        broken = moves._credit_invoice_check()
        held = {}
        # sudo: holds and notes follow the invoice, whoever posts it
        for move in moves.sudo():
            order, verdict = broken.get(move.id, (None, None))
            release = move.credit_hold_ids.browse()
            if verdict and verdict.holding:
                if move.company_id.credit_mode == "observe":
                    self.env["credit.hold"]._place_on_hold(
                        order, verdict, observed=True, document=move
                    )
                else:
                    release = move.credit_hold_ids.filtered(
                        lambda hold, o=order, v=verdict: hold._covers_invoice(o, v)
                    )[-1:]
                    if not release:
                        held[move] = (order, verdict)
                        continue
            release._use()
            warnings = [
                reason["description"]
                for reason in (verdict.reasons if verdict else ())
                if reason["action"] == "warn"
            ]
            if warnings:
                move.message_post(
                    body=self.env._("Posted with credit warnings: %s", " ".join(warnings))
                )
            current = move.credit_hold_ids.filtered(lambda hold: hold.state in OPEN_STATES)
            if current:
                current._do_close("cleared", self.env._("All hold reasons are resolved."))
        return held

    def _credit_place_on_hold(self, held):
        """Place these invoices on hold; they stay drafts.

        :param held: result of `_credit_post_gate`
        """
        for move, (order, verdict) in held.items():
            self.env["credit.hold"]._place_on_hold(order, verdict, document=move)

    def _credit_refuse(self, held):
        """Refuse that a state is written past `_post`.

        :raise CreditHoldError: there are invoices on hold
        """
        if held:
            raise CreditHoldError(
                self.env._(
                    "%s must not be posted: over the credit of the customer. Post it with the "
                    "button, to put it on hold, then request a release.",
                    ", ".join(move.display_name for move in held),
                ),
                {move.id: verdict for move, (_order, verdict) in held.items()},
            )

    # ------------------------------------------------------------------ its hold

    def _credit_verdicts(self):
        """Return {id: (order, CreditVerdict)} for their holds."""
        broken = self.filtered(lambda move: move.state == "draft")._credit_invoice_check()
        passed = CreditVerdict(None, ())
        return {
            move.id: broken.get(move.id) or (self.env["sale.order"].browse(), passed)
            for move in self
        }

    def _prepare_credit_hold(self):
        """Return the values of a hold that name this invoice."""
        self.ensure_one()
        return {
            "checkpoint": "invoice",
            "order_id": False,
            "move_id": self.id,
            "order_name": self.display_name,
            "user_id": self.invoice_user_id.id,
        }
