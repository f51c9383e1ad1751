from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date


class ReceivableStatementDocument(models.Model):
    """A statement that a mailing lists, sends and keeps; its states are those of the mixin.

    Figures are those of its last day as the books had it when it was listed, and again when it
    went: entries of that day may be posted in between.
    """

    _name = "receivable.statement.document"
    _description = "Statement Sent to a Customer"
    _inherit = ["receivable.statement.mixin", "collection.mailing.document.mixin"]
    _report = "credit_collection.action_report_receivable_statement_document"
    _mail_template = "credit_collection.mail_template_receivable_statement"
    _once = ("kind", "date_to")

    run_id = fields.Many2one(
        "receivable.statement.run",
        "Mailing",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(readonly=True)
    date_from = fields.Date(readonly=True)
    date_to = fields.Date(readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    salesperson_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    balance = fields.Monetary(
        readonly=True, help="Of all currencies, in company currency at the rates of the day."
    )
    overdue = fields.Monetary(
        readonly=True,
        help="Before payments and credit notes not yet applied, in company currency.",
    )
    balance_text = fields.Char("Balance per Currency", readonly=True)
    pdf = fields.Binary(related="attachment_id.datas", string="Statement")
    links = fields.Html(compute="_compute_links", help="To pay overdue invoices online.")

    _goes_once = models.UniqueIndex(
        "(partner_id, company_id, kind, date_to) WHERE is_started AND state != 'cancelled'",
        "This customer already has a statement of this day.",
    )

    @api.depends("partner_id", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for document in self:
            document.display_name = self.env._(
                "Statement of Account %(customer)s %(day)s",
                customer=document.partner_id.name,
                day=format_date(self.env, document.date_to),
            )

    @api.depends("partner_id", "date_to")
    @api.depends_context("lang")
    def _compute_links(self):
        for document in self:
            ((_customer, lang, accounts),) = document._get_documents()
            links = document._get_pay_links(accounts)
            joined = Markup(", ").join(
                Markup('<a href="%s">%s</a>') % (links[row.move_id], row.name)
                for one in accounts
                for row in one.items
                if row.days > 0 and row.move_id in links
            )
            env = document.with_context(lang=lang).env
            document.links = joined and Markup("<p>%s %s</p>") % (env._("Pay online:"), joined)

    @api.model
    def _get_figures(self, accounts, company, day):
        """Return the figures of a statement, in the currency of the company.

        :param accounts: [Account] of a customer
        :param day: of the rates
        """
        own = company.currency_id

        def convert(name):
            return sum(
                one.currency._convert(getattr(one, name), own, company, day) for one in accounts
            )

        return {
            "balance": convert("closing"),
            "overdue": convert("overdue"),
            "balance_text": "; ".join(
                one.currency.with_env(self.env).format(one.closing) for one in accounts
            ),
        }

    def _prepare_delivery(self, address=None, mail=None):
        """Take the figures anew, and cancel the statement where there is nothing to be told any more."""
        super()._prepare_delivery(address, mail)
        accounts = self._find_accounts(self.partner_id).get(self.partner_id.id)
        if not accounts:
            self._cancel(self.env._("The customer has neither a balance nor a movement."))
            return False
        document = self.with_context(lang=self._get_lang(self.partner_id))
        self._system_write(document._get_figures(accounts, self.company_id, self.date_to))
        return True

    def _get_subject(self):
        return self._get_titles(self.env.lang)[0]

    def _get_documents(self):
        """Return [(customer, language, [Account])] for paper, as the dialog for statements does."""
        self.ensure_one()
        self.check_access("read")
        # sudo: the account of a customer whose statement the user may read
        document = self.sudo()
        customer = document.partner_id
        lang = document.lang or document._get_lang(customer)
        return [(customer, lang, document._find_accounts(customer).get(customer.id, []))]
