# Sourced after tools.sh: the release build that is tested and measured.

# Its files lie beside the binary, where a "make run" that goes on meanwhile does not write.
build_release() {
    say 'release build'
    LEPTOS_SITE_ROOT=CARGO_TARGET_DIR/release/site LEPTOS_HASH_FILES=true cargo leptos build --release
}
