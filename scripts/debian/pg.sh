# shellcheck shell=bash
# A private PostgreSQL cluster in the cache: own socket, no TCP, nothing shared with other databases.

# The server cannot run as root; root lends it an account that owns the cluster.
pg_account() {
    if [ "$(id -u)" -ne 0 ]; then
        id -un
    elif [ -n "${CC_PG_ACCOUNT:-}" ]; then
        echo "$CC_PG_ACCOUNT"
    elif getent passwd postgres >/dev/null; then
        echo postgres
    else
        echo nobody
    fi
}

as_pg() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && setpriv --reuid="$(pg_account)" --regid="$(id -g "$(pg_account)")" --clear-groups \
            env HOME=/tmp "$@")
    else
        (cd / && "$@")
    fi
}

pg_running() {
    [ -S "$PG_SOCKET/.s.PGSQL.$CC_PG_PORT" ] &&
        "$(pg_bindir)/pg_isready" -q -h "$PG_SOCKET" -p "$CC_PG_PORT"
}

pg_init() {
    [ ! -s "$PG_DATA/PG_VERSION" ] || return 0
    say "Making a PostgreSQL cluster in $PG_DIR"
    mkdir -p "$PG_DIR"
    [ "$(id -u)" -ne 0 ] || chown "$(pg_account)" "$PG_DIR"
    as_pg test -w "$PG_DIR" ||
        die "The account '$(pg_account)' cannot reach $PG_DIR: set CC_CACHE to a folder that all may enter."
    rm -rf "$PG_DATA"
    # Trust stands for "who may enter the socket's folder", and that is its owner and root.
    as_pg "$(pg_bindir)/initdb" -D "$PG_DATA.new" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null ||
        die "initdb failed"
    as_pg tee "$PG_DATA.new/conf.d.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 512MB
work_mem = 16MB
maintenance_work_mem = 256MB
effective_cache_size = 4GB
random_page_cost = 1.1
max_wal_size = 4GB
checkpoint_timeout = 15min
jit = off
log_min_duration_statement = -1
# Safe only because this cluster is for development and tests and may be thrown away:
# after a power cut it may be damaged, and 'make clean' makes a new one.
fsync = off
synchronous_commit = off
full_page_writes = off
CONF
    as_pg sh -c "echo \"include 'conf.d.conf'\" >>'$PG_DATA.new/postgresql.conf'"
    mv "$PG_DATA.new" "$PG_DATA"
}

pg_start() {
    ! pg_running || return 0
    mkdir -p "$PG_SOCKET"
    [ "$(id -u)" -ne 0 ] || chown "$(pg_account)" "$PG_SOCKET"
    chmod 0700 "$PG_SOCKET"
    say "Starting PostgreSQL (socket $PG_SOCKET, port $CC_PG_PORT)"
    # fd 9 is the set-up's lock, which the server would keep for its whole life.
    # glibc gives a process' memory back after each statement until it has once held more than 128 KB in one
    # piece, as each at work has: until then a long statement takes half as long again.
    as_pg env MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=268435456 \
        "$(pg_bindir)/pg_ctl" -D "$PG_DATA" -l "$PG_DIR/postgresql.log" -w -t 60 \
        -o "-k '$PG_SOCKET' -p $CC_PG_PORT" start >/dev/null 9>&- </dev/null ||
        die "PostgreSQL did not start: see $PG_DIR/postgresql.log"
    # Odoo refuses the superuser "postgres"; its own role may create databases and nothing more.
    local exists
    exists="$(pg_super -d postgres -Atc "SELECT 1 FROM pg_roles WHERE rolname = '$CC_PG_USER'")"
    [ -n "$exists" ] || pg_super -d postgres -qc "CREATE ROLE \"$CC_PG_USER\" LOGIN CREATEDB"
}

pg_super() { "$(pg_bindir)/psql" -X -v ON_ERROR_STOP=1 -h "$PG_SOCKET" -p "$CC_PG_PORT" -U postgres "$@"; }
pg_user() { "$(pg_bindir)/psql" -X -v ON_ERROR_STOP=1 -h "$PG_SOCKET" -p "$CC_PG_PORT" -U "$CC_PG_USER" "$@"; }

pg_stop() {
    [ -f "$PG_DATA/postmaster.pid" ] || return 0
    say "Stopping PostgreSQL"
    as_pg "$(pg_bindir)/pg_ctl" -D "$PG_DATA" -m fast -w stop >/dev/null || true
}

db_exists() { [ "$(pg_user -d postgres -Atc "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]; }
