# shellcheck shell=bash
# make test ARGS=peers: Odoo's own tests with the add-on installed beside everything it may meet.
# ARGS=peers-quick: some of them, in a few minutes. What is left out, and why: peers_left_out.txt.

PEERS=sale_management,sale_stock,sale_loyalty,sale_project,account_payment,payment_demo,portal
PEERS+=,website_sale,point_of_sale,purchase,hr_expense,l10n_cn

# Folders or files of tests, below Odoo's add-ons.
PEER_TESTS=(sale account account_payment sale_stock sale_loyalty sale_project portal
    sale_management payment_demo hr_expense purchase stock
    website_sale/tests/test_{address,sale_order,website_sale_{invoice,cart,cart_abandoned,cart_payment}}.py
    point_of_sale/tests/test_{point_of_sale,point_of_sale_flow,pos_basic_config,pos_simple_orders}.py
    point_of_sale/tests/test_pos_{simple_invoiced_orders,invoice_consolidation,multiple_receivable_accounts}.py
    base/tests/test_{res_users,res_partner,res_partner_merge,res_partner_bank,user_has_group}.py
    base/tests/test_{groups,ir_default,form_create,res_company,menu,ir_module_category}.py)
PEER_TESTS_QUICK=(sale/tests/test_{sale_to_invoice,sale_flow,sale_refund,credit_limit}.py
    account/tests/test_account_{partner,payment_register}.py account_payment
    sale_project/tests/test_reinvoice.py portal/tests/test_addresses.py
    sale_stock/tests/test_sale_stock.py point_of_sale/tests/test_pos_simple_invoiced_orders.py
    base/tests/test_{res_users,res_partner,res_partner_merge,res_company}.py)

# Print the name of a database with all peers and the add-on.
peers_template() {
    local base name
    base="cc_peers_$(printf '%s\n%s\n%s' "$PEERS" "$(dependencies)" "$(odoo_version)" | sha256sum | cut -c1-12)"
    if ! db_exists "$base"; then
        say "Installing the add-ons beside ours: $PEERS"
        drop_db "${base}_new"
        quiet_odoo -d "${base}_new" -i "$(dependencies),$PEERS" --stop-after-init
        rename_db "${base}_new" "$base"
    fi
    name="$base-${CHECKOUT_ID##*-}-$(code_hash 'tests/*')"
    if ! db_exists "$name"; then
        say "Installing $(product_addons | join_comma) beside them"
        pg_user -d postgres -Atc "SELECT datname FROM pg_database WHERE datname LIKE '%-${CHECKOUT_ID##*-}-%'" |
            while read -r old; do drop_db "$old"; done
        copy_db "$base" "${name}_new"
        quiet_odoo -d "${name}_new" -i "$(product_addons | join_comma)" --stop-after-init
        rename_db "${name}_new" "$name"
    fi
    echo "$name"
}

# Companies that tests make are in this mode, too.
set_mode() {
    pg_user -d "$2" -q -v mode="$1" <<'SQL'
UPDATE res_company SET credit_mode = :'mode';
INSERT INTO ir_default (field_id, json_value)
SELECT id, to_json(:'mode'::text) FROM ir_model_fields
 WHERE model = 'res.company' AND name = 'credit_mode';
SQL
}

# test_peers_in MODE PATH…: in the database of that mode.
test_peers_in() {
    local mode="$1" database="${CC_TEST_DB}_peers_$1"
    shift
    say "Odoo's own tests, credit control: $mode"
    (
        # Odoo's folders must not hide Python's own modules: not from within its add-ons.
        cd "$ODOO_SITE" || exit 1
        CC_PEERS_MODE="$mode" PYTHONPATH="$SCRIPTS" "$VENV/bin/python" -m pytest \
            -p pytest_peers -p no:cacheprovider -c /dev/null --rootdir="$ODOO_SITE" -q --tb=short -rf \
            --odoo-config="$ODOO_CONF" --odoo-database="$database" --odoo-http "$@"
    )
}

# test_peers peers|peers-quick [OPTION…]
test_peers() {
    local paths=("${PEER_TESTS[@]}") mode log="$RUN_DIR/peers-$CC_TEST_DB.log" status=0 other=0
    [ "$1" != peers-quick ] || paths=("${PEER_TESTS_QUICK[@]}")
    shift
    export CC_PEERS_COUNTS="$RUN_DIR/peers-$CC_TEST_DB.counts"
    : >"$CC_PEERS_COUNTS"
    for mode in off observe; do
        copy_db "$(with_lock templates peers_template)" "${CC_TEST_DB}_peers_$mode"
        set_mode "$mode" "${CC_TEST_DB}_peers_$mode"
    done
    # Side by side, as our own tests.
    test_peers_in observe "${paths[@]/#/odoo/addons/}" "$@" >"$log" 2>&1 &
    test_peers_in off "${paths[@]/#/odoo/addons/}" "$@" || status=$?
    wait $! || other=$?
    cat "$log"
    [ "$status" -ne 0 ] || status=$other
    for mode in off observe; do drop_db "${CC_TEST_DB}_peers_$mode"; done
    # A run that ended before its tests has no line.
    [ "$(wc -l <"$CC_PEERS_COUNTS")" -eq 2 ] || status=1
    awk '{ passed += $1; failed += $2 } END { print passed + 0 " passed, " failed + 0 " failed" }' "$CC_PEERS_COUNTS"
    return "$status"
}
