import unicodedata

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .res_partner_decision import LABEL_KEY, DecisionLabel

# Columns by which a row of the file names its customer.
KEYS = ("ref", "vat", "name")

# Text in the first column of the last row, without blanks and in small letters.
SUMS = {"total", "totals", "grandtotal", "subtotal", "sub-total", "sum"}
SUMS |= {"合计", "总计", "小计", "共计", "累计", "總計", "合計", "小計"}

# Controls beside which a blank cell is a mistake.
GRANTS = {"credit_limit": ("limit",), "credit_term_days": ("limit", "none")}


def fold(text):
    """Return a name as it is compared: NFKC, small letters, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


class ResPartner(models.Model):
    """Import of credit terms: rows find customers that exist, by reference, tax ID or name (P4-02).

    Odoo's own import does the rest. Under "Import Terms" (context key `credit_import`) it
    finds customers and creates none; the key opens nothing, only controllers write terms.
    Either the whole file goes in or nothing of it.
    """

    _inherit = "res.partner"

    @api.model
    def get_import_templates(self):
        if not self.env.context.get("credit_import"):
            return super().get_import_templates()
        chinese = (self.env.lang or "").startswith("zh")
        name = "credit_terms_zh_CN" if chinese else "credit_terms"
        return [
            {
                "label": self.env._("Import Template for Credit Terms"),
                "template": f"/credit_collection/static/xls/{name}.xlsx",
            }
        ]

    def action_import_credit_terms(self):
        """Open Odoo's import for limits, terms and grades of customers."""
        self._credit_check_import()
        return {
            "type": "ir.actions.client",
            "tag": "import",
            "name": self.env._("Import Terms"),
            "params": {"active_model": "res.partner", "context": {"credit_import": True}},
        }

    @api.model
    def load(self, fields, data):
        # The rows of any import are marked apart from decisions by hand.
        model = self.with_context(**{LABEL_KEY: DecisionLabel("import")})
        if not self.env.context.get("credit_import"):
            return super(ResPartner, model).load(fields, data)
        if not self._credit_may_decide():
            text = self.env._("Only credit controllers import credit terms.")
            return {"ids": False, "messages": [{"type": "error", "message": text}], "nextrow": 0}
        fields = [name.strip() for name in fields]
        limit = self.env.context.get("_import_limit") or len(data)
        found, errors = self._credit_find_rows(fields, data[:limit])
        columns = [number for number, name in enumerate(fields) if name not in (*KEYS, ".id", "id")]
        rows = list(found)
        with self.env.cr.savepoint() as savepoint:
            result = super(ResPartner, model.with_context(_import_limit=None)).load(
                [".id", *(fields[number] for number in columns)],
                [[str(found[row]), *(data[row][number] for number in columns)] for row in rows],
            )
            if errors:
                savepoint.rollback()
        self._credit_drop_batch_message(result["messages"])
        # Messages count the rows handed on, not those of the file.
        errors += self._credit_map_rows(result["messages"], rows)
        self._credit_complete_messages(errors)
        return {
            **result,
            "ids": False if any(each["type"] == "error" for each in errors) else result["ids"],
            "messages": errors,
            "nextrow": limit if limit < len(data) else 0,
        }

    @api.model
    def _credit_drop_batch_message(self, messages):
        """Drop Odoo's report of a refusal for the first row, where the row at fault reports it again."""
        refusals = [m for m in messages if m["type"] == "error" and not m.get("field")]
        first, others = refusals[:1], refusals[1:]
        if first and first[0]["message"] in [other["message"] for other in others]:
            messages.remove(first[0])

    @api.model
    def _credit_complete_messages(self, messages):
        """Turn each message into one that the import page shows in full, with the row of the file."""
        for message in messages:
            hint = message.pop("moreinfo", None)
            message.pop("field_path", None)
            field = self._fields.get(message.pop("field", None))
            known = []
            if field and field.name == "credit_grade_id":
                known = self.env["credit.grade"].search([("code", "!=", False)]).mapped("code")
            elif field and field.type == "selection":  # Odoo's hint is in English only
                known = [label for _value, label in field._description_selection(self.env)]
            if known:
                message["message"] = self.env._(
                    "%(fault)s – possible: %(values)s",
                    fault=message["message"],
                    values=", ".join(known),
                )
            elif isinstance(hint, str):
                message["message"] = f"{message['message']} – {hint}"
        self._credit_name_rows(messages)

    @api.model
    def _credit_import_faults(self, fields, data):
        """Report a blank limit or term beside a control that grants credit: Odoo would read 0."""
        faults = super()._credit_import_faults(fields, data)
        index = {name.strip(): number for number, name in enumerate(fields)}
        asked = [name for name in ("credit_limit", "credit_term_days") if name in index]
        if not asked or not index.keys() & {"credit_control", ".id"}:
            return faults
        control = self._fields["credit_control"]
        known = {}
        if "credit_control" in index:
            converter = self.env["ir.fields.converter"]
            for text in {str(row[index["credit_control"]] or "").strip() for row in data} - {""}:
                try:
                    known[text], _warnings = converter._str_to_selection(self, control, text, None)
                except ValueError:
                    continue  # reported by Odoo
        elif self._credit_may_decide():
            texts = {str(row[index[".id"]]) for row in data}
            ids = {int(text) for text in texts if text.isdecimal() and len(text) < 10}
            partners = self.browse(ids).exists()
            known = {str(partner.id): partner.credit_control for partner in partners}
        by = index.get("credit_control", index.get(".id"))
        labels = dict(control._description_selection(self.env))
        for row, values in enumerate(data):
            granted = known.get(str(values[by] or "").strip())
            for name in asked:
                # The number 0 of a script is one.
                blank = str(values[index[name]]).strip() in ("", "False", "None")
                if not blank or granted not in GRANTS[name]:
                    continue
                if name == "credit_limit" and any(
                    str(values[index[other]]).strip() not in ("", "0", "False", "None")
                    for other in ("credit_limit_amount", "credit_limit_default")
                    if other in index
                ):
                    continue
                text = self.env._(
                    "%(field)s is blank beside %(control)s “%(value)s”: enter it, 0 for none.",
                    field=self._fields[name]._description_string(self.env),
                    control=control._description_string(self.env),
                    value=labels[granted],
                )
                faults.setdefault(row, (name, text))
        return faults

    @api.model
    def _credit_check_import(self):
        """Raise unless the user may decide on terms."""
        self.browse()._credit_check_decision({"credit_limit": 1.0})

    @api.model
    def _credit_find_rows(self, fields, data):
        """Return customers meant by the rows: ({row: customer id}, messages on rows that name none)."""
        index = {name: fields.index(name) for name in (*KEYS, ".id", "id") if name in fields}
        found, messages, seen = {}, [], {}
        candidates, contacts = self._credit_import_candidates(index, data)
        blank = fields.index("credit_control") if "credit_control" in fields else None
        controls = self._fields["credit_control"]._description_selection(self.env)

        def complain(row, text):
            span = {"from": row, "to": row}
            messages.append({"type": "error", "message": text, "rows": span})

        for row, values in enumerate(data):
            keys = {name: str(values[number]).strip() for name, number in index.items()}
            keys = {name: value for name, value in keys.items() if value}
            words = ", ".join(keys.values())
            ids = None
            for name, value in keys.items():
                hits = candidates[name].get(value, set())
                ids = hits if ids is None else ids & hits
            if not keys:
                complain(row, self.env._("No customer is given in this row."))
            elif all(fold(value).replace(" ", "").strip(":") in SUMS for value in keys.values()):
                complain(
                    row,
                    self.env._(
                        "“%(words)s” is a total, not a customer: remove the row. A customer of "
                        "that name needs the tax ID or ID beside it.",
                        words=words,
                    ),
                )
            elif not ids and (contact := contacts.get(next(iter(keys.values())))):
                complain(
                    row,
                    self.env._(
                        "“%(words)s” is a contact of %(customer)s: terms belong to the customer.",
                        words=words,
                        customer=contact.commercial_partner_id.display_name,
                    ),
                )
            elif not ids:
                complain(row, self.env._("There is no customer “%s”.", words))
            elif len(ids) > 1:
                complain(
                    row,
                    self.env._(
                        "%(count)s customers are named “%(words)s”: add the reference or tax ID.",
                        count=len(ids),
                        words=words,
                    ),
                )
            elif (customer := next(iter(ids))) in seen:
                complain(
                    row,
                    self.env._(
                        "“%(words)s” is already in row %(row)s.",
                        words=words,
                        row=self._credit_line_number(seen[customer]),
                    ),
                )
            elif blank is not None and not values[blank].strip():
                # Odoo would empty the field, and no control means unlimited.
                text = self.env._(
                    "%(field)s of “%(words)s” is blank: enter one of %(choices)s.",
                    field=self._fields["credit_control"]._description_string(self.env),
                    words=words,
                    choices=", ".join(label for _key, label in controls),
                )
                complain(row, text)
            else:
                found[row] = customer
                seen[customer] = row
        return found, messages

    @api.model
    def _credit_import_candidates(self, index, data):
        """Return candidates, a query a column: customers and, for a better message, contacts.

        A value is a customer's when it is the same text; where there is none, when both are the
        same folded.

        :return: {key column: {value in the file: {ids of customers}}}, and
            {value in the file: a contact}
        """
        result, contacts = {}, {}
        customers = Domain("parent_id", "=", False) | Domain("is_company", "=", True)
        for name, number in index.items():
            texts = {str(row[number]).strip() for row in data} - {""}
            hits = result[name] = {}
            if name == ".id":
                ids = {int(text) for text in texts if text.isdecimal() and len(text) < 10}
                for partner in self.search(customers & Domain("id", "in", list(ids))):
                    hits[str(partner.id)] = {partner.id}
            elif name == "id":
                for text in texts:
                    partner = self.env.ref(text, raise_if_not_found=False) if "." in text else None
                    if partner is not None and partner._name == self._name:
                        hits[text] = set(partner._filtered_access("read").ids)
            else:
                same, alike, others = {}, {}, {}
                for partner in self.search(self._credit_called(name, texts)):
                    text = partner[name].strip()
                    if partner.is_company or not partner.parent_id:
                        same.setdefault(text, set()).add(partner.id)
                        alike.setdefault(fold(text), set()).add(partner.id)
                    else:
                        others[fold(text)] = partner
                for text in texts:
                    hits[text] = same.get(text) or alike.get(fold(text), set())
                    if fold(text) in others:
                        contacts[text] = others[fold(text)]
        return result, contacts

    @api.model
    def _credit_called(self, name, texts):
        """Return domain of the partners whose field `name` is one of the texts, the same or folded."""
        folded = [fold(text) for text in texts]

        def to_sql(model, alias, query):
            return SQL(
                r"lower(btrim(regexp_replace(normalize(%s, NFKC), '\s+', ' ', 'g'))) = ANY(%s)",
                model._field_to_sql(alias, name, query),
                folded,
            )

        # The text itself, too: small letters of PostgreSQL depend on how the database was made.
        return Domain(name, "in", list(texts)) | Domain.custom(to_sql=to_sql)
