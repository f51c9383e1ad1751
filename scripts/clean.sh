#!/usr/bin/env bash
# make clean: remove everything the project made outside the checkout: databases, environment, downloads.
# shellcheck source=scripts/debian/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/debian/setup.sh"

if [ ! -d "$CC_CACHE" ]; then
    say "Nothing to clean: $CC_CACHE does not exist"
    exit 0
fi
[ -f "$MARKER" ] || die "$CC_CACHE was not made by this project: left alone."
bash "$SCRIPTS/stop.sh"
say "Removing $CC_CACHE"
rm -rf "${CC_CACHE:?}" "${PG_SOCKET:?}"
