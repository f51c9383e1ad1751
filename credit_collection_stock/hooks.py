def uninstall_hook(env):
    """End the open holds of deliveries: nothing checks them any more. They stay on record."""
    holds = env["credit.hold"].search(
        [("checkpoint", "=", "delivery"), ("state", "in", ("held", "requested", "released"))]
    )
    holds._do_close("cancelled", env._("Deliveries are no longer checked."))
