from odoo import api, fields, models

ROUTES = [
    ("accounting", "Accounting"),
    ("collector", "Collector"),
    ("sales", "Collector with Head of Sales"),
    ("measures", "Collection Actions"),
]


class CollectionReason(models.Model):
    """Why an item is overdue (P3-05): internal, external or both, and who deals with it."""

    _name = "collection.reason"
    _description = "Overdue Reason"
    _order = "category, sequence, id"
    _rec_names_search = ["name", "synonyms", "code"]

    name = fields.Char(required=True, translate=True)
    synonyms = fields.Char(
        translate=True, help="Other words by which the reason is found, separated by commas."
    )
    code = fields.Char()
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    category = fields.Selection(
        [("internal", "Internal"), ("external", "External"), ("both", "Both")], required=True
    )
    route = fields.Selection(
        ROUTES,
        "Handled by",
        required=True,
        help="Ledger difference: accounting. Other internal reasons: collector. Price, quantity, "
        "quality: collector with the head of sales. Default without any reason: collection "
        "actions.",
    )
    is_dispute = fields.Boolean(
        "Is a Dispute", help="Can be chosen as the root cause of a dispute."
    )
    deadline_days = fields.Integer(
        "Deadline (Working Days)",
        default=3,
        help="Number of working days within which a dispute with this root cause is resolved.",
        aggregator=None,
    )
    move_count = fields.Integer("Open Invoices", compute="_compute_move_count")

    _code_once = models.UniqueIndex("(code) WHERE code IS NOT NULL", "This code is in use.")
    _deadline_range = models.Constraint(
        "CHECK(deadline_days BETWEEN 0 AND 365)", "A deadline is 0 to 365 working days."
    )

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Find reasons by name or synonym: those used most of late first, then in their order."""
        found = super().name_search(name, domain, operator, None)
        counts = self._get_use_counts()
        return sorted(found, key=lambda pair: -counts.get(pair[0], 0))[:limit]

    @api.model
    def _get_use_counts(self):
        """Return {reason id: how often it was used of late}; extend for what has reasons."""
        return {}

    def _compute_move_count(self):
        counts = dict(
            self.env["account.move"]._read_group(
                [*self._get_move_domain(), ("collection_reason_id", "in", self.ids)],
                ["collection_reason_id"],
                ["__count"],
            )
        )
        for reason in self:
            reason.move_count = counts.get(reason, 0)

    @api.model
    def _get_move_domain(self):
        return [
            ("move_type", "in", ("out_invoice", "out_receipt")),
            ("state", "=", "posted"),
            ("payment_state", "in", ("not_paid", "partial")),
        ]

    def action_open_invoices(self):
        """Open the unpaid invoices with this reason, with the user's own rights."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [*self._get_move_domain(), ("collection_reason_id", "=", self.id)],
            "context": {"create": False},
        }
