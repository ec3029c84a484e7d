//! Type erasure, for the size of the WASM.
//!
//! Leptos compiles the code of a view once for every type it is made of, and for every type that it
//! erases [`AnyView`] keeps code to rebuild it in place and to hydrate it asynchronously: a fifth of
//! the program. In the browser pages and components are erased to a leaner type instead. The HTML
//! is the same.

#[cfg(feature = "hydrate")]
mod browser;

use std::sync::{Arc, Mutex};

use leptos::{prelude::*, tachys::reactive_graph::SharedReactiveFunction};

/// A piece of a page, whatever it is made of.
#[cfg(feature = "hydrate")]
pub use self::browser::Piece;
/// A piece of a page, whatever it is made of.
#[cfg(not(feature = "hydrate"))]
pub type Piece = AnyView;

/// Erases the type of a view: of a page, a component, or one of several alternatives.
pub trait Erase {
    /// The view as a piece of any page.
    fn erase(self) -> Piece;
}

impl<V: RenderHtml + 'static> Erase for V {
    fn erase(self) -> Piece {
        #[cfg(feature = "hydrate")]
        return Piece::new(self);
        #[cfg(not(feature = "hydrate"))]
        self.into_any()
    }
}

/// A part of a view that changes, comes and goes.
pub fn part(
    view: impl FnMut() -> Option<Piece> + Send + 'static,
) -> SharedReactiveFunction<Option<Piece>> {
    Arc::new(Mutex::new(view))
}

/// An effect. It is told whether it has run before.
pub fn effect(run: impl FnMut(Option<()>) + 'static) {
    let run: Box<dyn FnMut(Option<()>)> = Box::new(run);
    Effect::new(run);
}
