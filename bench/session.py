"""Odoo inside this process: registries, environments, users of the benchmark."""

import logging
import os
from contextlib import contextmanager

import psycopg2
from psycopg2 import sql

from odoo import api
from odoo.modules.registry import Registry
from odoo.sql_db import close_db
from odoo.tools import config

SALESPERSON = "bench_sales"
ACCOUNTANT = "bench_accountant"
WAREHOUSE = "bench_warehouse"
#: Marks on quotations: passes every rule, breaks the limit.
PASSING, FAILING = "bench-pass", "bench-fail"
#: Begins the names of orders whose goods are ready to leave.
DELIVERED = "bench-goods"


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


def drop_database(name):
    """Drop a database, whoever is connected to it."""
    _administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)


def copy_database(source, name):
    """Copy a database that nobody is working in."""
    drop_database(name)
    _administer(sql.SQL("CREATE DATABASE {} TEMPLATE {}"), name, source)


def _administer(statement, *names):
    for name in names:
        Registry.delete(name)
        close_db(name)
    connection = psycopg2.connect(dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cr:
        cr.execute(statement.format(*map(sql.Identifier, names)))
    connection.close()
