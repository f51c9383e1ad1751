# shellcheck shell=bash
# Debian packages the machine lacks, and Odoo 19 itself, which is unpacked and never installed.

# Judged by the tool each package brings, so that one from elsewhere counts too.
missing_packages() {
    local want=()
    [ -n "$(pg_bindir)" ] || want+=(postgresql)
    have wkhtmltopdf || want+=(wkhtmltopdf)
    have chromium || have chromium-browser || have google-chrome || want+=(chromium)
    have pdftotext || want+=(poppler-utils)
    have_cjk_font || want+=(fonts-noto-cjk)
    have_cairo || want+=(libcairo2)
    find_python >/dev/null || want+=(python3 python3-venv)
    echo "${want[*]}"
}

# Draws the QR codes of invoices (rlPyCairo).
have_cairo() { compgen -G '/usr/lib*/*/libcairo.so.2' >/dev/null || compgen -G '/usr/lib*/libcairo.so.2' >/dev/null; }

have_cjk_font() {
    compgen -G '/usr/share/fonts/*/*/NotoSansCJK*' >/dev/null ||
        { have fc-list && fc-list :lang=zh family 2>/dev/null | grep -q .; }
}

# Some image or a person's own PostgreSQL may be there already; only its programs are used.
pg_bindir() {
    local dir
    for dir in "${CC_PG_BINDIR:-}" $(compgen -G '/usr/lib/postgresql/*/bin' | sort -Vr) \
        "$(have pg_config && pg_config --bindir)"; do
        if [ -n "$dir" ] && [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
            echo "$dir"
            return
        fi
    done
}

# Prefer the system's Python: a pyenv one may vanish or lack modules.
find_python() {
    local candidate
    for candidate in ${CC_PYTHON:+"$CC_PYTHON"} /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys, venv, ensurepip, ssl, sqlite3
sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

install_packages() {
    local packages
    packages="$(missing_packages)"
    [ -n "$packages" ] || return 0
    have apt-get || die "Please install with your package manager: $packages"
    say "Installing Debian packages: $packages"
    # A default cluster nobody asked for would start on port 5432: ask Debian not to make it.
    local dropin=/etc/postgresql-common/createcluster.d/credit_collection.conf
    if [[ " $packages " == *" postgresql "* ]] && [ ! -d /etc/postgresql-common ]; then
        as_root mkdir -p "$(dirname "$dropin")"
        echo 'create_main_cluster = false' | as_root tee "$dropin" >/dev/null
    fi
    retry as_root apt-get update -q || die "apt-get update failed: is the package mirror reachable?"
    # shellcheck disable=SC2086 # a list of names
    retry as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages ||
        die "Could not install: $packages. Run the same command again to go on."
}

# The machine's own mirror, whatever it is called.
mirror() {
    local uri
    # shellcheck disable=SC2016 # apt's own placeholders
    uri="$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN)' 'Created-By: Packages' 2>/dev/null |
        awk '$2 == "Debian" && $1 !~ /security/ { print $1; exit }')"
    if [ -z "$uri" ]; then # lists never fetched: read the sources themselves
        uri="$(grep -rhoE '(deb|URIs:) +(\[[^]]*\] +)?[a-z+]+:/[^ ]+' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null |
            grep -v security | grep -oE '[a-z+]+:/[^ ]+' | head -1)"
    fi
    echo "$uri"
}

# apt with lists, sources and cache of its own: the system's state stays as it is.
private_apt() {
    local suite="$1" tool="$2"
    shift 2
    local dir="$CC_CACHE/apt/$suite"
    mkdir -p "$dir/lists/partial" "$dir/archives/partial" "$dir/none"
    printf 'deb %s %s main\n' "$(mirror)" "$suite" >"$dir/sources.list"
    "$tool" -q -o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::Etc::preferencesparts="$dir/none" -o Dir::Etc::preferences=/dev/null \
        -o Dir::State::lists="$dir/lists" -o Dir::Cache="$dir" \
        -o Dir::Cache::archives="$dir/archives" -o APT::Get::List-Cleanup=0 \
        -o Acquire::Languages=none -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false \
        -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=3 "$@"
}

own_suite() {
    # shellcheck source=/dev/null
    (. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
}

fetch_debs() {
    local suite="$1"
    shift
    say "Fetching from Debian ($suite): $*"
    retry private_apt "$suite" apt-get update ||
        die "Could not read Debian's package list ($suite). Run the same command again to retry."
    (cd "$CC_CACHE/debs" && retry private_apt "$suite" apt-get download "$@") ||
        die "Could not fetch $*. Run the same command again to go on."
}

# What Odoo links to: fonts and scripts that Debian keeps in packages of their own.
ODOO_DEBS=(odoo-19 fonts-montserrat)
ASSET_DEBS=(fonts-font-awesome fonts-roboto-unhinted fonts-inconsolata fonts-ocr-b
    fonts-glyphicons-halflings libjs-jquery libjs-jquery-form libjs-underscore)

unpack_odoo() {
    local key="odoo-tree-2"
    if stamp_is odoo "$key" && [ -f "$ODOO_SITE/odoo/release.py" ]; then
        return
    fi
    have dpkg-deb ||
        die "Odoo is taken from Debian's package odoo-19, this machine has no apt: use docker/ instead."
    [ -n "$(mirror)" ] || die "No Debian mirror found in this machine's apt sources."
    mkdir -p "$CC_CACHE/debs"
    compgen -G "$CC_CACHE/debs/odoo-19_*.deb" >/dev/null || fetch_debs sid "${ODOO_DEBS[@]}"
    compgen -G "$CC_CACHE/debs/libjs-underscore_*.deb" >/dev/null || fetch_debs "$(own_suite)" "${ASSET_DEBS[@]}"
    say "Unpacking Odoo"
    local new="$ODOO_TREE.new" deb
    rm -rf "$new"
    mkdir -p "$new"
    for deb in "$CC_CACHE"/debs/*.deb; do
        dpkg-deb -x "$deb" "$new" || {
            rm -f "$deb"
            die "$(basename "$deb") was damaged and is removed. Run the same command again."
        }
    done
    # Debian leaves this script of Discuss out, and browser tests fail on any missing file.
    local selfie="$new/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation"
    mkdir -p "$selfie"
    [ -e "$selfie/selfie_segmentation.js" ] || : >"$selfie/selfie_segmentation.js"
    rm -rf "$ODOO_TREE"
    mv "$new" "$ODOO_TREE"
    rm -rf "$CC_CACHE/apt" # a hundred megabytes of lists, of no more use
    stamp_set odoo "$key"
}
