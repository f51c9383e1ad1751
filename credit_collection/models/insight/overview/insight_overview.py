import json
from typing import Any, NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

READERS = ("accountant", "accounting_reader", "auditor")


class Figure(NamedTuple):
    """A number over some rows of a model."""

    key: str
    label: str
    #: which rows
    condition: Any = Domain.TRUE
    #: field that is summed up; False: rows are counted
    measure: str | bool = False
    #: look of a number that is not zero: success, warning, danger
    tone: str | bool = False


class InsightOverview(models.AbstractModel):
    """The first page of the app: one block per role of the user, of the user's company (P1-15, P1-16).

    A number is a condition over one model, counted or summed up with the record rules of the user;
    a click opens that model with the same condition. All numbers over a model come from one query.
    Nothing is stored, and nothing is read past the user's rights.
    """

    _name = "insight.overview"
    _description = "Overview"

    @api.model
    def get_overview(self):
        """Return the page of the user who asks, for the company they work in.

        Rows of figures, charts and lists are dicts: `label`, `amount` (number), `value` (the same as
        text), `action` (list to open: xmlid, domain, context), `measure` (summed field of that list;
        False: rows are counted), `tone` (look), `notes` (further rows beside a figure).

        :return: dict of `title`, `start` (what to do first in a new company, or False) and `blocks`,
            each a dict of `key`, `title`, `empty` (text where nothing is there, or False), `figures`,
            `charts` and `lists`; charts and lists are dicts of `key`, `title` and `rows`
        :raise AccessError: the user sees no credit figures
        """
        self.env.user._require_role(self.env._("Overview"), "figures")
        # The page is of one company, also where the user looks at several.
        page = self.with_company(self.env.company)
        company = page.env.company._credit_root()
        return {
            "title": self.env._(
                "%(company)s, %(day)s",
                company=company.name,
                day=format_date(self.env, company._credit_today()),
            ),
            "start": page._get_start(company),
            "blocks": [getattr(page, name)(company) for name in page._get_block_methods()],
        }

    @api.model
    def _get_block_methods(self):
        """Return names of the methods of the user's blocks, in the order of the page."""
        user = self.env.user
        own = [method for method, roles in self._get_blocks_of_roles() if user._has_role(*roles)]
        if own in ([], ["_get_sales_block"]) and user._has_role(*READERS):
            own.append("_get_receivables_block")
        return own

    @api.model
    def _get_blocks_of_roles(self):
        """Hook: [(method of a block, roles that see it)] in the order of the page."""
        return [
            (
                "_get_decide_block",
                (
                    "controller",
                    "sales_manager",
                    "finance_manager",
                    "general_manager",
                    "division_head",
                    "treasury",
                    "executive",
                    "collection_manager",
                ),
            ),
            ("_get_credit_block", ("controller",)),
            ("_get_collector_block", ("collector",)),
            ("_get_collection_block", ("collection_manager",)),
            (
                "_get_receivables_block",
                ("finance_manager", "general_manager", "division_head", "treasury", "executive"),
            ),
            ("_get_sales_block", ("salesperson",)),
        ]

    @api.model
    def _get_start(self, company):
        """Return what to do first in a company that controls no credit yet; False later."""
        # sudo: settings that everybody works under
        settings = company.sudo()
        if settings.credit_mode == "enforce" or settings.credit_first_steps_done:
            return False
        controller = self.env.user._has_role("controller")
        return {
            "text": self.env._(
                "No order is on credit hold yet: first set the rules, the limits of your customers and"
                " the people who decide."
            )
            if controller
            else self.env._(
                "Credit control is not set up for %s yet. A credit controller does it in First Steps.",
                company.name,
            ),
            "label": self.env._("First Steps"),
            "action": controller
            and {
                "xmlid": "credit_collection.credit_first_steps_action",
                "domain": False,
                "context": {},
            },
        }

    # ------------------------------------------------------------------ rows

    @api.model
    def _of_company(self, company):
        return Domain("company_id", "in", company._credit_entity_ids())

    @api.model
    def _row(self, key, label, amount, xmlid, domain, measure=False, **options):
        """Return a row of a figure, chart or list, see `get_overview`.

        :param amount: rows found, or the sum of `measure` in company currency
        :param options: differences: value, tone, notes, context of the list
        """
        currency = self.env.company._credit_root().currency_id
        return {
            "key": key,
            "label": label,
            "amount": amount,
            "value": options.get("value")
            or (currency.format(amount) if measure else f"{amount:,}"),
            "measure": measure,
            "tone": bool(amount) and options.get("tone"),
            "notes": options.get("notes", []),
            "action": {
                "xmlid": xmlid if "." in xmlid else f"credit_collection.{xmlid}",
                "domain": self._to_client(domain),
                "context": options.get("context", {}),
            },
        }

    @api.model
    def _to_client(self, domain):
        """Return a domain as a list of plain values, which the client sends back."""
        return json.loads(json.dumps(list(Domain(domain)), default=self._plain))

    @api.model
    def _plain(self, value):
        return str(value) if hasattr(value, "isoformat") else list(value)

    @api.model
    def _block(self, key, title, empty, figures=(), charts=(), lists=()):
        """Return a block of the page; without anything but zeros it says so in words.

        :param empty: that text
        :param charts, lists: (key, title, rows); those without rows are left out
        """
        parts = {
            name: [
                {"key": chart, "title": head, "rows": rows} for chart, head, rows in given if rows
            ]
            for name, given in (("charts", charts), ("lists", lists))
        }
        rows = [row for part in (*parts["charts"], *parts["lists"]) for row in part["rows"]]
        filled = any(row["amount"] for row in (*figures, *rows))
        return {
            "key": key,
            "title": title,
            "empty": not filled and empty,
            "figures": figures if filled else [],
            "charts": parts["charts"] if filled else [],
            "lists": parts["lists"] if filled else [],
        }

    # ------------------------------------------------------------------ queries

    @api.model
    def _measure(self, model, whole, figures, table=None):
        """Return the amounts of several figures over one model, in one query: {key: amount}.

        Record rules apply as in the list that a click opens.

        :param whole: condition of all of them
        :param table: SQL of rows that holds all that `whole` finds, where the model's own has more to read
        """
        records = self.env[model]
        query = records._search(whole)
        if table is not None:
            self.env.flush_query(query.subselect())
            query._tables[query.table] = SQL("(%s)", table)
        terms = []
        for figure in figures:
            found = figure.condition.optimize_full(records)._to_sql(records, query.table, query)
            value = (
                SQL("SUM(%s)", records._field_to_sql(query.table, figure.measure, query))
                if figure.measure
                else SQL("COUNT(*)")
            )
            terms.append(SQL("COALESCE(%s FILTER (WHERE %s), 0)", value, found))
        [amounts] = self.env.execute_query(query.select(*terms))
        return {
            figure.key: float(amount) if figure.measure else amount
            for figure, amount in zip(figures, amounts, strict=True)
        }

    @api.model
    def _figures(self, model, whole, xmlid, *figures, table=None):
        """Return rows of figures over one model, from one query; none where the user may not read it.

        :param whole: condition of all of them
        :param xmlid: action of the list
        :param table: see `_measure`
        """
        if not self.env[model].has_access("read"):
            return []
        amounts = self._measure(model, whole, figures, table)
        return [
            self._row(
                figure.key,
                figure.label,
                amounts[figure.key],
                xmlid,
                whole & figure.condition,
                figure.measure,
                tone=figure.tone,
            )
            for figure in figures
        ]

    @api.model
    def _group_rows(self, model, whole, xmlid, name, measure=False, limit=None, no_name=""):
        """Return rows of a chart or list: the groups of a many2one, the largest first.

        :param no_name: label of the group without a value
        """
        records = self.env[model]
        if not records.has_access("read"):
            return []
        aggregate = f"{measure}:sum" if measure else "__count"
        groups = records._read_group(
            whole, [name], [aggregate], order=f"{aggregate} DESC", limit=limit
        )
        return [
            self._row(
                str(value.id),
                value.display_name or no_name,
                amount,
                xmlid,
                whole & Domain(name, "=", value.id),
                measure,
            )
            for value, amount in groups
        ]

    @api.model
    def _currency_rows(self, model, whole, xmlid, measure):
        """Return rows of sums in the currency of the documents, one per currency."""
        return [
            self._row(
                currency.name,
                currency.name,
                amount,
                xmlid,
                whole & Domain("currency_id", "=", currency.id),
                measure,
                value=currency.format(amount),
            )
            for currency, amount in self.env[model]._read_group(
                whole, ["currency_id"], [f"{measure}:sum"], order="currency_id"
            )
        ]
