#!/usr/bin/env bash
# make test: the engine's tests without a database, then the add-on's in a database of their own.
# Arguments go to pytest; paths among them choose what is run.
# shellcheck source=scripts/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=scripts/databases.sh
. "$SCRIPTS/databases.sh"

pure_paths=()
odoo_paths=()
options=()

sort_arguments() {
    local argument
    for argument in "$@"; do
        case "$argument" in
            tests/pure*) pure_paths+=("$argument") ;;
            tests/*) odoo_paths+=("$argument") ;;
            *) options+=("$argument") ;;
        esac
    done
    [ ${#pure_paths[@]} -eq 0 ] && [ ${#odoo_paths[@]} -eq 0 ] || return 0
    [ ! -d tests/pure ] || pure_paths=(tests/pure)
    local folder
    for folder in tests/*/tests; do
        [ ! -d "$folder" ] || odoo_paths+=("$folder")
    done
}

# pytest's 5 is "nothing collected": right when -k chose tests of the other half only.
run_pytest() {
    local status=0
    PYTHONPATH="$SCRIPTS" "$VENV/bin/python" -m pytest -p pytest_noskip "$@" || status=$?
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

test_odoo() {
    [ ${#odoo_paths[@]} -gt 0 ] || return 0
    fresh_db addon "$CC_TEST_DB"
    say "Tests in Odoo: database $CC_TEST_DB, browser and PDF included"
    run_pytest --odoo-config="$ODOO_CONF" --odoo-database="$CC_TEST_DB" --odoo-http \
        "${options[@]}" "${odoo_paths[@]}"
}

main() {
    setup
    project_env
    cd "$ROOT"
    sort_arguments "$@"
    [ ${#pure_paths[@]} -gt 0 ] || [ ${#odoo_paths[@]} -gt 0 ] || die "There are no tests in tests/ yet."
    test_pure
    # Two runs at once would drop each other's database.
    with_lock "test-$CC_TEST_DB" test_odoo
}

main "$@"
