#!/usr/bin/env bash
# make run: the demo company, made when it is not there, brought up to date when the code changed,
# then the server in the foreground.
# shellcheck source=scripts/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=scripts/databases.sh
. "$SCRIPTS/databases.sh"

DEMO_SCRIPT="$ROOT/scripts/demo/load.py"
DEMO_USERS="$ROOT/scripts/demo/users.tsv"
DEMO_TO_TRY="$ROOT/scripts/demo/what_to_try.txt"

demo_state() {
    local files=("$ROOT/scripts/run.sh")
    [ ! -d "$ROOT/scripts/demo" ] || mapfile -t files < <(find "$ROOT/scripts/demo" -type f ! -name '*.pyc' | sort)
    echo "$(code_hash)-$(hash_of "${files[@]}")"
}

tell_story() {
    [ -f "$DEMO_SCRIPT" ] || return 0
    say "Writing the demo story (customers, invoices, orders)"
    local log="$RUN_DIR/demo-$CC_DB.log"
    if ! { cat "$DEMO_SCRIPT" && printf '\nenv.cr.commit()\n'; } |
        "$VENV/bin/python" -m odoo shell -d "$1" --no-http >"$log" 2>&1; then
        tail -40 "$log" >&2
        die "The demo story could not be written (all of it: $log)"
    fi
}

make_demo() {
    local state new="${CC_DB}_new"
    state="$(demo_state)"
    if ! db_exists "$CC_DB"; then
        [ -n "$(shipped_addons)" ] || die "There is no add-on in $ROOT yet."
        fresh_db base "$new"
        say "Making the demo database $CC_DB (a few minutes, once)"
        quiet_odoo -d "$new" -i "$(shipped_addons | join_comma)" --load-language=zh_CN --stop-after-init
        tell_story "$new"
        rename_db "$new" "$CC_DB"
    elif ! stamp_is "demo-$CC_DB" "$state"; then
        say "The code changed: bringing $CC_DB up to date"
        quiet_odoo -d "$CC_DB" -u "$(shipped_addons | join_comma)" --stop-after-init
        tell_story "$CC_DB"
    fi
    stamp_set "demo-$CC_DB" "$state"
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

print_users() {
    [ -f "$DEMO_USERS" ] || return 0
    printf '\n  %-18s %-34s %s\n' "Login" "Role" "Password"
    while IFS=$'\t' read -r login role password _; do
        case "$login" in '' | '#'* | login) continue ;; esac
        printf '  %-18s %-34s %s\n' "$login" "$role" "$password"
    done <"$DEMO_USERS"
}

main() {
    setup
    project_env
    cd "$ROOT"
    ! port_taken "$CC_HTTP_PORT" ||
        die "Port $CC_HTTP_PORT is taken (by a 'make run' elsewhere? then 'make stop'). Or: CC_HTTP_PORT=8070 make run"
    with_lock "demo-$CC_DB" make_demo
    cat <<TEXT

  Credit & Collection is served at   http://127.0.0.1:$CC_HTTP_PORT
TEXT
    print_users
    if [ -f "$DEMO_TO_TRY" ]; then
        printf '\n'
        sed 's/^/  /' "$DEMO_TO_TRY"
    fi
    printf '\n  Stop with Ctrl-C, or with "make stop" from elsewhere.\n\n'
    exec "$VENV/bin/python" -m odoo -d "$CC_DB" --db-filter="^$CC_DB\$" --no-database-list \
        --max-cron-threads=1 --log-level="${CC_LOG_LEVEL:-warn}" \
        --pidfile="$RUN_DIR/odoo-$CC_HTTP_PORT.pid" "$@"
}

main "$@"
