//! The files that pages link: WASM, JavaScript, style sheet, icons.

use std::path::Path;

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, Uri, header},
    middleware::{Next, map_response},
    response::Response,
};
use leptos::config::LeptosOptions;
use tower_http::services::ServeDir;

use crate::http::AppState;

/// The longest name that file systems know, in bytes.
const LONGEST_NAME: usize = 255;

/// No file and no page has so long a name. To look for one would be an error of the file system's.
pub async fn shorten(mut request: Request, next: Next) -> Response {
    if request.uri().path().split('/').any(|name| name.len() > LONGEST_NAME) {
        *request.uri_mut() = Uri::from_static("/-");
    }
    next.run(request).await
}

/// The icons and whatever else lies at the top of the site.
pub fn site(options: &LeptosOptions) -> ServeDir {
    ServeDir::new(&*options.site_root)
        .append_index_html_on_directories(false)
        .call_fallback_on_method_not_allowed(true)
}

/// The WASM, its JavaScript and the style sheet. With a hash in its name a file never changes; a
/// missing one may appear, so only what was found is kept.
pub fn package(state: &AppState) -> Router<AppState> {
    let options = &state.leptos;
    let caching =
        if state.web.hashed_files { "public, max-age=31536000, immutable" } else { "no-cache" };
    let folder = Path::new(&*options.site_root).join(&*options.site_pkg_dir);
    let files = ServeDir::new(folder)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip();
    let keep = move |mut response: Response| async move {
        // Whoever holds a file and asks again goes on holding it.
        if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        }
        response
    };
    Router::new()
        .nest_service(&format!("/{}", options.site_pkg_dir), files)
        .layer(map_response(keep))
}
