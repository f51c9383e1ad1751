from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain

from .insight_overview import Figure

TO_DECIDE = Domain("state", "=", "requested") & Domain("can_review", "=", True)

REAL = Domain("is_test", "=", False)

CAME_BACK = Domain("state", "=", "bounced")


class InsightOverview(models.AbstractModel):
    """The blocks with what is to do: decisions, cases of a collector, cases of the team."""

    _inherit = "insight.overview"

    @api.model
    def _get_decide_block(self, company):
        """Documents that wait for the decision of the user."""
        own = self._of_company(company)
        lists = {
            "credit.hold": self.env._("Orders on Hold"),
            "credit.application": self.env._("Applications"),
            "collection.agreement": self.env._("Repayment Agreements"),
            "receivable.writeoff": self.env._("Write-Offs"),
            "insight.target": self.env._("Targets"),
        }
        return self._block(
            "decide",
            self.env._("To Decide"),
            self.env._("Nothing waits for your decision."),
            [
                figure
                for model, label in lists.items()
                for figure in self._figures(
                    model,
                    own,
                    f"{model.replace('.', '_')}_action",
                    Figure(model, label, TO_DECIDE, tone="warning"),
                )
            ],
        )

    @api.model
    def _get_collector_block(self, company):
        """Work of the collector today, and what came in of it."""
        own, user = self._of_company(company), self.env.user
        today = company._credit_today()
        due, soon = (
            Domain("date_promised", "<=", today + relativedelta(days=days)) for days in (0, 7)
        )
        money, receipts = self._get_collected_by_me(company)
        return self._block(
            "collector",
            self.env._("My Collection"),
            self.env._(
                "You have no open case. Cases come with the daily run or from your team head."
            ),
            [
                *self._figures(
                    "collection.case",
                    own & Domain("user_id", "=", user.id) & Domain("state", "=", "open"),
                    "collection_case_action",
                    Figure("todo", self.env._("To Do Today"), self._work("todo"), tone="warning"),
                    Figure("done", self.env._("Done Today"), self._work("done"), tone="success"),
                    Figure("cases", self.env._("My Open Cases")),
                ),
                *self._figures(
                    "collection.promise.line",
                    own & Domain("state", "=", "open") & Domain("case_id.user_id", "=", user.id),
                    "collection_promise_line_action",
                    Figure("due", self.env._("Promises Due by Today"), due, tone="warning"),
                    Figure("due_soon", self.env._("Promises of the Next 7 Days"), soon & ~due),
                ),
                *self._figures(
                    "collection.letter",
                    own & REAL & Domain("collector_id", "=", user.id),
                    "collection_letter_action",
                    Figure(
                        "bounced", self.env._("Letters That Came Back"), CAME_BACK, tone="danger"
                    ),
                ),
                self._row(
                    "collected",
                    self.env._("Collected This Month"),
                    money,
                    "account.action_account_moves_all_a",
                    receipts,
                    "balance",
                    value=company.currency_id.format(-money),
                    tone="success",
                ),
            ],
        )

    @api.model
    def _work(self, state):
        return Domain("work_state", "=", state)

    @api.model
    def _get_collection_block(self, company):
        """Stages, load of the team, broken promises, runs."""
        own = self._of_company(company)
        today = company._credit_today()
        cases = own & Domain("state", "=", "open")
        month = Domain("date_promised", ">=", today.replace(day=1)) & Domain(
            "date_promised", "<=", today
        )
        broken = Domain("state", "in", ("broken", "partly")) & month
        kept = Domain("state", "=", "kept") & month
        not_sent = Domain("state", "=", "ready") & Domain("failure", "!=", False)
        faults = Domain("error_count", ">", 0) | Domain("state", "in", ("failed", "stopped"))
        rows = ("collection.case", cases, "collection_case_action")
        by_stage = self.env._("Open Cases by Stage")
        by_collector = self.env._("Open Cases by Collector")
        no_stage, nobody = self.env._("No Stage"), self.env._("Without a Collector")
        return self._block(
            "collection",
            self.env._("Team of Collection"),
            self.env._("No case is open. The daily run opens cases when amounts are overdue."),
            [
                *self._figures(
                    *rows,
                    Figure("all_cases", self.env._("Open Cases")),
                    Figure("nobody", nobody, Domain("user_id", "=", False), tone="warning"),
                    Figure("paused", self.env._("Paused"), Domain("is_paused", "=", True)),
                ),
                *self._figures(
                    "collection.promise.line",
                    own,
                    "collection_promise_line_action",
                    Figure(
                        "broken", self.env._("Promises Broken This Month"), broken, tone="danger"
                    ),
                    Figure("kept", self.env._("Promises Kept This Month"), kept, tone="success"),
                ),
                *self._figures(
                    "collection.letter",
                    own & REAL,
                    "collection_letter_action",
                    Figure("not_sent", self.env._("Letters Not Sent"), not_sent, tone="danger"),
                    Figure(
                        "came_back", self.env._("Letters That Came Back"), CAME_BACK, tone="danger"
                    ),
                ),
                *self._figures(
                    "collection.run",
                    own & REAL & Domain("date", ">=", today - relativedelta(days=7)),
                    "collection_run_action",
                    Figure("runs", self.env._("Runs of 7 Days")),
                    Figure("run_faults", self.env._("Runs with Errors"), faults, tone="danger"),
                ),
            ],
            charts=[
                ("stages", by_stage, self._group_rows(*rows, "stage_id", no_name=no_stage)),
                ("load", by_collector, self._group_rows(*rows, "user_id", no_name=nobody)),
            ],
        )
