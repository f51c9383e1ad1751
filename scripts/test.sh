#!/usr/bin/env bash
# make test: the engine's tests without a database, then the add-on's in a database of their own.
# Arguments go to pytest; paths among them choose what is run. `peers` or `peers-quick` as the
# first one runs Odoo's own tests with the add-on installed: see debian/peers.sh.
# shellcheck source=scripts/debian/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/debian/setup.sh"
# shellcheck source=scripts/debian/databases.sh
. "$DEBIAN/databases.sh"
# shellcheck source=scripts/debian/peers.sh
. "$DEBIAN/peers.sh"

pure_paths=()
odoo_paths=()
beside_paths=()
whole=0
options=()

# Without paths everything runs: odoo_paths stays empty and `whole` says so.
sort_arguments() {
    local argument
    for argument in "$@"; do
        case "$argument" in
            # Every public method with odd arguments, not a part of them: half an hour.
            rpc) export CC_RPC=whole; odoo_paths+=(tests/test_credit_collection/tests/security) ;;
            tests/pure*) pure_paths+=("$argument") ;;
            tests/test_credit_collection_*) beside_paths+=("$argument") ;;
            tests/*) odoo_paths+=("$argument") ;;
            *) options+=("$argument") ;;
        esac
    done
    [ ${#pure_paths[@]} -eq 0 ] && [ ${#odoo_paths[@]} -eq 0 ] && [ ${#beside_paths[@]} -eq 0 ] || return 0
    pure_paths=(tests/pure)
    beside_paths=(tests/test_credit_collection_*)
    whole=1
}

# pytest's 5 is "nothing collected": right when -k chose none of these.
run_pytest() {
    local status=0
    PYTHONPATH="$SCRIPTS" "$VENV/bin/python" -m pytest -p pytest_noskip -p pytest_share "$@" || status=$?
    if [ "$status" -eq 5 ] && [ ${#options[@]} -gt 0 ]; then
        return 0
    fi
    return "$status"
}

test_pure() {
    [ ${#pure_paths[@]} -gt 0 ] || return 0
    say "Tests of the engine: no database"
    (
        unset ODOO_RC # would make pytest-odoo ask for a database even here
        run_pytest -p no:odoo -o pythonpath=credit_collection "${options[@]}" "${pure_paths[@]}"
    )
}

# test_odoo SUFFIX TEMPLATE PATH…: in a new database of that name.
test_odoo() {
    fresh_db "$2" "$CC_TEST_DB$1"
    test_in "$@"
}

test_in() {
    local database="$CC_TEST_DB$1" template="$2"
    shift 2
    # Of the template tests make copies of their own; in the new database they may commit.
    CC_TEMPLATE="$("${template}_template")"
    export CC_TEMPLATE CC_THROWAWAY=1
    say "Tests in Odoo: database $database, browser and PDF included"
    run_pytest --odoo-config="$ODOO_CONF" --odoo-database="$database" --odoo-http \
        "${options[@]}" "$@"
}

test_beside() { test_odoo _beside beside "${beside_paths[@]}"; }

# Two runs side by side, each with a database, a server and a browser of its own, take the modules of
# tests from one heap: pytest_share.py. The second begins with the add-ons beside; it is shown when it
# has ended.
test_odoo_all() {
    local log="$RUN_DIR/test-$CC_TEST_DB.log" status=0 other=0
    # At once: the template of the second takes longer.
    fresh_db addon "$CC_TEST_DB"
    CC_SHARE="$(mktemp -d)"
    export CC_SHARE
    {
        (unset CC_SHARE && test_beside) || other=$?
        test_odoo _2 addon tests/test_credit_collection/tests || other=$?
        exit "$other"
    } >"$log" 2>&1 &
    test_in "" addon tests/test_credit_collection/tests || status=$?
    wait $! || other=$?
    rm -rf "$CC_SHARE"
    cat "$log"
    [ "$status" -ne 0 ] || status=$other
    return "$status"
}

main() {
    setup
    project_env
    cd "$ROOT"
    case "${1:-}" in
        peers | peers-quick)
            with_lock "test-$CC_TEST_DB" test_peers "$@"
            return
            ;;
    esac
    sort_arguments "$@"
    test_pure
    # Two runs at once would drop each other's database.
    if [ "$whole" -eq 1 ]; then
        with_lock "test-$CC_TEST_DB" test_odoo_all
        return
    fi
    if [ ${#odoo_paths[@]} -gt 0 ]; then
        with_lock "test-$CC_TEST_DB" test_odoo "" addon "${odoo_paths[@]}"
    fi
    if [ ${#beside_paths[@]} -gt 0 ]; then
        with_lock "test-$CC_TEST_DB" test_beside
    fi
}

main "$@"
