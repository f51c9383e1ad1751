from odoo import fields, models
from odoo.tools import SQL


class CreditLock(models.Model):
    """One row per customer and legal entity, updated by every confirmation on credit.

    Two orders confirmed at the same instant both read the exposure of before. The
    update makes the second wait for the first and then fail with a serialization
    error, so that Odoo runs it again and it sees the first. A lock alone would not:
    under REPEATABLE READ the second would go on with its old snapshot.
    """

    _name = "credit.lock"
    _description = "Credit Gate"
    _log_access = False  # written on the hot path and never shown

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    confirmation_count = fields.Integer(help="Number of confirmations that went through.")

    _partner_company_uniq = models.UniqueIndex("(partner_id, company_id)")

    def _acquire(self, pairs):
        """Make every other confirmation for the same customers wait for this one.

        :param pairs: set of (commercial partner id, id of the root company)
        """
        if not pairs:
            return
        # Members of a group share a limit: they wait for each other too.
        pairs = self.env["credit.group"]._with_group_members(pairs)
        # Sorted, so that two batches never wait for each other crosswise.
        rows = SQL(", ").join(
            SQL("(%s, %s, 1)", partner, company) for partner, company in sorted(pairs)
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO credit_lock (partner_id, company_id, confirmation_count) VALUES %s
                   ON CONFLICT (partner_id, company_id)
                   DO UPDATE SET confirmation_count = credit_lock.confirmation_count + 1""",
                rows,
            ),
            # A lost race is run again by Odoo: nothing to report.
            log_exceptions=False,
        )
