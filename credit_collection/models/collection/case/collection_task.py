from odoo import api, models

from ...base.bulk import insert

# Activities at once from which on nobody gets a mail for each, and they are inserted together.
MANY = 5


class CollectionTask(models.AbstractModel):
    """Gives work to people: one open activity per record, kind and person, in their language."""

    _name = "collection.task"
    _description = "Collection Task"

    @api.model
    def _assign(self, records, user, type_xmlid, summary, deadline, note=None, quiet=False):
        """Create one activity on each of `records` for `user`, unless there is one of the kind.

        Set-based: the checks cost a query per call, not per record.

        :param user: the assignee; where they may not read a record, the team head gets it
        :param summary: function of a record in the user's language, returns the text
        :param note: the same, for the body; optional
        :param quiet: no mail of the activity, where another mail says it
        """
        if not records or not user:
            # sudo: nothing, with the rights of the answer below
            return self.env["mail.activity"].sudo()
        kind = self.env.ref(f"credit_collection.{type_xmlid}")
        readable = records.with_user(user)._filtered_access("read")
        values = self._prepare(
            records & readable.with_env(records.env), user, kind, summary, deadline, note
        )
        for company, left in (
            (records - readable.with_env(records.env)).grouped("company_id").items()
        ):
            head = company._collection_head()
            left_readable = left.with_user(head)._filtered_access("read") if head else left.browse()
            values += self._prepare(
                left_readable.with_env(left.env), head, kind, summary, deadline, note
            )
        # One line in the systray is enough: no mail for each of many.
        if len(values) > MANY:
            return self._insert_many(records, values)
        # sudo: the user who caused the task may not be able to give work to others
        return (
            self.env["mail.activity"]
            .sudo()
            .with_context(mail_activity_quick_update=quiet)
            .create(values)
        )

    @api.model
    def _insert_many(self, records, values):
        """Insert thousands at once; their users follow the records."""
        # sudo: activities name records that the user may not read
        names = {record.id: record.display_name for record in records.sudo()}
        # sudo: time zones of colleagues are theirs to read
        people = self.env["res.users"].sudo().browse(vals["user_id"] for vals in values)
        activities = self._insert(
            [
                {**vals, "res_model": records._name, "res_name": names[vals["res_id"]],
                 "user_tz": user.tz, "automated": False, "date_done": False}
                for vals, user in zip(values, people, strict=True)
            ]
        )  # fmt: skip
        for user, of_user in activities.grouped("user_id").items():
            # sudo: followers of the record, whoever gives the task
            followed = records.sudo().browse(of_user.mapped("res_id"))
            followed.message_subscribe(partner_ids=user.partner_id.ids)
        return activities

    @api.model
    def _insert(self, values):
        """Insert activities with one statement and notify their users' browsers.

        :param values: for activities on records of one model, with all that Odoo would compute
        """
        # sudo: the user who caused the task may not be able to give work to others
        activities = insert(self.env["mail.activity"].sudo(), values)
        if activities:
            self.env[values[0]["res_model"]].invalidate_model(["activity_ids"])
        for user, of_user in activities.grouped("user_id").items():
            user._bus_send(
                "mail.activity/updated", {"activity_created": True, "count_diff": len(of_user)}
            )
        return activities

    @api.model
    def _prepare(self, records, user, kind, summary, deadline, note):
        if not records:
            return []
        # sudo: tasks of colleagues count as well
        asked = (
            self.env["mail.activity"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", records._name),
                    ("res_id", "in", records.ids),
                    ("activity_type_id", "=", kind.id),
                    ("user_id", "=", user.id),
                ],
                ["res_id", "summary"],
            )
        )
        known = {(activity.res_id, activity.summary) for activity in asked}
        model = self.env["ir.model"]._get_id(records._name)
        result = []
        # sudo: the text is for the assignee, not for the author of the task
        for record in records.sudo().with_context(lang=user.lang):
            text = summary(record)
            if (record.id, text) in known:
                continue
            result.append(
                {
                    "res_model_id": model,
                    "res_id": record.id,
                    "activity_type_id": kind.id,
                    "user_id": user.id,
                    "summary": text,
                    "note": note(record) if note else False,
                    "date_deadline": deadline,
                }
            )
        return result

    @api.model
    def _unassign(self, records, *type_xmlids):
        """End open activities of some kinds on records, whoever has them."""
        kinds = [self.env.ref(f"credit_collection.{name}").id for name in type_xmlids]
        # sudo: tasks of colleagues end as well
        self.env["mail.activity"].sudo().search(
            [
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                ("activity_type_id", "in", kinds),
            ]
        ).unlink()
