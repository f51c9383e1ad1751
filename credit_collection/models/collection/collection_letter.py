from odoo import api, fields, models


class CollectionLetter(models.Model):
    """A letter with its lines as they were and the PDF that went out."""

    _name = "collection.letter"
    _description = "Collection Letter"
    _inherit = ["credit.protected.mixin", "mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    state = fields.Selection(
        [
            ("ready", "Ready"),
            ("sent", "Sent"),
            ("printed", "Printed"),
            ("bounced", "Came Back"),
            ("cancelled", "Cancelled"),
        ],
        default="ready",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
    )
    type_id = fields.Many2one(
        "collection.letter.type", required=True, readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    case_id = fields.Many2one("collection.case", readonly=True, index=True, ondelete="set null")
    stage_id = fields.Many2one("collection.stage", readonly=True, ondelete="set null")
    run_id = fields.Many2one(
        "collection.run", readonly=True, index="btree_not_null", ondelete="set null"
    )
    channel = fields.Selection(
        [("mail", "Mail"), ("print", "Print"), ("sms", "SMS")], required=True, readonly=True
    )
    date = fields.Date(required=True, readonly=True)
    line_ids = fields.One2many("collection.letter.line", "letter_id", readonly=True)

    # One letter per customer, currency and day of runs, however often a run is killed and repeated.
    _run_once = models.UniqueIndex(
        "(partner_id, company_id, currency_id, date) WHERE run_id IS NOT NULL AND state != 'cancelled'",
        "This customer has a letter of today's run in this currency already.",
    )

    @api.model
    def _create_for_run(self, run, rows):
        """Write the letters of a batch of customers, lines included, with few statements.

        :param run: `collection.run`
        :param rows: dicts case_id (or None), partner_id, currency_id, stage_id, type_id, channel,
            level (days_from of the stage); the lines are the customer's items in that currency
            with `chase` and, for a level >= 0, days > 0, else days between level and 0
        :return: `collection.letter` created
        """
        raise NotImplementedError


class CollectionLetterLine(models.Model):
    _name = "collection.letter.line"
    _description = "Item of a Collection Letter"
    _inherit = ["credit.protected.mixin"]
    _order = "letter_id, date_maturity, id"

    letter_id = fields.Many2one(
        "collection.letter", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="letter_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="letter_id.currency_id")
    move_line_id = fields.Many2one("account.move.line", readonly=True, ondelete="set null")
    move_id = fields.Many2one("account.move", readonly=True, index=True, ondelete="set null")
    name = fields.Char("Document", readonly=True)
    date = fields.Date(readonly=True)
    date_maturity = fields.Date("Due Date", readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator=None)
    amount = fields.Monetary("Open", readonly=True, help="Document currency, as it was.")
    level = fields.Integer(
        readonly=True,
        aggregator=None,
        help="First day of the stage: an item is asked for once per level.",
    )

    _item_level = models.Index("(move_line_id, level)")
