#!/usr/bin/env bash
# make i18n: write i18n/*.pot anew and merge it into the translations, which stay.
# shellcheck source=scripts/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=scripts/databases.sh
. "$SCRIPTS/databases.sh"
# shellcheck source=scripts/i18n.sh
. "$SCRIPTS/i18n.sh"
setup
project_env
cd "$ROOT"
update_i18n
