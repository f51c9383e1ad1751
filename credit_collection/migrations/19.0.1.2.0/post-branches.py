"""Branches are one with their root: documents move there, decisions in a branch are listed.

Terms of customers stay in their columns under the id of the branch, where nothing reads them
any more; policies, rules and the like stay records of the branch, and count for nobody.
"""

import json

from psycopg2 import IntegrityError

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, mute_logger

KEY = "credit_collection.branch_settings"
# Records that people set up: they decide whether these count for all.
SET_UP = {
    "credit.policy", "credit.policy.grade", "credit.rule", "credit.scorecard",
    "credit.scorecard.criterion", "credit.scorecard.option", "credit.group", "credit.group.member",
    "credit.assessment.group", "credit.assessment.group.signoff", "collection.team",
    "collection.letter.text", "receivable.ageing.column", "tier.definition",
}  # fmt: skip


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    roots = env["res.company"]._credit_roots()
    branches = {company: root for company, root in roots.items() if company != root}
    if not branches:
        return
    rows = [*get_settings(env), *get_terms(env, branches), *get_records(env, branches)]
    env["res.company"]._credit_post_branch_list(rows)


def get_settings(env):
    """Yield (branch id, "", name of the setting, value there, value of the root)."""
    parameter = env["ir.config_parameter"].search([("key", "=", KEY)])
    found = json.loads(parameter.value or "[]")
    parameter.unlink()
    for branch, name, value, root_value in found:
        if name in env["res.company"]._fields:
            field = env["res.company"]._fields[name]
            yield branch, "", field._description_string(env), value or "", root_value or ""


def get_terms(env, branches):
    """Yield the same of decisions: (branch id, customer, field, value there, value of the root)."""
    partners = env["res.partner"]
    keys = tuple(str(branch) for branch in branches)
    root = SQL(" ").join(SQL("WHEN %s THEN %s", str(b), str(r)) for b, r in branches.items())
    for name in sorted(partners._credit_entity_fields()):
        field = partners._fields[name]
        found = env.execute_query(
            SQL(
                """
                SELECT term.key::int, partner.id, term.value,
                       partner.%(column)s -> (CASE term.key %(root)s END)
                  FROM res_partner partner
                 CROSS JOIN jsonb_each(partner.%(column)s) term
                 WHERE term.key IN %(keys)s AND partner.commercial_partner_id = partner.id
                   AND term.value::text NOT IN ('null', 'false', '0', '0.0', '""', '"none"')
                   AND term.value IS DISTINCT FROM partner.%(column)s -> (CASE term.key %(root)s END)
                 ORDER BY partner.id
                """,
                column=SQL.identifier(name),
                keys=keys,
                root=root,
            )
        )
        for branch, partner_id, value, root_value in found:
            yield (
                branch,
                f"{partners.browse(partner_id).display_name} ({partner_id})",
                field._description_string(env),
                get_text(env, field, value),
                get_text(env, field, root_value),
            )


def get_text(env, field, value):
    if value in (None, False):
        return ""
    if field.type == "many2one":
        return env[field.comodel_name].browse(value).exists().display_name or str(value)
    return str(value)


def get_records(env, branches):
    """Move documents of branches to the root; (branch id, record, "", "", "") of those that stay there."""
    for model in map(env.__getitem__, env.registry):
        field = model._fields.get("company_id")
        if (
            not model._name.startswith(("credit.", "collection.", "receivable.", "tier.def"))
            or not (model._auto and not model._abstract and not model._transient)
            or not (field and field.store and field.comodel_name == "res.company")
            or model._name == "credit.lock"
        ):
            continue
        ids = env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE company_id IN %s ORDER BY id",
                SQL.identifier(model._table),
                tuple(branches),
            )
        )
        records = model.browse(id_ for (id_,) in ids)
        stay = records if model._name in SET_UP else move(env, records, branches)
        for record in stay:
            if not field.related:
                yield (
                    record.company_id.id,
                    f"{model._description}: {record.display_name}",
                    "",
                    "",
                    "",
                )


def move(env, records, branches):
    """Give records to the root of their company; those that stand in the way of one there stay."""
    if not records or try_move(env, records, branches):
        return records.browse()
    return records.filtered(lambda record: not try_move(env, record, branches))


def try_move(env, records, branches):
    root = SQL(" ").join(SQL("WHEN %s THEN %s", b, r) for b, r in branches.items())
    try:
        with env.cr.savepoint(flush=False), mute_logger("odoo.sql_db"):
            env.cr.execute(
                SQL(
                    "UPDATE %s SET company_id = CASE company_id %s END WHERE id IN %s",
                    SQL.identifier(records._table),
                    root,
                    tuple(records.ids),
                )
            )
    except IntegrityError:
        return False
    records.invalidate_recordset(["company_id"], flush=False)
    return True
