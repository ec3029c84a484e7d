//! Where a page is, for the router.

use leptos::prelude::*;
use leptos_router::{NestedRoute, PartialPathMatch, PathSegment, PossibleRouteMatch, SsrMode};

use crate::components::Piece;

/// A page and where it is. All have one type, for which the router's code is compiled once.
#[component(transparent)]
pub fn At(
    /// Its path.
    path: &'static str,
    /// What shows it.
    show: fn() -> Piece,
) -> NestedRoute<Place, (), (), fn() -> Piece> {
    NestedRoute::new(Place(path), show).ssr_mode(SsrMode::Async)
}

/// A whole path, of any number of segments. A slash at the end makes no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub &'static str);

impl PossibleRouteMatch for Place {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let bare = |path: &'a str| path.trim_end_matches('/');
        (bare(path) == bare(self.0)).then(|| PartialPathMatch::new("", Vec::new(), path))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        path.push(PathSegment::Static(self.0.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_at_its_path_and_nowhere_else() {
        let is_at = |place: &'static str, path: &str| Place(place).test(path).is_some();
        for path in ["/account/email", "/account/email/"] {
            assert!(is_at("/account/email", path), "{path}");
        }
        for path in ["/account", "/account/email/x", "/account/emails", "/email", "/", ""] {
            assert!(!is_at("/account/email", path), "{path}");
        }
        assert!(is_at("/", "/") && is_at("/", "") && !is_at("/", "/account"));
    }
}
