//! The pages' files, wherever the binary is started from.

use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

use leptos::config::{Env, LeptosOptions};

use crate::config::Config;

const NAME: &str = "latchkey";
const PACKAGE: &str = "pkg";
const HASHES: &str = "hash.txt";

/// The files are not where they have to be.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// No folder.
    #[error(
        "the pages' files are missing: there is no folder `site` beside {0} or one above it. Build \
         them with `cargo leptos build --release`."
    )]
    NoFolder(PathBuf),
    /// No WASM.
    #[error(
        "{0} is missing, so no page would come alive. Build it with `cargo leptos build --release`."
    )]
    NoWasm(PathBuf),
}

/// Where the files are, and how pages link them.
#[derive(Clone, Debug)]
pub struct Site {
    /// For Leptos.
    pub options: LeptosOptions,
    watch: bool,
}

impl Site {
    /// The development server's reload socket.
    pub fn reload_socket(&self) -> Option<String> {
        self.watch
            .then(|| format!("ws://127.0.0.1:{0} ws://localhost:{0}", self.options.reload_port))
    }
}

/// Finds the files: where cargo-leptos says, else beside the executable.
///
/// # Errors
/// [`SiteError`].
pub fn find(config: &Config) -> Result<Site, SiteError> {
    let program = std::env::current_exe().unwrap_or_default();
    let folder = program.parent().unwrap_or(Path::new("."));
    let root = match &config.leptos.site_root {
        Some(root) => root.clone(),
        None => [folder.join("site"), folder.join("../site")]
            .into_iter()
            .find(|root| root.join(PACKAGE).is_dir())
            .ok_or_else(|| SiteError::NoFolder(folder.to_owned()))?,
    };
    let hashes = std::fs::read_to_string(folder.join(HASHES)).unwrap_or_default();
    let package = root.join(PACKAGE);
    let (named, plain) = (package.join(wasm_name(&hashes)), package.join(wasm_name("")));
    // A target folder may hold both, from builds with and without hashes: the last build counts.
    let hash_files = !hashes.is_empty() && modified(&named) >= modified(&plain);
    let wasm = if hash_files { named } else { plain };
    if !wasm.is_file() {
        return Err(SiteError::NoWasm(wasm));
    }
    let options = LeptosOptions::builder()
        .output_name(NAME)
        .site_root(root.to_string_lossy().into_owned())
        .site_pkg_dir(PACKAGE)
        .site_addr(config.listen)
        .reload_port(u32::from(config.leptos.reload_port))
        .hash_files(hash_files)
        .env(if config.leptos.watch { Env::DEV } else { Env::PROD })
        .build();
    Ok(Site { options, watch: config.leptos.watch })
}

fn modified(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|metadata| metadata.modified()).ok()
}

/// The name that pages link, by the lines `wasm: HASH` of the hash file.
fn wasm_name(hashes: &str) -> String {
    let hash = hashes
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(file, _)| file.trim() == "wasm")
        .map(|(_, hash)| hash.trim());
    hash.map_or_else(|| format!("{NAME}.wasm"), |hash| format!("{NAME}.{hash}.wasm"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_file_names_the_wasm() {
        assert_eq!(wasm_name("js: abc\nwasm: d-_e\ncss: f\n"), "latchkey.d-_e.wasm");
        assert_eq!(wasm_name(""), "latchkey.wasm");
    }
}
