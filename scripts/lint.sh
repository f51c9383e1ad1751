#!/usr/bin/env bash
# make lint: every check runs, then the result tells how many failed.
# shellcheck source=scripts/debian/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/debian/setup.sh"
# shellcheck source=scripts/debian/databases.sh
. "$DEBIAN/databases.sh"
# shellcheck source=scripts/debian/i18n.sh
. "$DEBIAN/i18n.sh"

failed=()

# check NAME COMMAND…: one line when all is well, all that was said when not.
check() {
    local name="$1" output status last
    shift
    # Not "|| status=$?": behind that, a function would go on after an error.
    set +e
    output="$(set -e; "$@" 2>&1)"
    status=$?
    set -e
    if [ "$status" -eq 0 ]; then
        last="$(tail -n1 <<<"$output")"
        printf '  ok    %s\n' "$name${last:+: $last}"
        grep '(warning)' <<<"$output" | sed 's/^/        /' || true
    else
        printf '  FAIL  %s\n%s\n' "$name" "$output"
        failed+=("$name")
    fi
}

shell_scripts() {
    git ls-files --cached --others --exclude-standard |
        while read -r file; do
            if [ -f "$file" ] && head -n1 "$file" | grep -qE '^#!.*\b(bash|sh)\b|^# shellcheck shell='; then
                echo "$file"
            fi
        done
}

lint_shell() { shell_scripts | xargs -r shellcheck -x; }

# Every line of the work tree: what it has more than an empty one.
lint_whitespace() { git diff --check "$(git hash-object -t tree /dev/null)"; }

# Ours and those of the tests.
all_addons() {
    local manifest
    for manifest in */__manifest__.py tests/*/__manifest__.py; do
        [ ! -f "$manifest" ] || dirname "$manifest"
    done
}

lint_oca() { all_addons | xargs -r oca-checks-odoo-module; }

lint_pylint() {
    local addons
    mapfile -t addons < <(all_addons)
    [ ${#addons[@]} -gt 0 ] || return 0
    # Seconds to read the whole add-on; the same code gives the same answer.
    local key
    key="pylint-$({ pylint --version; cat .pylintrc; find "${addons[@]}" -type f ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum; } | sha256sum | cut -c1-16)"
    stamp_is "pylint-$CHECKOUT_ID" "$key" || {
        pylint --rcfile=.pylintrc "${addons[@]}" || return 1
        stamp_set "pylint-$CHECKOUT_ID" "$key"
    }
}

lint_compose() {
    local file=docker/docker-compose.yml
    check-jsonschema --quiet --builtin-schema vendor.compose-spec "$file"
    # Only the plugin resolves variables and references; where it is, it has the last word.
    if docker compose version >/dev/null 2>&1; then
        POSTGRES_PASSWORD=lint docker compose -f "$file" config -q
        echo "schema and docker compose config"
    else
        echo "compose-spec schema (no docker compose on this machine)"
    fi
}

main() {
    setup
    project_env
    cd "$ROOT"
    local addons tests=()
    mapfile -t addons < <(shipped_addons)
    [ ! -d tests ] || tests=(tests)
    say "Lint"
    check ruff ruff check .
    check format ruff format --check .
    check whitespace lint_whitespace
    check shell lint_shell
    check dockerfile hadolint --config docker/hadolint.yaml docker/Dockerfile
    check compose lint_compose
    if [ ${#addons[@]} -gt 0 ]; then
        check rules "$VENV/bin/python" scripts/lint_rules.py "${addons[@]}"
        check xml "$VENV/bin/python" scripts/lint_xml.py "${addons[@]}" "${tests[@]}"
        check oca-checks-odoo-module lint_oca
        check pylint-odoo lint_pylint
        check translations check_i18n
        check words "$VENV/bin/python" scripts/lint_words.py "${addons[@]}"
    fi
    [ ${#failed[@]} -eq 0 ] || die "Lint failed: ${failed[*]}"
    say "Lint passed"
}

main "$@"
