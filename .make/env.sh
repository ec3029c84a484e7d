# Sourced by the commands beside it, from the repository's root: where things live, how to speak.
# POSIX sh, for Linux and macOS.

CACHE=${LATCHKEY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/latchkey}
TOOLS=$CACHE/tools
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$CACHE/target}
# cargo-leptos takes wasm-bindgen and wasm-opt from PATH. Ours go first: both must fit exactly.
# Rust is found where rustup puts it even if the shell does not know yet.
PATH=$TOOLS/bin:$PWD/end2end/node_modules/.bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
# A Python that has the mail server of the tests.
TEST_PYTHON=${TEST_PYTHON:-$TOOLS/mail-server/bin/python}
# A Python that has Django and what goes with it.
DJANGO_PYTHON=${DJANGO_PYTHON:-$TOOLS/django/bin/python}
export CARGO_TARGET_DIR PATH TEST_PYTHON DJANGO_PYTHON

# One line about what happens now.
say() {
    printf '==> %s\n' "$*"
}

# The sentence that tells what to do.
die() {
    printf 'make: %s\n' "$*" >&2
    exit 1
}

has() {
    command -v "$1" >/dev/null 2>&1
}
