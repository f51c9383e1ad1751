from odoo import api, fields, models

from .collection_ledger import AGE_POINTS, CLASS_POINTS, RISK_POINTS


class CollectionLedger(models.Model):
    """The ledger in words: why a row has its score, and why an item rests."""

    _inherit = "collection.ledger"

    score_why = fields.Char("Why This Score", compute="_compute_score_why")
    rest_why = fields.Char("Why It Rests", compute="_compute_rest_why")

    @api.depends_context("lang")
    @api.depends("score", "age_bucket", "amount_class", "risk_level")
    def _compute_score_why(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("age_bucket", "amount_class", "risk_level")
        }
        for row in self:
            if not row.score:
                row.score_why = False
                continue
            parts = [
                (labels["age_bucket"][row.age_bucket], AGE_POINTS.get(row.age_bucket, 0)),
                (
                    self.env._("amount class %s", row.amount_class),
                    CLASS_POINTS.get(row.amount_class, 0),
                ),
            ]
            if row.risk_level in RISK_POINTS:
                parts.append(
                    (
                        self.env._("risk: %s", labels["risk_level"][row.risk_level]),
                        RISK_POINTS[row.risk_level],
                    )
                )
            left = row.score - sum(points for _label, points in parts)
            if left > 0:
                parts.append((self.env._("evasive or broken promises"), left))
            row.score_why = " + ".join(f"{label} {points}" for label, points in parts)

    @api.depends_context("lang")
    @api.depends("rests")
    def _compute_rest_why(self):
        # The words with which a run says why it sent no letter.
        words = dict(
            self.env["collection.run.line"]._fields["skip"]._description_selection(self.env)
        )
        for row in self:
            row.rest_why = ", ".join(
                words.get(code, code) for code in (row.rests or "").split(",") if code
            )
