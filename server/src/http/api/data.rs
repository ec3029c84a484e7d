//! `GET /api/data/`: the worked example of a protected route.

use app::wire::{Item, ItemList};
use axum::Json;

use crate::http::CurrentUser;

/// Answers with two rows. What makes the route protected is the `CurrentUser` it takes.
pub async fn get(CurrentUser(_): CurrentUser) -> Json<ItemList> {
    let item = |id, name: &str| Item { id, name: name.to_owned() };
    Json(ItemList { items: vec![item(1, "first"), item(2, "second")] })
}
