from odoo import api, fields, models
from odoo.tools import format_date


class CreditApplication(models.Model):
    """The papers a new customer hands in before he gets credit (P4-02).

    The checklist is that of the assessment of a new customer (`credit.document`). What is
    required, not here and not promised stops the request; what is promised or expired is
    named to the approvers and to the customer. Persons have no such papers.
    """

    _inherit = "credit.application"

    document_ids = fields.Many2many(
        "credit.document", compute="_compute_document_ids", string="Papers"
    )

    @api.depends_context("uid")
    @api.depends("partner_id", "company_id", "kind", "control", "is_first")
    def _compute_document_ids(self):
        for application in self:
            documents = application._get_checklist().with_env(self.env)
            application.document_ids = documents._filtered_access("read")

    def _needs_papers(self):
        """Whether it asks for a first credit, as a new customer's or as a change of cash terms."""
        self.ensure_one()
        customer = self._customer()._origin
        first = self.kind == "change" and self.is_first and self.control in ("none", "limit")
        return bool(
            customer and customer.credit_segment != "individual" and (self.kind == "new" or first)
        )

    def _get_checklist(self, create=False):
        """Papers on the list of this application, as superuser; none but before a first credit."""
        self.ensure_one()
        documents = self.env["credit.document"]
        if not self._needs_papers():
            return documents.sudo()
        customer = self._customer()._origin
        company = self.company_id or self.env.company
        return documents._get_checklist(customer, company, "new", create=create)

    def _get_open_papers(self):
        """Required papers that are not here or not valid: [(state, words)], in their order."""
        self.ensure_one()
        if not self._needs_papers():
            return []
        documents = {document.type_id: document for document in self._get_checklist()}
        # sudo: what is asked for is no secret
        types = self.env["credit.document.type"].sudo()._for_kind("new").filtered("is_required")
        papers = []
        for type_ in types:
            document = documents.get(type_, self.env["credit.document"])
            state = document.state or "missing"
            words = type_.name
            if state == "promised":
                words = self.env._(
                    "%(paper)s (promised for %(date)s)",
                    paper=type_.name,
                    date=format_date(self.env, document.date_promised),
                )
            elif state == "expired":
                words = self.env._(
                    "%(paper)s (expired on %(date)s)",
                    paper=type_.name,
                    date=format_date(self.env, document.date_valid),
                )
            if state not in ("attached", "expiring"):
                papers.append((state, words))
        return papers

    def _get_missing_documents(self):
        """Names of papers that the application cannot go without: neither here nor promised."""
        return [words for state, words in self._get_open_papers() if state == "missing"]

    def _get_open_papers_text(self):
        """The same in a sentence, or False."""
        papers = [words for _state, words in self._get_open_papers()]
        if not papers:
            return False
        return self.env._("Papers still to come: %s.", ", ".join(papers))

    def _notify_requested_review_body(self, tier_reviews=None):
        body = super()._notify_requested_review_body(tier_reviews)
        papers = self._get_open_papers_text() if len(self) == 1 else False
        return f"{body} {papers}" if papers else body

    # ------------------------------------------------------------------ the list of papers

    def action_open_papers(self):
        """Open the papers of the customer, to attach them or to note when they will come."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id._credit_open("credit_collection.credit_document_action")
