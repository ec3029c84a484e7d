//! The rows of `GET /api/data/`: the worked example of a page's own data.

use leptos::prelude::*;

use crate::{
    api::use_api,
    components::{BusyButton, Erase, Piece, in_words, instead, on_reconnected, part},
    wire::{Item, ItemList, paths},
};

/// The data, rendered with the page by the server, and loaded again on demand.
#[component]
pub fn DataPanel() -> Piece {
    let api = use_api();
    let items = Resource::new(
        || (),
        move |()| {
            let api = api.clone();
            async move { api.data().await.map_err(|error| in_words(&error)) }
        },
    );
    let busy = RwSignal::new(false);
    on_reconnected(move || items.refetch());
    let load_again = instead(move || {
        if !busy.get_untracked() {
            items.refetch();
        }
    });
    let answer = part(move || items.get().map(rows_or_words));
    view! {
        <section class="panel across" aria-labelledby="data-title">
            <div class="panel-head">
                <h2 id="data-title">"Your data"</h2>
                // Without a script the whole page is loaded again.
                <form method="get" action=paths::ACCOUNT_PAGE on:submit=load_again>
                    <BusyButton
                        class="button quiet"
                        label="Load again"
                        busy_label="Loading…"
                        busy
                    />
                </form>
            </div>
            <Transition fallback=loading set_pending=busy>
                {answer}
            </Transition>
        </section>
    }
    .erase()
}

fn loading() -> Piece {
    view! { <p class="status">"Loading…"</p> }.erase()
}

/// The rows, or why there are none.
fn rows_or_words(answer: Result<ItemList, String>) -> Piece {
    match answer {
        Ok(list) => rows(list.items),
        Err(words) => view! { <p class="alert" role="alert">{words}</p> }.erase(),
    }
}

fn rows(items: Vec<Item>) -> Piece {
    let count = match items.len() {
        0 => "Nothing here yet.".to_owned(),
        1 => "1 item.".to_owned(),
        n => format!("{n} items."),
    };
    let rows = items.into_iter().map(|item| {
        view! {
            <li>
                <span class="item-id">{item.id.to_string()}</span>
                " "
                <span>{item.name}</span>
            </li>
        }
    });
    view! {
        <ul class="items">{rows.collect_view()}</ul>
        <p class="status" role="status">{count}</p>
    }
    .erase()
}
