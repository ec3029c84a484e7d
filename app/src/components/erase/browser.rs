//! The lean piece of a page: it can be built and hydrated, and that is all.

use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    prelude::*,
    tachys::{
        hydration::Cursor,
        renderer::types::{Element, Node},
        view::{Position, PositionState},
    },
};

/// A piece of a page, whatever it is made of.
pub struct Piece(Box<dyn Shape>);

impl Piece {
    /// Erases the type of a view.
    pub fn new<V: RenderHtml + 'static>(view: V) -> Self {
        const { assert!(V::EXISTS, "the HTML of a piece must have a node to hydrate") };
        Self(Box::new(view))
    }
}

/// What remains of a view once its type is forgotten.
trait Shape: Send {
    fn build(self: Box<Self>) -> Built;
    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Built;
}

impl<V: RenderHtml + 'static> Shape for V {
    fn build(self: Box<Self>) -> Built {
        Built(Box::new(Render::build(*self)))
    }

    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Built {
        Built(Box::new(RenderHtml::hydrate::<true>(*self, cursor, position)))
    }
}

/// A piece in the document.
pub struct Built(Box<dyn Placed>);

/// What a piece in the document is asked for.
trait Placed {
    fn place(&mut self, parent: &Element, marker: Option<&Node>);
    fn place_before(&self, child: &mut dyn Mountable) -> bool;
    fn remove(&mut self);
}

impl<M: Mountable> Placed for M {
    fn place(&mut self, parent: &Element, marker: Option<&Node>) {
        self.mount(parent, marker);
    }

    fn place_before(&self, child: &mut dyn Mountable) -> bool {
        self.insert_before_this(child)
    }

    fn remove(&mut self) {
        self.unmount();
    }
}

impl Mountable for Built {
    fn unmount(&mut self) {
        self.0.remove();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.place(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.place_before(child)
    }

    /// Only whoever adds attributes from outside asks for these, and a piece takes none.
    fn elements(&self) -> Vec<Element> {
        Vec::new()
    }
}

impl Render for Piece {
    type State = Built;

    fn build(self) -> Built {
        self.0.build()
    }

    /// Takes the place of the former piece, which may have been made of something else.
    fn rebuild(self, state: &mut Built) {
        let mut new = self.0.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl AddAnyAttr for Piece {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, _: A) -> Self {
        self
    }
}

impl RenderHtml for Piece {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    /// HTML is written by the server, where a piece is an `AnyView`.
    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Built {
        self.0.hydrate(cursor, position)
    }

    fn into_owned(self) -> Self {
        self
    }
}
