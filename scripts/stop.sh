#!/usr/bin/env bash
# make stop: end the demo server and the database cluster of this cache, nothing else.
# shellcheck source=scripts/debian/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/debian/setup.sh"

stop_servers() {
    local file pid
    for file in "$RUN_DIR"/odoo-*.pid; do
        [ -f "$file" ] || continue
        pid="$(<"$file")"
        # A number left by a crash may be somebody else's process by now.
        if [ -n "$pid" ] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q -- "-m odoo .*$file"; then
            say "Stopping the server (process $pid)"
            kill "$pid"
            for _ in $(seq 50); do [ -d "/proc/$pid" ] || break; sleep 0.2; done
        fi
        rm -f "$file"
    done
}

[ -e "$MARKER" ] || exit 0
stop_servers
with_lock setup pg_stop
