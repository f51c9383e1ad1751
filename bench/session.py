"""Odoo inside this process: registries, environments, users of the benchmark."""

import logging
import os
from contextlib import contextmanager

from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

SALESPERSON = "bench_sales"
ACCOUNTANT = "bench_accountant"
#: Marks on quotations: passes every rule, breaks the limit.
PASSING, FAILING = "bench-pass", "bench-fail"


def start(addons=()):
    """Read the project's configuration; further add-on folders go on the path."""
    paths = [*config["addons_path"], *addons] if addons else []
    config.parse_config(["--addons-path=" + ",".join(paths)] if paths else [], setup_logging=False)
    logging.basicConfig(level=os.environ.get("BENCH_LOG", "ERROR"))


def load(database):
    """Build the registry now, so that no measurement does."""
    Registry(database)


@contextmanager
def environment(database, login=None, commit=False):
    """An environment with cold record cache, as a request gets it; rolled back unless `commit`."""
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        if login:
            user = env["res.users"].search([("login", "=", login)])
            env = api.Environment(cr, user.id, {"allowed_company_ids": user.company_id.ids})
            env.user.has_group("base.group_user")
        env.invalidate_all()
        yield env
        if commit:
            env.flush_all()
            cr.commit()
        else:
            cr.rollback()
