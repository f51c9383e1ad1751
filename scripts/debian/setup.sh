# shellcheck shell=bash
# setup: everything the project's commands stand on, made once and checked quickly afterwards.

DEBIAN="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
# shellcheck source=scripts/debian/lib.sh
. "$DEBIAN/lib.sh"
# shellcheck source=scripts/debian/apt.sh
. "$DEBIAN/apt.sh"
# shellcheck source=scripts/debian/venv.sh
. "$DEBIAN/venv.sh"
# shellcheck source=scripts/debian/pg.sh
. "$DEBIAN/pg.sh"

write_conf() {
    local new
    new="$(mktemp "$ODOO_CONF.XXXXXX")"
    cat >"$new" <<CONF
[options]
addons_path = $ROOT,$ROOT/tests,$ODOO_SITE/odoo/addons
data_dir = $DATA_DIR
db_host = $PG_SOCKET
db_port = $CC_PG_PORT
db_user = $CC_PG_USER
db_maxconn = 64
http_interface = 127.0.0.1
http_port = $CC_HTTP_PORT
gevent_port = $CC_GEVENT_PORT
list_db = True
admin_passwd = admin
max_cron_threads = ${CC_CRON_THREADS:-0}
with_demo = False
CONF
    # Replaced only when it differs, in one step: others may be reading it.
    if cmp -s "$new" "$ODOO_CONF"; then rm -f "$new"; else mv "$new" "$ODOO_CONF"; fi
}

setup_steps() {
    install_packages
    unpack_odoo
    make_venv
    pg_init
    pg_start
    stamp_set ready "$1"
}

setup() {
    have flock || die "flock is missing (Debian package util-linux)."
    make_cache
    local key
    key="$(hash_of "$ROOT/requirements-lock.txt" "$DEBIAN"/{setup,lib,apt,venv,pg}.sh)"
    if ! stamp_is ready "$key" || ! pg_running; then
        with_lock setup setup_steps "$key"
    fi
    write_conf
}

# What every program of ours is started with. ODOO_RC rather than "-c": it works for all of
# Odoo's sub-commands, which take "-c" at different places or not at all.
project_env() {
    unset PGDATABASE PGSERVICE PGPASSWORD OPENERP_SERVER
    export PGHOST="$PG_SOCKET" PGPORT="$CC_PG_PORT" PGUSER="$CC_PG_USER"
    export ODOO_RC="$ODOO_CONF" QT_QPA_PLATFORM=offscreen
    export CC_ROOT="$ROOT" CC_ODOO_BIN="$ROOT/bin/odoo" CC_PYTHON_BIN="$VENV/bin/python"
    PATH="$VENV/bin:$(pg_bindir):$PATH"
    export PATH
}
