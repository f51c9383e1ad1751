import inspect
import re
from functools import cache
from pathlib import Path

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method

import odoo.addons.credit_collection as add_on

OURS = "odoo.addons.credit_collection."
# Odoo's own entry points to records, on any model.
ENTRY_POINTS = (
    "write", "create", "web_save", "copy", "unlink", "load", "name_create", "onchange",
    "action_archive", "update_field_translations", "web_save_multi",
)  # fmt: skip
# Context that a client may send, besides the keys that the source reads.
KEYS = {
    "tracking_disable": True,
    "skip_validation_check": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
    "install_mode": True,
    "import_file": True,
    "active_test": False,
    "check_move_validity": False,
    "skip_account_move_synchronization": True,
    "force_delete": True,
    "su": True,
    "sudo": True,
    "bypass": True,
}
VALUES = (
    None, False, True, 0, -1, 2**31, 1e300, float("nan"), "", "x", "\0", "1; DROP TABLE x", [], {},
    [0], [2**31], ["x"], {"x": 1}, [[6, 0, [1]]], "2026-02-30", "<b>x</b>",
)  # fmt: skip


@cache
def source_keys():
    """Context keys that the add-on's source names."""
    found = set()
    for path in Path(add_on.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"context(?:\.get\(|\[)\s*\"(\w+)\"", text))
        found |= set(re.findall(r"with_context\(\s*(\w+)=", text))
        found |= set(re.findall(r"\"((?:credit|collection|receivable|insight)_system\w*)\"", text))
    return sorted(found - {"lang", "tz", "allowed_company_ids"})


CONTEXTS = ("none", "defaults", "links", "active", "companies", "keys", "lang")


def is_new(model, name):
    """Return whether the add-on alone has the method: Odoo's own methods are Odoo's affair."""
    having = [base for base in type(model).mro() if name in vars(base)]
    return all(getattr(vars(base)[name], "__module__", "").startswith(OURS) for base in having)


def methods(model):
    """Return public methods of a model from the add-on, and Odoo's entry points: {name: is it ours}."""
    result = {}
    for name in dir(type(model)):
        if name.startswith("_"):
            continue
        value = inspect.getattr_static(type(model), name)
        if not inspect.isfunction(value) and not isinstance(value, classmethod | staticmethod):
            continue
        try:
            method = get_public_method(model, name)
        except (AccessError, AttributeError):
            continue
        ours = any(
            getattr(vars(base).get(name), "__module__", "").startswith(OURS)
            for base in type(model).mro()
        )
        if ours or name in ENTRY_POINTS:
            result[name] = method
    return result


def odd_value(field, env, ids):
    """A value of the field's kind that somebody would like to have there.

    :param ids: {model: id} of a record to name
    """
    if field.type == "selection":
        options = field.get_values(env)
        return options[-1] if options else False
    return {
        "boolean": True,
        "integer": 1000000,
        "float": 1e6,
        "monetary": 1e6,
        "char": "x",
        "text": "x",
        "html": "x",
        "date": "2030-01-01",
        "datetime": "2030-01-01 00:00:00",
        "many2one": ids.get(field.comodel_name, 1),
        "one2many": [[0, 0, {}], [4, ids.get(field.comodel_name, 1)]],
        "many2many": [[6, 0, [ids.get(field.comodel_name, 1)]]],
        "json": {"x": 1},
    }.get(field.type, "x")


def values_for(model, dice, ids):
    """One field, some fields or all that are stored."""
    names = sorted(
        name
        for name, field in model._fields.items()
        if field.store
        and name not in ("id", "create_uid", "create_date", "write_uid", "write_date")
    )
    if dice.random() < 0.5:  # what makes a plausible record
        kinds = ("many2one", "float", "monetary", "integer", "char")
        names = [name for name in names if model._fields[name].type in kinds]
    picked = dice.sample(names, dice.choice((1, min(3, len(names)), len(names)))) if names else []
    return {name: odd_value(model._fields[name], model.env, ids) for name in picked}


def arguments(model, name, method, dice, ids):
    """Arguments of a call: for Odoo's entry points values of the model, for our methods odd ones."""
    if name in ("write", "web_save", "web_save_multi"):
        extra = {} if name == "write" else {"specification": {"id": {}}}
        vals = values_for(model, dice, ids)
        return [[vals] if name == "web_save_multi" else vals], extra
    if name == "create":
        return [[values_for(model, dice, ids)]], {}
    if name == "copy":
        return [values_for(model, dice, ids)], {}
    if name == "load":
        vals = {n: str(v) for n, v in values_for(model, dice, ids).items()}
        return [list(vals), [list(vals.values())]], {}
    if name == "onchange":
        vals = values_for(model, dice, ids)
        return [vals, list(vals)[:1], {n: {} for n in vals}], {}
    if name == "name_create":
        return ["x"], {}
    if name == "update_field_translations":
        return [next(iter(values_for(model, dice, ids)), "name"), {"en_US": "y"}], {}
    if name in ENTRY_POINTS:
        return [], {}
    args, kwargs = [], {}
    for parameter in list(inspect.signature(method).parameters.values())[1:]:
        needed = parameter.default is parameter.empty
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if needed or dice.random() < 0.5:
            kwargs[parameter.name] = dice.choice(VALUES)
    return args, kwargs


def contexts(model, ids, foreign, foreign_company):
    """Contexts that a client may send, by a name for each."""
    stored = {
        f"default_{name}": odd_value(field, model.env, ids)
        for name, field in model._fields.items()
        if field.store and name != "id"
    }
    return {
        "none": {},
        "defaults": stored,
        "links": {
            f"default_{name}": odd_value(field, model.env, ids)
            for name, field in model._fields.items()
            if field.store and field.relational and field.comodel_name in ids
        },
        "active": {
            "active_model": model._name,
            "active_id": foreign or 1,
            "active_ids": [foreign or 1],
        },
        "companies": {"allowed_company_ids": [foreign_company]},
        "keys": {**KEYS, **dict.fromkeys(source_keys(), True)},
        "lang": {"lang": "xx_YY", "tz": "Nowhere/Void"},
    }
