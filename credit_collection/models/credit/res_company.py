import csv
from collections import defaultdict
from datetime import datetime, time, timedelta
from io import StringIO

import pytz

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from .terms.res_partner import CONTROLS

# How far runs have come, no settings.
RUN_STATE = {
    "credit_review_day", "credit_review_cursor", "collection_notice_period",
    "collection_sheet_period", "receivable_interest_until",
}  # fmt: skip


class ResCompany(models.Model):
    """How credit control works in a company; its thresholds count where no policy is in force.

    A branch is one with its legal entity, Odoo's root company: books, settings and decisions
    are those of the root (`_credit_root`), documents of all its companies count there.
    """

    _name = "res.company"
    _inherit = ["res.company", "credit.threshold.mixin"]

    credit_mode = fields.Selection(
        [
            ("off", "Off"),
            ("observe", "Observe"),
            ("enforce", "Enforce"),
        ],
        "Credit Control",
        default="observe",
        required=True,
        help=(
            "Observe records what would be put on hold without blocking anything; Enforce puts "
            "orders on hold."
        ),
    )
    credit_policy_id = fields.Many2one(
        "credit.policy",
        "Active Credit Policy",
        compute="_compute_credit_policy_id",
        help="Applies to customers without a specific or segment policy. It takes effect only "
        "once management approves it.",
    )
    credit_default_control = fields.Selection(
        CONTROLS,
        "Default Credit Basis",
        compute="_compute_credit_default_control",
        inverse="_inverse_credit_default_control",
        help="Applies to customers credit control has not reviewed yet.",
    )
    # P3-20
    credit_supply_group_id = fields.Many2one(
        "res.groups",
        "Notices of Supply To",
        help="Its users of the company get the notices when supply of a customer stops and when it"
        " goes on, as the salesperson and the order follower do: the warehouse, as a rule.",
        prefetch="credit",
    )
    # Releases and applications
    credit_controller_id = fields.Many2one(
        "res.users",
        "Responsible Controller",
        help="Gets the activity of a new hold. Without one, every credit controller of the company does.",
        prefetch="credit",
    )
    credit_release_confirm = fields.Boolean(
        "Confirm on Release",
        default=True,
        help="The last approval confirms the order. Otherwise the salesperson confirms it.",
        prefetch="credit",
    )
    credit_pay_release = fields.Selection(
        [
            ("off", "Not Offered"),
            ("offer", "Offered"),
            ("confirm", "Offered, and Confirms the Order"),
        ],
        "Payment Link of a Hold",
        default="offer",
        required=True,
        help="The amount that clears a hold can be paid online by a link: on the hold and on the"
        " customer's page of the quotation.",
        prefetch="credit",
    )
    credit_prepaid_passes = fields.Boolean(
        "Prepaid Orders Pass",
        default=True,
        help="An order paid in full in advance passes the rules on overdue items, broken promises"
        " and collection stages.",
    )
    # What counts
    credit_other_counts = fields.Boolean(
        "Other Receivables Count",
        default=True,
        help="Items on receivable accounts marked “Non Trade”, such as freight paid in advance, count in"
        " the exposure and as overdue. Otherwise they are shown beside it and hold no order.",
        prefetch="credit",
    )
    credit_disputed_not_overdue = fields.Boolean(
        "Disputed Amounts Are Not Overdue",
        help="Disputed parts of invoices are excluded from the overdue amount that holds orders.",
        prefetch="credit",
    )
    credit_disputed_not_exposed = fields.Boolean(
        "Disputed Amounts Use No Limit",
        help="Disputed parts of invoices are taken off the exposure, as rows of their own.",
        prefetch="credit",
    )
    credit_horizon_days = fields.Integer(
        "Orders Count Within (Days)",
        help="Confirmed orders to be delivered later than in so many days, framework orders as a rule,"
        " do not count as exposure yet and meet no limit: they are checked when they come nearer."
        " What is delivered of them counts. 0 = every order counts when it is confirmed.",
        prefetch="credit",
    )
    # P4-23
    credit_closing_day = fields.Integer(
        "Closing Day",
        default=31,
        help="Day of the month by which deliveries are invoiced: 1 to 31, 31 = the last day of every"
        " month. Customers may close on another day: they are invoiced by both.",
        prefetch="credit",
    )
    credit_sign_first = fields.Boolean(
        "Customer Signs before Approval",
        help="Approval of a credit application can be requested only after the customer has "
        "signed these exact terms, in the portal or on paper.",
        prefetch="credit",
    )
    credit_sales_months = fields.Integer(
        "Sales Period (Months)",
        default=6,
        help="Full months whose invoices give the expected monthly sales of an application.",
        prefetch="credit",
    )
    credit_limit_rounding = fields.Monetary(
        "Round Proposed Limits Down To",
        currency_field="currency_id",
        default=1.0,
        help="In company currency; 0 = not rounded.",
        prefetch="credit",
    )
    credit_controller_ceiling = fields.Monetary(
        "Highest Limit Set Manually",
        currency_field="currency_id",
        help="In company currency. A credit controller sets no higher limit without an approved"
        " application. 0 = none.",
        prefetch="credit",
    )
    credit_first_steps_done = fields.Boolean(
        "First Steps Put Away",
        help="The app opens on the first steps until then.",
        prefetch="credit",
    )
    # The daily run of reviews
    credit_review_day = fields.Date(
        help="Day of the last daily run of reviews.", prefetch="credit_review"
    )
    credit_review_cursor = fields.Integer(
        help="Last customer of an unfinished daily run of reviews; 0 = none under way.",
        prefetch="credit_review",
    )

    _credit_months_range = models.Constraint(
        "CHECK(credit_sales_months BETWEEN 1 AND 60)", "Choose between 1 and 60 months of sales."
    )
    _credit_controller_ceiling_positive = models.Constraint(
        "CHECK(credit_controller_ceiling >= 0)", "The highest limit cannot be negative."
    )
    _credit_horizon_range = models.Constraint(
        "CHECK(credit_horizon_days BETWEEN 0 AND 3650)",
        "Choose between 0 and 3650 days within which orders count.",
    )
    _credit_closing_day_range = models.Constraint(
        "CHECK(credit_closing_day BETWEEN 1 AND 31)", "Choose a closing day between 1 and 31."
    )
    _credit_limit_rounding_positive = models.Constraint(
        "CHECK(credit_limit_rounding >= 0)", "The rounding of limits cannot be negative."
    )

    @api.constrains("credit_controller_id")
    def _check_credit_controller(self):
        for company in self:
            user = company.credit_controller_id
            if user and not user._has_role("controller"):
                raise ValidationError(
                    self.env._(
                        "Responsible Controller: %s does not have the role Credit Controller.",
                        user.name,
                    )
                )

    def _compute_credit_policy_id(self):
        for company in self:
            company.credit_policy_id = self.env["credit.policy"]._get_in_force(company)

    def _compute_credit_default_control(self):
        # sudo: the company's default, not one that a user keeps
        defaults = self.env["ir.default"].sudo()
        for company in self:
            company.credit_default_control = (
                defaults.with_company(company._credit_root())
                ._get_model_defaults("res.partner")
                .get("credit_control")
                or "none"
            )

    def _inverse_credit_default_control(self):
        # Narrow sudo: users who may write the company's settings may set this one default.
        defaults = self.env["ir.default"].sudo()
        for company in self:
            defaults.set(
                "res.partner",
                "credit_control",
                company.credit_default_control or "none",
                company_id=company._credit_root().id,
            )

    # ------------------------------------------------------------------ thresholds

    def _credit_threshold(self, name, partner=None):
        """Return a threshold for a customer: of the policy in force for them, else of this company.

        :param name: field of `credit.threshold.mixin`
        """
        self.ensure_one()
        # sudo: a policy binds users who may not read it
        return self._credit_threshold_of(self.sudo()._credit_policy_for(partner), name)

    def _credit_threshold_of(self, policy, name):
        """Return the same where the policy in force is known already, or that there is none."""
        # sudo: thresholds bind users who may not read their company's settings
        return (policy or self.sudo())[name]

    def _credit_policy_for(self, partner):
        """Return the policy in force for a customer, empty without one."""
        # sudo: terms choose the policy, whoever asks
        partner = (partner or self.env["res.partner"]).sudo().with_company(self)
        return partner.commercial_partner_id._credit_policy(self)

    def _credit_controllers(self):
        """Return active credit controllers of the company."""
        self.ensure_one()
        return self._credit_usable(self.env["res.users"]._get_by_role("controller"))

    def _credit_usable(self, users):
        """Return those of `users` who work here and can be told."""
        return users.filtered(lambda u: u.active and not u.share and self._credit_has_user(u))

    def _credit_supply_users(self):
        """Return the users whom notices of supply go to, whatever the customer: the warehouse."""
        # sudo: the setting and its people, whoever decides
        return self._credit_usable(self.sudo().credit_supply_group_id.all_user_ids)

    # ------------------------------------------------------------------ the legal entity

    @api.model
    @tools.ormcache()
    def _credit_roots(self):
        """Return {company id: id of the root of its legal entity}; Odoo never moves a company."""
        return dict(
            self.env.execute_query(
                SQL("SELECT id, split_part(parent_path, '/', 1)::int FROM res_company ORDER BY id")
            )
        )

    def _credit_root(self):
        """Return the company whose books, settings and decisions count for this one, as superuser."""
        roots = self._credit_roots()
        # sudo: users of a branch may have no access to the company above it
        return self.sudo().browse({roots.get(id_, id_): None for id_ in self._origin.ids})

    @api.model
    def _credit_with_root(self, vals):
        """Return values of a record with the root in place of a branch that they name as `company_id`."""
        if not vals.get("company_id"):
            return vals
        return {**vals, "company_id": self.browse(vals["company_id"]).root_id.id}

    def _credit_entity_ids(self):
        """Return ids of all companies of the legal entity of these: their documents count."""
        roots = self._credit_roots()
        own = {roots.get(id_, id_) for id_ in self._origin.ids}
        return tuple(id_ for id_, root in roots.items() if root in own) or (0,)

    def _credit_is_entity(self, other):
        """Return whether another company is the same legal entity."""
        return self.root_id == other.root_id

    def _credit_check_customer(self, partner):
        """Raise unless a customer is everybody's or one of this legal entity.

        In place of Odoo's `check_company`, to which a customer of a branch is none of its root's.

        :raise ValidationError: the customer is another company's
        """
        # sudo: the customer's company, for all who name the customer
        owner = partner.sudo().company_id
        if owner and not self._credit_is_entity(owner):
            # sudo: names in the message that refuses, nothing else
            raise ValidationError(
                self.env._(
                    "%(customer)s is a customer of %(owner)s, not of %(company)s.",
                    customer=partner.sudo().display_name,
                    owner=owner.name,
                    company=self.sudo().name,
                )
            )

    def _credit_has_user(self, user):
        """Return whether a user works in any company of the legal entity."""
        # sudo: a user's companies, whoever asks
        return self._credit_root() <= user.sudo().company_ids.root_id

    def _credit_check_chosen(self):
        """Raise unless this company, or a branch of it, is among those that the user works in now.

        :raise AccessError: naming it
        """
        if self not in self.env.companies.root_id:
            # sudo: the company's name only
            raise AccessError(self.env._("Switch to %s first.", self.sudo().name))

    def _credit_in(self, records):
        """Return these records in this company; in a branch of it they stay: there they say the same.

        So users of a branch alone need no access to the company above it.
        """
        same = self and self._credit_is_entity(records.env.company)
        return records if same else records.with_company(self)

    def _credit_branches(self):
        """Return the branches of those of these companies that are roots, as superuser."""
        # sudo: branches, whoever may enter them
        roots = self.sudo().filtered(lambda company: not company.parent_id)
        ids = roots._credit_entity_ids() if roots else ()
        return roots.browse(ids) - roots

    @api.model
    @tools.ormcache("name", "value")
    def _credit_ids_with(self, name, value=True):
        """Return ids of all companies where this setting, a Boolean or Selection, has this value."""
        # sudo: settings bind users who may not read them
        roots = self.sudo().search([("parent_id", "=", False), (name, "=", value)])
        return roots._credit_entity_ids() if roots else ()

    @api.model
    def _credit_root_sql(self, company):
        """Return SQL of the root of each company id in `company` (SQL); no cost without branches."""
        branches = {id_: root for id_, root in self._credit_roots().items() if id_ != root}
        if not branches:
            return company
        cases = SQL(" ").join(SQL("WHEN %s THEN %s", *pair) for pair in branches.items())
        return SQL("(CASE %s %s ELSE %s END)", company, cases, company)

    @api.model
    def _credit_post_branch_list(self, rows):
        """List for a decision the branches' own values from before an update.

        A file with all of it and an activity at the root, for the person responsible there.

        :param rows: (branch id, customer or record, field, value there, value of the root), texts
        """
        by_root = defaultdict(list)
        for branch_id, *texts in rows:
            # sudo: branches are named to the person responsible at their root
            branch = self.sudo().browse(branch_id)
            by_root[branch.root_id].append([branch.name, *texts])
        for root, lines in by_root.items():
            users = root.credit_controller_id or root._credit_controllers()[:1]
            user = users or self.env.ref("base.user_admin")
            # sudo: a note of the system; in the language of its reader
            partner = root.partner_id.with_context(lang=user.lang)
            env = partner.env
            heads = [
                env._("Branch"),
                env._("Concerns"),
                env._("Field"),
                env._("In the Branch"),
                env._("In the Company"),
            ]
            text = StringIO()
            csv.writer(text).writerows([heads, *lines])
            title = env._("Branches: %s terms and settings of their own to review", len(lines))
            partner.message_post(
                body=env._(
                    "Branches share the terms, settings and policies of the company above them. "
                    "Differences are listed in the file; nothing was deleted."
                ),
                attachments=[("branches.csv", text.getvalue().encode("utf-8-sig"))],
            )
            partner.activity_schedule(
                "mail.mail_activity_data_todo", user_id=user.id, summary=title
            )

    def _get_company_root_delegated_field_names(self):
        """Return our settings, too: those of a branch are copies of its root's, and locked (see `write`)."""
        return [*super()._get_company_root_delegated_field_names(), *self._credit_settings()]

    @api.model
    def _credit_settings(self):
        """Return names of our stored settings, those of the other areas included."""
        return [
            name
            for name, field in self._fields.items()
            if name.startswith(("credit_", "collection_", "receivable_", "insight_"))
            and field.store
            and name not in RUN_STATE
        ]

    # ------------------------------------------------------------------ dates

    @api.model
    @tools.ormcache()
    def _credit_timezones(self):
        """Return {company id: time zone} — that of its root, as days overdue count in it."""
        # sudo: time zones of every company, cached for everybody
        return {
            company.id: company.root_id.partner_id.tz or "UTC"
            for company in self.sudo().search([])  # pylint: disable=no-search-all
        }

    def _credit_today(self):
        """Return today in the company's time zone."""
        self.ensure_one()
        return self._credit_date(fields.Datetime.now())

    def _credit_zone(self):
        """Return the company's time zone."""
        return pytz.timezone(self._credit_timezones().get(self.id, "UTC"))

    def _credit_date(self, moment):
        """Return the day of a moment (naive datetime in UTC) in the company's time zone."""
        self.ensure_one()
        try:
            return pytz.utc.localize(moment).astimezone(self._credit_zone()).date()
        except OverflowError:
            # the first or last day that there is
            return moment.date()

    @api.model
    @tools.ormcache()
    def _credit_horizon_days(self):
        """Return {company id: days within which orders count} of those where not every order does."""
        # sudo: the setting binds users who may not read settings
        companies = self.sudo().search([("credit_horizon_days", ">", 0)])
        return {
            id_: company.credit_horizon_days
            for company in companies.filtered(lambda c: not c.parent_id)
            for id_ in company._credit_entity_ids()
        }

    @api.model
    def _credit_horizons(self):
        """Return {company id: moment (naive, UTC)}: orders to be delivered from then on do not count yet."""
        moments = {}
        for id_, days in self._credit_horizon_days().items():
            company = self.browse(id_)
            moments[id_] = company._credit_moment(
                company._credit_today() + timedelta(days=days + 1)
            )
        return moments

    def _credit_moment(self, day):
        """Return the moment (naive datetime in UTC) at which a day begins in the company's time zone."""
        self.ensure_one()
        start = self._credit_zone().localize(datetime.combine(day, time.min))
        return start.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _credit_today_sql(self, alias):
        """Return today in the time zone of the company of `alias`, as SQL."""
        by_zone = {
            tz: pytz.utc.localize(fields.Datetime.now()).astimezone(pytz.timezone(tz)).date()
            for tz in set(self._credit_timezones().values()) or {"UTC"}
        }
        dates = set(by_zone.values())
        if len(dates) == 1:
            return SQL("%s::date", dates.pop())
        cases = SQL(" ").join(
            SQL("WHEN %s THEN %s::date", company, by_zone[tz])
            for company, tz in self._credit_timezones().items()
        )
        return SQL(
            "(CASE %s %s ELSE %s::date END)",
            SQL.identifier(alias, "company_id"),
            cases,
            fields.Date.context_today(self.with_context(tz="UTC")),
        )

    @api.model_create_multi
    def create(self, vals_list):
        # Odoo copies settings to branches by their values alone: a default is one of them.
        if parent := self.default_get(["parent_id"]).get("parent_id"):
            vals_list = [{"parent_id": parent, **vals} for vals in vals_list]
        companies = super().create(vals_list)
        # _credit_roots, _credit_timezones, _credit_ids_with, _credit_horizon_days
        self.env.registry.clear_cache()
        return companies

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()  # _credit_roots, _credit_timezones
        return result

    def write(self, vals):
        settings = {name: vals[name] for name in self._credit_settings() if name in vals}
        branches = self._credit_branches() if settings else self.browse()
        if branches:
            # With its branches at once: Odoo copies one field after the other, and refuses
            # differences meanwhile.
            self.check_access("write")
            # sudo: they follow, whatever else of them the user may write
            super(ResCompany, (self | branches).sudo()).write(settings)
            vals = {name: value for name, value in vals.items() if name not in settings}
        result = super().write(vals)
        cached = {"partner_id", "currency_id", "credit_horizon_days"}
        if not cached.isdisjoint({*vals, *settings}) or any(
            self._fields[name].type in ("boolean", "selection") for name in settings
        ):
            # _credit_ids_with, _credit_timezones, _credit_horizon_days, res.currency._credit_rates
            self.env.registry.clear_cache()
        return result
