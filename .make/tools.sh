# Sourced after env.sh: each need_... returns at once if the tool is there, else installs it.

CARGO_LEPTOS=0.3.6
CARGO_DENY=0.20.2
NODE=20
AIOSMTPD=1.4.6
TRUSTME=1.2.1
SCHEMATHESIS=4.32.5
DJANGO=5.2.19
ALLAUTH=65.22.1
DJ_REST_AUTH=7.2.0
SIMPLEJWT=5.5.1
ARGON2_CFFI=25.1.0
BCRYPT=5.0.0
PSYCOPG=3.3.9

# The pinned compiler, its lints and formatter, the WASM target, and a linker.
need_rust() {
    has cargo || die 'Rust is missing. Install it from https://rustup.rs, open a new shell, and run this again.'
    has cc || die 'A C compiler is missing, which Rust links with. Install one ("apt-get install build-essential", "xcode-select --install"), and run this again.'
    rust_is_ready && return
    channel=$(sed -n 's/^channel *= *"\(.*\)"/\1/p' rust-toolchain.toml)
    has rustup || die "This project needs Rust $channel with clippy, rustfmt and the target wasm32-unknown-unknown, and this Rust was not installed by rustup. Install rustup from https://rustup.rs, and run this again."
    say "installing Rust $channel with clippy, rustfmt and the WASM target: the compiler this project is pinned to"
    rustup toolchain install "$channel" --profile minimal --component clippy,rustfmt \
        --target wasm32-unknown-unknown --no-self-update ||
        die "rustup could not install Rust $channel: see above. It needs https://static.rust-lang.org; run this again once that is reachable."
}

# rustup is asked first: calling a missing toolchain's cargo would start a download of its own.
rust_is_ready() {
    if has rustup; then
        rustup toolchain list | grep -q "^$(sed -n 's/^channel *= *"\(.*\)"/\1/p' rust-toolchain.toml)" || return 1
    fi
    [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null)" ] &&
        cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1
}

need_cargo_leptos() {
    case $(cargo leptos --version 2>/dev/null) in
        'cargo-leptos 0.3.'*) return ;;
    esac
    install_tool cargo-leptos "$CARGO_LEPTOS" 'it builds server and WASM together' --locked
}

# wasm-bindgen's CLI refuses every version but the library's own.
need_wasm_bindgen() {
    version=$(awk '$0 == "name = \"wasm-bindgen\"" { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock)
    [ "$(wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $version" ] && return
    install_tool wasm-bindgen-cli "$version" 'it makes the JavaScript beside the WASM'
}

need_cargo_deny() {
    [ "$(cargo deny --version 2>/dev/null)" = "cargo-deny $CARGO_DENY" ] && return
    install_tool cargo-deny "$CARGO_DENY" 'it looks at what the programs are made of' --locked
}

# install_tool NAME VERSION WHY [FLAG OF CARGO INSTALL]: downloads where cargo-binstall can, else
# builds; in a hurry, as these programs need not be fast.
install_tool() {
    say "installing $1 $2: $3"
    if cargo binstall -V >/dev/null 2>&1; then
        cargo binstall --no-confirm --disable-strategies compile --root "$TOOLS" "$1@$2" && return
        say "cargo-binstall could not fetch $1"
    fi
    say "building $1, once; this takes minutes"
    CARGO_TARGET_DIR=$CACHE/tools-build CARGO_PROFILE_RELEASE_LTO=off \
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
        cargo install "$1" --version "$2" --root "$TOOLS" --force ${4:-} ||
        die "cargo could not build $1 $2: see above. If it could not download, run this again once https://crates.io is reachable."
    rm -rf "$CACHE/tools-build"
}

need_node() {
    has node && has npm ||
        die "Node is missing, which the browser tests run on. Install Node $NODE or newer from https://nodejs.org, and run this again."
    node -e "process.exit(process.versions.node.split('.')[0] >= $NODE ? 0 : 1)" ||
        die "Node $(node --version) is too old for the browser tests. Install Node $NODE or newer from https://nodejs.org, and run this again."
}

# A mail server for the tests, in a Python of its own.
need_mail_server() {
    "$TEST_PYTHON" -c 'import aiosmtpd, trustme' 2>/dev/null && return
    say "installing aiosmtpd $AIOSMTPD: the mail server of the tests"
    install_python mail-server "aiosmtpd==$AIOSMTPD" "trustme==$TRUSTME"
}

# Django, whose databases the tests import: the packages of a dj-rest-auth project.
need_django() {
    "$DJANGO_PYTHON" -c "import allauth, argon2, bcrypt, dj_rest_auth, psycopg, rest_framework_simplejwt, django; assert django.__version__ == '$DJANGO'" 2>/dev/null && return
    say "installing Django $DJANGO: the tests import what it has made"
    install_python django "Django==$DJANGO" "django-allauth==$ALLAUTH" "dj-rest-auth==$DJ_REST_AUTH" \
        "djangorestframework-simplejwt==$SIMPLEJWT" "argon2-cffi==$ARGON2_CFFI" "bcrypt==$BCRYPT" \
        "psycopg[binary]==$PSYCOPG"
}

# In a Python of its own, too.
need_schemathesis() {
    [ "$("$TOOLS/schemathesis/bin/st" --version 2>/dev/null)" = "st, version $SCHEMATHESIS" ] && return
    say "installing schemathesis $SCHEMATHESIS: it tries out the API by its description"
    install_python schemathesis "schemathesis==$SCHEMATHESIS"
}

# install_python NAME PACKAGE...: makes $TOOLS/NAME, a Python with these packages.
install_python() {
    name=$1
    shift
    has python3 && python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        die 'Python 3.11 or newer with its module venv is missing, which the tests run tools with. Install it ("apt-get install python3-venv", "brew install python"), and run this again.'
    rm -rf "${TOOLS:?}/$name"
    python3 -m venv "$TOOLS/$name" &&
        "$TOOLS/$name/bin/pip" install --quiet --disable-pip-version-check "$@" ||
        die "pip could not install $*: see above. If it could not download, run this again once https://pypi.org is reachable."
}

# The server's programs, in $POSTGRES; the newest version where there are several.
need_postgres() {
    find_postgres && return
    if [ -f /etc/debian_version ] && [ "$(id -u)" = 0 ]; then
        say 'installing PostgreSQL (apt-get): every storage test runs on both engines'
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null &&
            find_postgres && return
    fi
    die 'PostgreSQL is missing, which the tests run on. Install its server ("apt-get install postgresql", "brew install postgresql"), or set TEST_DATABASE_URL to one that tests may make databases on, and run this again.'
}

find_postgres() {
    for folder in "$(dirname "$(command -v initdb || echo /nowhere/x)")" \
        "$(pg_config --bindir 2>/dev/null || echo /nowhere)" \
        $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin 2>/dev/null | sort -rV); do
        POSTGRES=$folder
        [ -x "$POSTGRES/initdb" ] && [ -x "$POSTGRES/pg_ctl" ] && return
    done
    return 1
}
