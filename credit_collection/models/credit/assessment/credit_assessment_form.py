from odoo import api, fields, models

from ....engine import scoring

# "Received so far" counts from the first invoice: as good as ever.
ALL_MONTHS = 12 * 50

PREFILLED = (
    "registered_capital", "bank_name", "bank_account", "finance_contact", "finance_phone",
    "business_contact", "business_phone", "licence_number", "tax_number", "account_manager_id",
    "service_manager_id", "contract_number",
)  # fmt: skip


def prefilled(field, string, **options):
    """Return a form field that starts with what Odoo knows of the customer; people correct it."""
    return field(
        string=string,
        compute="_compute_form",
        store=True,
        precompute=True,
        readonly=False,
        copy=False,
        **options,
    )


class CreditAssessment(models.Model):
    """The fields of the policy's two forms: 新增客户信用评审表 (P5-08) and 客户信用评审表 (P5-09)."""

    _inherit = "credit.assessment"

    # ---- 新增客户信用评审表, in its order
    company_nature = fields.Char("Nature of Enterprise", copy=False)
    registered_capital = prefilled(fields.Monetary, "Registered Capital", aggregator=None)
    bank_name = prefilled(fields.Char, "Bank")
    bank_account = prefilled(fields.Char, "Bank Account Number")
    legal_representative = fields.Char(copy=False)
    person_in_charge = fields.Char("Person in Charge", copy=False)
    finance_contact = prefilled(fields.Char, "Finance Contact")
    finance_phone = prefilled(fields.Char, "Phone (Finance)")
    business_contact = prefilled(fields.Char, "Business Contact")
    business_phone = prefilled(fields.Char, "Phone (Business)")
    service_type = fields.Selection(
        [
            ("sales", "Sales"),
            ("rental", "Rental"),
            ("integration", "System Integration"),
            ("operation", "Service Operation"),
        ],
        copy=False,
    )
    business_content = fields.Text(copy=False)
    licence_number = prefilled(fields.Char, "Business License No.")
    tax_number = prefilled(fields.Char, "Tax Registration No.")
    organisation_code = fields.Char("Organization Code", copy=False)
    special_licence = fields.Char("Special Trade License", copy=False)
    other_qualification = fields.Char("Other Qualifications", copy=False)
    iso_9000 = fields.Boolean("ISO 9000", copy=False)
    iso_20000 = fields.Boolean("ISO 20000", copy=False)
    bank_credit_class = fields.Char(copy=False, help="Credit class given by the bank.")
    tax_credit_class = fields.Char(copy=False, help="Credit class given by the tax authority.")
    business_years = fields.Float("Years in Business", copy=False, aggregator=None, digits=(16, 1))
    ability_to_pay = fields.Text("Financial Capacity", copy=False)
    related_business = fields.Text(copy=False)
    bad_records = fields.Text(copy=False)

    # ---- 客户信用评审表
    service_manager_id = prefilled(fields.Many2one, "Service Manager", comodel_name="res.users")
    account_manager_id = prefilled(fields.Many2one, "Account Manager", comodel_name="res.users")
    contract_number = prefilled(fields.Char, "Contract No.")
    contract_amount = fields.Monetary(copy=False, aggregator=None)
    contract_years = fields.Float(
        "Years",
        copy=False,
        aggregator=None,
        digits=(16, 1),
        help="Years of business relationship when started.",
    )
    payment_in_general = fields.Text(
        "Payment in General", copy=False, help="Filled in from the trading history when started."
    )
    total_received = fields.Monetary(
        "Total Received So Far",
        copy=False,
        aggregator=None,
        help="Payments since the first invoice.",
    )
    matrix_html = fields.Html("Scores by Reviewer", compute="_compute_matrix_html", sanitize=False)

    @api.depends("partner_id")
    def _compute_form(self):
        for assessment in self:
            opened = assessment.state == "draft" and assessment.partner_id
            values = assessment._get_form_values() if opened else {}
            for name in PREFILLED:
                # Another customer, another form; once it is started it is a record.
                assessment[name] = values[name] if opened else assessment[name]

    def _get_form_values(self):
        """Return what is known of the customer, for the fields of the forms."""
        self.ensure_one()
        # sudo: the customer's bank account and papers belong on the form, whoever prepares it
        partner = self.company_id._credit_in(self.partner_id.sudo())
        if not self.partner_id._origin.has_access("read"):
            # A form being filled in may name anybody.
            partner = partner.browse()
        bank = partner.bank_ids[:1]
        finance = partner.child_ids.filtered(lambda contact: contact.type == "invoice")[:1]
        business = partner.child_ids.filtered(lambda contact: contact.type == "contact")[:1]
        stated = self.env["credit.investigation"]._get_statements(
            self.partner_id, self.company_id, self.date or self.company_id._credit_today()
        )
        # sudo: see above
        contract = self.env["credit.document"].sudo().search(
            [
                ("partner_id", "=", partner._origin.id or partner.id),
                ("company_id", "=", self.company_id.id),
                ("type_id.is_contract", "=", True),
                ("reference", "!=", False),
            ],
            order="id desc",
            limit=1,
        )  # fmt: skip
        # sudo: the group's people are no secret
        services = self.group_id.sudo().service_manager_ids
        return {
            "registered_capital": stated.get("stated_capital", (0.0, None))[0],
            "bank_name": bank.bank_id.name,
            "bank_account": bank.acc_number,
            "finance_contact": finance.name,
            "finance_phone": finance.phone,
            "business_contact": business.name,
            "business_phone": business.phone or partner.phone,
            "licence_number": partner.company_registry,
            "tax_number": partner.vat,
            "account_manager_id": partner.user_id.id,
            "service_manager_id": partner.credit_service_manager_id.id
            or (len(services) == 1 and services.id),
            "contract_number": contract.reference,
        }

    def _prepare_form_figures(self, figures):
        """Return figures of the trade record for the form of the yearly review; what people wrote stays.

        :param figures: see `credit.payment.behaviour._get_figures`
        """
        self.ensure_one()
        money = self.currency_id.format
        words = {
            "days": f"{abs(figures['days_late'] or 0.0):.1f}",
            "paid": money(figures["paid_amount"]),
            "overdue": money(figures["overdue_amount"]),
        }
        text = False
        if figures["days_late"] is not None:
            text = self.env["credit.assessment.line"]._get_speed_text(figures["days_late"], words)
        total = self.env["credit.payment.behaviour"]._get_figures(
            self.partner_id, self.company_id, self.date, ALL_MONTHS
        )[self.partner_id.id]["paid_amount"]
        return {
            "payment_in_general": self.payment_in_general or text,
            "contract_years": self.contract_years or figures["cooperation_years"] or 0.0,
            "total_received": self.total_received or total,
        }

    # ------------------------------------------------------------------ the matrix

    def _get_grade_note(self):
        """Return the ranges of the grades and what follows from each, as printed on the form (P5-04)."""
        self.ensure_one()
        lines = self.policy_id.grade_line_ids.sorted("score_min", reverse=True)
        ranges = [(line.score_min, line.grade_id.code) for line in lines] or scoring.DEFAULT_RANGES
        follows = {
            "A": self.env._("more business"),
            "B": self.env._("normal business"),
            "C": self.env._("less business"),
            "D": self.env._("no further business"),
        }
        parts, upper = [], 100.0
        for least, code in ranges:
            # As the policy prints them: 80–89, although 89.5 is a B as well.
            text = f"{code} {least:g}–{upper:g}" if least > 0 else f"{code} < {upper + 1:g}"
            parts.append(f"{text}: {follows[code]}" if code in follows else text)
            upper = least - 1
        return "; ".join(parts)

    @api.depends("state", "line_ids.average_points", "score")
    @api.depends_context("lang", "uid")
    def _compute_matrix_html(self):
        for assessment in self:
            assessment.matrix_html = bool(assessment.line_ids and assessment.state == "done") and (
                self.env["ir.qweb"]._render(
                    "credit_collection.credit_assessment_matrix",
                    {"assessment": assessment, "closed": True},
                )
            )
