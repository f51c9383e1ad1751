"""Users of the add-on: the roles of the README's table, and those without any of its groups."""

CC = "credit_collection."

# name: (row of the README's table or None, groups)
ROLES = {
    "public": (None, "base.group_public"),
    "portal": (None, "base.group_portal"),
    "employee": (None, "base.group_user"),
    "salesperson": ("Salesperson", "sales_team.group_sale_salesman"),
    "head_of_sales": ("Head of Sales", "sales_team.group_sale_salesman_all_leads"),
    "sales_manager": (
        "Sales, Finance, General Manager",
        f"sales_team.group_sale_manager,{CC}group_credit_sales_manager",
    ),
    "finance_manager": ("Sales, Finance, General Manager", f"{CC}group_credit_finance_manager"),
    "general_manager": ("Sales, Finance, General Manager", f"{CC}group_credit_general_manager"),
    "executive": ("Division Head, Treasury, CFO", f"{CC}group_credit_executive"),
    "auditor": ("Auditor", f"{CC}group_credit_auditor"),
    "controller": ("Credit Controller", f"{CC}group_credit_controller"),
    "administrator": ("Administrator", f"{CC}group_credit_administrator"),
    "collector": ("Collector", f"{CC}group_collection_collector"),
    "collection_manager": ("Collection Manager", f"{CC}group_collection_manager"),
    "legal": ("Legal", f"{CC}group_collection_legal"),
    "accountant": (None, "account.group_account_invoice"),
}
NO_EMPLOYEE = ("public", "portal")


def groups(env, role):
    """The groups of a role; all but customers and visitors are employees as well."""
    names = ROLES[role][1].split(",")
    if role not in NO_EMPLOYEE:
        names.append("base.group_user")
    return env["res.groups"].browse([env.ref(name).id for name in names])


def own_models(env):
    """Models that the add-on defines or extends, sorted by name."""
    return sorted(
        name
        for name, model in env.registry.items()
        if any(
            # an extension of all models at once makes none of them ours
            getattr(base, "_module", None) == "credit_collection" and base.__name__ != "Base"
            for base in model._model_classes__
        )
        and not name.startswith("test_")
    )
