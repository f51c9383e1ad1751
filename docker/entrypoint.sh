#!/usr/bin/env bash
# Passwords come from secrets (files), reach Odoo by the environment or a private copy of the
# configuration, and are never on a command line, where every process could read them.
set -euo pipefail

secret() { [ ! -r "/run/secrets/$1" ] || cat "/run/secrets/$1"; }

PASSWORD="${PASSWORD:-$(secret db_password)}"
admin="${ADMIN_PASSWORD:-$(secret admin_password)}"
[ -n "$PASSWORD" ] || {
    echo "No database password: give the secret db_password or the variable PASSWORD." >&2
    exit 1
}

umask 077
conf=/var/lib/odoo/odoo.conf
cp /etc/odoo/odoo.conf "$conf"
{
    echo "db_host = ${HOST:-db}"
    echo "db_port = ${PORT:-5432}"
    echo "db_user = ${USER:-odoo}"
    echo "db_password = $PASSWORD"
    # Without one nobody can use the database manager, which list_db has switched off anyhow.
    [ -z "$admin" ] || echo "admin_passwd = $admin"
} >>"$conf"
export ODOO_RC="$conf"
unset PASSWORD ADMIN_PASSWORD admin

# First start: the database is created with the add-on ("-i"; passed over once installed).
# Later starts: it is brought to the image's version ("-u").
if [ "$*" = odoo ]; then
    odoo -d "$DATABASE" -i credit_collection -u credit_collection --stop-after-init --no-http \
        ${LOAD_LANGUAGE:+--load-language="$LOAD_LANGUAGE"}
    exec odoo -d "$DATABASE" --db-filter="^$DATABASE\$"
fi

# The tests, in a database made anew. Odoo's own runner wants one process, without the server's limits.
if [ "$*" = test ]; then
    odoo db init --force "$DATABASE"
    exec odoo -d "$DATABASE" -i test_credit_collection --test-tags="$TAGS" \
        --workers=0 --max-cron-threads=0 --limit-memory-soft=0 --limit-memory-hard=0
fi
exec "$@"
