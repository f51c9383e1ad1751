from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date

# Rows of the timeline on one page.
PAGE = 20

# Looks of rows of the timeline; others are plain.
ICONS = {
    "payment": "fa-money text-success", "returned": "fa-undo text-danger", "letter": "fa-envelope-o",
    "bounced": "fa-exclamation-triangle text-danger", "promise": "fa-handshake-o",
    "dispute": "fa-gavel", "agreement": "fa-calendar-check-o", "decision": "fa-balance-scale",
    "call": "fa-phone", "visit": "fa-street-view",
}  # fmt: skip

# Of `credit_status`: how it looks.
TONES = {
    "blocked": "danger", "held_overdue": "danger", "held_limit": "danger", "overdue": "warning",
    "over": "warning", "near": "warning", "ok": "success",
}  # fmt: skip


class InsightGlance(models.AbstractModel):
    """One customer on one page, in the company that the user works in.

    Numbers and blocks are those of the overview, with its shape (`insight.overview.get_overview`):
    conditions over models that the user reads. A row of a single document names it: its `action`
    has `model` and `id`, and `method` with `args` where that opens it.
    """

    _name = "insight.glance"
    _description = "Customer at a Glance"

    @api.model
    def _get_page(self, partner):
        """Return the page of a customer; its client action shows it.

        :param partner: the customer, or a contact of it
        :return: dict of `name`, `title`, `customer` (row that opens its form), `facts` ([label,
            value, tone]), `notes` (sentences), `step` (row with `reason`), `blocks` and `timeline`
        :raise AccessError: see `_check_customer`
        """
        company = self.env.company._credit_root()
        customer = self._check_customer(partner, company)
        facts = self._get_facts(customer, company)
        return {
            "name": customer.display_name,
            "title": self.env._(
                "%(company)s, %(day)s",
                company=company.name,
                day=format_date(self.env, company._credit_today()),
            ),
            "customer": self._document_row("customer", customer.display_name, "", customer),
            "facts": self._get_labels(customer, facts),
            "notes": [text for text in [customer.credit_group_use] if text],
            "step": self._get_step(facts),
            "blocks": [
                self._get_credit_block(facts),
                self._get_owed_block(facts),
                self._get_agreed_block(facts),
                self._get_behaviour_block(facts),
                self._get_holds_block(facts),
                self._get_ends_block(facts),
            ],
            "timeline": self._get_timeline(customer, company),
        }

    @api.model
    def _check_customer(self, partner, company):
        """Return the commercial partner, where the user sees its items in the ledger.

        The record rules of the ledger decide, also of a customer that owes nothing: salespeople see
        their own customers and those they are project members of, collectors their portfolio where
        the company says so.

        :raise AccessError: no credit figures for the user, or none of this customer
        """
        self.env.user._require_role(self.env._("Customer at a Glance"), "figures")
        partner.check_access("read")
        customer = partner.commercial_partner_id
        customer.check_access("read")
        # sudo: whose customer it is, whoever asks
        known = customer.sudo()
        case = known.env["collection.case"]._find_open(known, company)
        item = known.env["collection.ledger"].new(
            {
                "partner_id": customer.id,
                "company_id": company.id,
                "case_id": case.id,
                "user_id": (case.user_id or known.collection_user_id).id,
            }
        )
        if not item.filtered_domain(self.env["ir.rule"]._compute_domain(item._name, "read")):
            raise AccessError(
                self.env._(
                    "%(customer)s is not one of your customers. Its figures are for its salesperson"
                    " and for people of credit control, collection and accounting.",
                    customer=customer.display_name,
                )
            )
        return customer

    @api.model
    def _get_labels(self, customer, facts):
        """Return [label, value, tone] of what was decided of the customer, and its people."""
        labels = {
            name: dict(customer._fields[name]._description_selection(self.env))
            for name in ("credit_control", "credit_status", "credit_risk_level")
        }
        status = facts["figures"].get("credit_status")
        # sudo: names of people, of the grade and of the stage
        known, case = customer.sudo(), facts["case"].sudo()
        rows = [
            (self.env._("Status"), labels["credit_status"].get(status), TONES.get(status)),
            (
                self.env._("Credit Basis"),
                labels["credit_control"].get(customer.credit_control or "none"),
                False,
            ),
            (self.env._("Grade"), known.credit_grade_id.display_name, False),
            (
                self.env._("Risk"),
                labels["credit_risk_level"].get(customer.credit_risk_level),
                customer.credit_risk_level == "high" and "danger",
            ),
            (self.env._("Stage"), case.stage_id.display_name, False),
            (self.env._("Salesperson"), known.user_id.display_name, False),
            (
                self.env._("Collector"),
                (case.user_id or known.collection_user_id).display_name,
                False,
            ),
        ]
        return [[label, value, tone or False] for label, value, tone in rows if value]

    @api.model
    def _document_row(self, key, label, value, record, method=False, args=(), **options):
        """Return a row that opens one document, or what its `method` returns.

        :param options: tone and notes, see `insight.overview._row`
        """
        return {
            "key": key,
            "label": label,
            "amount": options.get("amount", 1),
            "value": value,
            "measure": False,
            "tone": options.get("tone", False),
            "notes": options.get("notes", []),
            "action": {
                "model": record._name,
                "id": record.id,
                "method": method,
                "args": list(args),
            },
        }

    # ------------------------------------------------------------------ timeline

    @api.model
    def _get_timeline(self, customer, company, offset=0):
        """Return a page of what went out, came in and was decided, newest first.

        :param offset: rows to skip
        :return: dict of `rows` and `more` (offset of the next page, False at the end)
        """
        events = self.env["collection.timeline"].search_fetch(
            Domain("partner_id", "=", customer.id) & Domain("company_id", "=", company.id),
            offset=offset,
            limit=PAGE + 1,
        )
        shown = events[:PAGE]
        # A decision says what it changed, in the reader's language; to those who may read it.
        decisions = self.env["credit.decision"].search_fetch(
            [("id", "in", shown.filtered(lambda e: e.kind == "decision").mapped("res_id"))]
        )
        changes = {decision.id: decision.summary for decision in decisions}
        kinds = dict(events._fields["kind"]._description_selection(self.env))
        return {
            "rows": [self._get_event(event, kinds, changes) for event in shown],
            "more": len(events) > PAGE and offset + PAGE,
        }

    @api.model
    def _get_event(self, event, kinds, changes):
        """Return a row of the timeline.

        :param kinds: {kind: label}
        :param changes: {id of a decision: what it changed}
        """
        until = event.date_until and self.env._("until %s", format_date(self.env, event.date_until))
        # sudo: names of the people who did it
        people = [event.sudo().user_id.display_name, event.sudo().person_id.display_name]
        words = [changes.get(event.res_id) if event.kind == "decision" else False, event.text]
        return {
            **self._document_row(
                str(event.id),
                kinds[event.kind],
                event.currency_id.format(event.amount) if event.amount else "",
                event,
                "action_open_document",
            ),
            "icon": ICONS.get(event.kind, "fa-comment-o"),
            "day": format_date(self.env, event.date),
            "text": " · ".join(filter(None, words)),
            "aside": ", ".join(filter(None, [until, *people])),
        }
