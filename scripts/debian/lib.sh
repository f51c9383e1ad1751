# shellcheck shell=bash
# Paths, names and small helpers shared by every script of the project. Sourced, never run.
# Every CC_* variable may be set from outside; the defaults are here and nowhere else.

# Names set here are used by the scripts that source this file.
# shellcheck disable=SC2034

set -euo pipefail
shopt -s inherit_errexit # $(…) stops at an error too

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"
SCRIPTS="$ROOT/scripts"

default_cache() {
    # PostgreSQL refuses to run as root, and the account it runs as cannot enter /root.
    if [ "$(id -u)" -eq 0 ]; then
        echo /var/cache/credit_collection
    else
        echo "${XDG_CACHE_HOME:-$HOME/.cache}/credit_collection"
    fi
}

: "${CC_CACHE:=$(default_cache)}"
: "${CC_PG_PORT:=5469}"
: "${CC_PG_USER:=credit}"
: "${CC_HTTP_PORT:=8069}"
: "${CC_GEVENT_PORT:=$((CC_HTTP_PORT + 3))}"
: "${CC_DB:=credit_demo}"
: "${CC_TEST_DB:=credit_test}"
case "$CC_CACHE" in /*) ;; *) CC_CACHE="$PWD/$CC_CACHE" ;; esac

MARKER="$CC_CACHE/.credit_collection-cache"
STAMPS="$CC_CACHE/stamps"
RUN_DIR="$CC_CACHE/run"
ODOO_TREE="$CC_CACHE/odoo"
ODOO_SITE="$ODOO_TREE/usr/lib/python3/dist-packages"
VENV="$CC_CACHE/venv"
DATA_DIR="$CC_CACHE/data"
PG_DIR="$CC_CACHE/pg"
PG_DATA="$PG_DIR/data"
# One checkout, one configuration: several checkouts may share a cache.
CHECKOUT_ID="$(basename "$ROOT")-$(printf %s "$ROOT" | sha256sum | cut -c1-8)"
ODOO_CONF="$CC_CACHE/conf/$CHECKOUT_ID.conf"

# A Unix socket's path must stay below 107 bytes, whatever the cache is called.
PG_SOCKET="$PG_DIR/run"
if [ "${#PG_SOCKET}" -gt 85 ]; then
    PG_SOCKET="/tmp/cc-pg-$(id -u)-$(printf %s "$CC_CACHE" | sha256sum | cut -c1-12)"
fi

export CC_CACHE CC_PG_PORT CC_PG_USER CC_HTTP_PORT CC_GEVENT_PORT CC_DB CC_TEST_DB

say() { printf '\033[1m>>\033[0m %s\n' "$*" >&2; }
die() {
    printf '\033[1;31m!!\033[0m %s\n' "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# As root: run the command. As a user: through sudo, which may ask for a password.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        die "This step needs root and sudo is missing: $*"
    fi
}

make_cache() {
    if [ ! -e "$MARKER" ]; then
        # 'make clean' removes the whole folder: it must be ours from the start.
        if [ -d "$CC_CACHE" ] && [ -n "$(ls -A "$CC_CACHE")" ]; then
            die "CC_CACHE=$CC_CACHE has other things in it: name a new or an empty folder."
        fi
        mkdir -p "$CC_CACHE"
        echo "Made by credit_collection; 'make clean' may remove this folder." >"$MARKER"
    fi
    mkdir -p "$STAMPS" "$RUN_DIR" "$DATA_DIR" "$CC_CACHE/conf"
}

# with_lock NAME COMMAND…: one at a time over all processes that share the cache.
# Children that outlive us (the database server) must close fd 9, else they keep the lock.
with_lock() {
    local name="$1"
    shift
    (
        if ! flock -n 9; then
            say "Waiting for another run that holds the lock '$name' …"
            flock 9
        fi
        "$@"
    ) 9>"$RUN_DIR/$name.lock"
}

hash_of() { sha256sum "$@" | cut -d' ' -f1 | sha256sum | cut -c1-16; }

stamp_is() { [ -f "$STAMPS/$1" ] && [ "$(<"$STAMPS/$1")" = "$2" ]; }
stamp_set() { printf %s "$2" >"$STAMPS/$1"; }

# Retry what crosses the network, with a pause that grows.
retry() {
    local try
    for try in 1 2 3; do
        "$@" && return 0
        [ "$try" -eq 3 ] || {
            say "Failed, trying again in $((try * 5)) s: $*"
            sleep $((try * 5))
        }
    done
    return 1
}
