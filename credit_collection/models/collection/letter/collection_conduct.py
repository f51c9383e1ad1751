from odoo import api, fields, models
from odoo.tools import SQL, format_date

# Fields that the SQL reads.
SOURCES = {
    "collection.agreement": ["company_id", "date", "partner_id", "state"],
    "collection.case": ["company_id", "date_close", "date_suit", "partner_id", "state"],
    "collection.contact": [
        "addition_to_id", "case_id", "company_id", "date", "is_complaint", "letter_id",
        "limit_broken", "limit_reason", "partner_id", "summary", "user_id",
    ],
    "collection.letter": [
        "case_id", "company_id", "date", "deadline", "is_test", "name", "partner_id", "sent_by_id",
        "signed_date", "state", "type_id", "writer_id",
    ],
    "collection.letter.type": ["announces_suit", "audience"],
    "res.company": ["collection_suit_days"],
}  # fmt: skip


class CollectionConduct(models.Model):
    """The list of conduct for auditors (合规审计, P2-30): what collectors did that the rules do not like.

    limit      contacts and letters beyond the hours or the number allowed, with the reason entered
    complaint  the customer complained about how they were treated
    promise    a letter announced a lawsuit, the days of Settings after its deadline are over, the
               case was open still, and there was neither a lawsuit nor a repayment agreement

    A query over these documents, which each row opens.
    """

    _name = "collection.conduct"
    _inherit = "credit.query.mixin"
    _description = "Conduct of Collection"
    _auto = False
    _order = "date desc, id desc"
    _depends = SOURCES

    kind = fields.Selection(
        [
            ("limit", "Contact Beyond the Limits"),
            ("complaint", "Complaint"),
            ("promise", "Lawsuit Announced, None Filed"),
        ],
        "Finding",
        readonly=True,
    )
    date = fields.Date(readonly=True, help="Of the contact or letter.")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    case_id = fields.Many2one("collection.case", readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True, help="Empty = by the system.")
    text = fields.Text(readonly=True)
    reason = fields.Char("Reason Given", readonly=True)
    date_until = fields.Date(
        "Lawsuit Due by", readonly=True, help="Last day on which the lawsuit kept the word given."
    )
    finding = fields.Text("What Happened", compute="_compute_finding")
    res_model = fields.Char("Document Model", readonly=True)
    res_id = fields.Many2oneReference("Document", model_field="res_model", readonly=True)

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._select_contacts(), self._select_promises())

    @api.model
    def _select_contacts(self):
        """Select contacts beyond the limits, and complaints: a contact may be both."""
        return SQL(
            """SELECT contact.id::bigint * 4 + mark.digit AS id, mark.kind,
                      (contact.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS date,
                      contact.partner_id, contact.company_id, contact.case_id, contact.user_id,
                      CASE mark.kind WHEN 'limit' THEN contact.limit_broken ELSE contact.summary END
                      AS text,
                      CASE mark.kind WHEN 'limit' THEN contact.limit_reason END AS reason,
                      NULL::date AS date_until,
                      CASE WHEN contact.letter_id IS NULL THEN 'collection.contact'
                           ELSE 'collection.letter' END AS res_model,
                      COALESCE(contact.letter_id, contact.id) AS res_id
                 FROM collection_contact contact
                 JOIN (VALUES (0, 'limit'), (1, 'complaint')) AS mark(digit, kind)
                      ON CASE mark.kind WHEN 'limit' THEN contact.limit_broken <> ''
                              ELSE contact.is_complaint END
                WHERE contact.addition_to_id IS NULL""",
            zone=self.env.tz.zone,
        )

    @api.model
    def _select_promises(self):
        """Select letters that announced a lawsuit which nobody filed."""
        return SQL(
            """SELECT letter.id::bigint * 4 + 2 AS id, 'promise' AS kind, letter.date,
                      letter.partner_id, letter.company_id, letter.case_id,
                      COALESCE(letter.writer_id, letter.sent_by_id) AS user_id,
                      letter.name AS text, NULL AS reason, due.day AS date_until,
                      'collection.letter' AS res_model, letter.id AS res_id
                 FROM collection_letter letter
                 JOIN collection_letter_type type ON type.id = letter.type_id
                      AND type.announces_suit
                 JOIN res_company company ON company.id = letter.company_id
           CROSS JOIN LATERAL (SELECT letter.deadline + company.collection_suit_days AS day) due
                WHERE letter.state IN ('sent', 'printed') AND letter.is_test IS NOT TRUE
                  AND (type.audience <> 'firm' OR letter.signed_date IS NOT NULL)
                  AND due.day < %(today)s
                  AND EXISTS (SELECT FROM collection_case debt
                               WHERE debt.partner_id = letter.partner_id
                                 AND debt.company_id = letter.company_id
                                 AND (debt.id = letter.case_id OR letter.case_id IS NULL)
                                 AND (debt.state = 'open' OR debt.date_close > due.day))
                  AND NOT EXISTS (SELECT FROM collection_case debt
                                   WHERE debt.partner_id = letter.partner_id
                                     AND debt.company_id = letter.company_id
                                     AND debt.date_suit BETWEEN letter.date AND due.day)
                  AND NOT EXISTS (SELECT FROM collection_agreement plan
                                   WHERE plan.partner_id = letter.partner_id
                                     AND plan.company_id = letter.company_id
                                     AND plan.state IN ('active', 'kept', 'broken')
                                     AND plan.date BETWEEN letter.date AND due.day)""",
            today=fields.Date.context_today(self),
        )

    @api.depends_context("lang")
    @api.depends("kind", "text", "date_until")
    def _compute_finding(self):
        for row in self:
            row.finding = row.text
            if row.kind == "promise":
                row.finding = self.env._(
                    "%(letter)s announced a lawsuit; none was filed by %(day)s.",
                    letter=row.text,
                    day=format_date(self.env, row.date_until),
                )

    @api.model
    @api.private
    @api.readonly
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """Fetch all columns at once, whatever is asked for: the view is computed anew for each query."""
        names = [name for name, field in self._fields.items() if field.store and field.column_type]
        return super().search_fetch(domain, names, offset, limit, order)

    def action_open_document(self):
        """Open the contact or letter of the row."""
        self.ensure_one()
        self.check_access("read")
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        return record.get_formview_action()
