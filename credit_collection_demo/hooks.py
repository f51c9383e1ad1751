"""Installing tells the story; a database in which somebody works is refused."""

from odoo.exceptions import UserError

from .story import tell

PARAMETER = "credit_collection_demo.allow_real_invoices"


def pre_init_hook(env):
    """Refuse a database with invoices that are not the story's.

    :raise UserError: there are posted invoices or bills, and the system parameter does not allow it
    """
    if env.ref("credit_demo.company", raise_if_not_found=False):
        return  # told here before: what was made then is left alone
    # sudo: whoever installs; parameters and every company's invoices are counted
    env_sudo = env(su=True)
    if env_sudo["ir.config_parameter"].get_param(PARAMETER) == "True":
        return
    count = env_sudo["account.move"].search_count(
        [("move_type", "!=", "entry"), ("state", "=", "posted")]
    )
    if count:
        raise UserError(
            env._(
                "This database has %(count)s posted invoices or bills. The demo renames the main "
                "company and books invoices of its own; use a new database for it.\n"
                "To install it here all the same, set the system parameter %(parameter)s to True.",
                count=count,
                parameter=PARAMETER,
            )
        )


def post_init_hook(env):
    # Of a new database, account loads the chart of accounts only after the last module.
    if hasattr(env.registry, "_auto_install_template"):
        env.registry._auto_install_template(env)
        del env.registry._auto_install_template
    tell(env)
