//! `GET /api/data/`: the worked example of a protected route. What makes it one is the `CurrentUser`
//! that its handler takes.

use app::wire::{Item, ItemList, paths};
use axum::Json;

use crate::http::CurrentUser;

/// Answers with two rows.
#[utoipa::path(
    get,
    path = paths::DATA,
    operation_id = "data",
    tag = "example",
    responses((status = OK, description = "The rows.", body = ItemList)),
)]
pub async fn get(CurrentUser(_): CurrentUser) -> Json<ItemList> {
    let item = |id, name: &str| Item { id, name: name.to_owned() };
    Json(ItemList { items: vec![item(1, "first"), item(2, "second")] })
}
