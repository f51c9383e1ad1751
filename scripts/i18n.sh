#!/usr/bin/env bash
# make i18n: write i18n/*.pot anew and merge it into the translations, which stay.
# shellcheck source=scripts/debian/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/debian/setup.sh"
# shellcheck source=scripts/debian/databases.sh
. "$DEBIAN/databases.sh"
# shellcheck source=scripts/debian/i18n.sh
. "$DEBIAN/i18n.sh"
setup
project_env
cd "$ROOT"
update_i18n
