from collections import Counter

from odoo import models


class CollectionRun(models.Model):
    """Letters and activities of a batch of customers."""

    _inherit = "collection.run"

    def _write_letters(self, rows, stages):
        """Write the letters that are due; {customer id: number of letters}."""
        asked = [
            {
                "case_id": row["case_id"],
                "partner_id": row["partner_id"],
                "currency_id": currency_id,
                "stage_id": row["stage_id"],
                "type_id": stages[row["stage_id"]]["letter_type_id"],
                "channel": stages[row["stage_id"]]["channel"],
                "level": row["level"],
            }
            for row in rows
            for currency_id in row["letter_currency_ids"] or ()
        ]
        if not asked:
            return {}
        letters = self.env["collection.letter"]._create_for_run(self, asked)
        return Counter(letter.partner_id.id for letter in letters)

    def _write_activities(self, rows, stages):
        """Bring the activities of stages; those of earlier stages that nobody did go."""
        rows = [row for row in rows if row["case_id"]]
        if not rows:
            return
        cases = self.env["collection.case"].browse([row["case_id"] for row in rows])
        self.env["mail.activity"].search(
            [
                ("res_model", "=", "collection.case"),
                ("res_id", "in", cases.ids),
                ("automated", "=", True),
                ("activity_type_id", "in", [s["activity_type_id"] for s in stages.values()]),
            ]
        ).unlink()
        self._insert_activities(
            (
                case,
                stages[row["stage_id"]]["activity_type_id"],
                case._get_responsible(stages[row["stage_id"]]["role"]),
                stages[row["stage_id"]]["deadline"],
                stages[row["stage_id"]]["name"],
                stages[row["stage_id"]]["note"],
            )
            for row, case in zip(rows, cases, strict=True)
        )

    def _insert_activities(self, wanted):
        """Insert activities on cases and tell their users' browsers.

        :param wanted: tuples case, id of the type, user, deadline, summary, note (HTML)
        """
        model = self.env["ir.model"]._get_id("collection.case")
        values = [
            {
                "res_model_id": model,
                "res_model": "collection.case",
                "res_id": case.id,
                "res_name": case.display_name,
                "activity_type_id": type_id,
                "user_id": user.id,
                "user_tz": user.tz,
                "date_deadline": deadline,
                "summary": summary,
                "note": note or False,
                "automated": True,
                "date_done": False,
            }
            for case, type_id, user, deadline, summary, note in wanted
        ]
        self.env["collection.task"]._insert(values)

    def _tell_escalations(self, company, rows):
        """Tell the roles of escalation rules that hold, once per case (P2-06)."""
        wanted = []
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        for row in rows:
            if not row["escalation_ids"] or not row["case_id"] or row["case_action"] == "close":
                continue
            case = self.env["collection.case"]._system().browse(row["case_id"])
            new = (
                self.env["collection.escalation"]
                .browse(row["escalation_ids"])
                .filtered(
                    lambda rule, case=case: rule.tell_role and rule not in case.escalation_ids
                )
            )
            if not new:
                continue
            case.escalation_ids |= new
            wanted += [
                (
                    case,
                    todo.id if todo else False,
                    case._get_responsible(rule.tell_role),
                    company._collection_add_workdays(company._credit_today(), 1),
                    rule.name,
                    False,
                )
                for rule in new
            ]
        self._insert_activities(wanted)
