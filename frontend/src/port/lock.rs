//! The lock that tabs share, by the Web Locks API.
//!
//! `web-sys` has it among its unstable APIs only, which a build has to ask for by a flag of the
//! compiler: what is needed of it is declared here.

use app::session::Guard;
use futures::channel::oneshot;
use js_sys::{Function, Object, Promise, Reflect};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};

const NAME: &str = "latchkey-cookies";
/// Who waits for longer goes on without it: the server is the arbiter.
const PATIENCE_MS: u32 = 3_000;

#[wasm_bindgen]
extern "C" {
    /// `navigator.locks`.
    #[wasm_bindgen(js_name = LockManager)]
    type Locks;

    #[wasm_bindgen(method, catch)]
    fn request(
        this: &Locks,
        name: &str,
        options: &Object,
        callback: &Function,
    ) -> Result<Promise, JsValue>;

    /// Of `web-sys` it takes for granted that every browser has it.
    #[wasm_bindgen(catch, js_namespace = AbortSignal, js_name = timeout)]
    fn timeout(milliseconds: u32) -> Result<JsValue, JsValue>;
}

/// Waits for the lock. Without the API, or after [`PATIENCE_MS`], it is nobody's.
pub async fn acquire() -> Guard {
    match try_acquire().await {
        Some(release) => Box::new(SendWrapper::new(release)),
        None => Box::new(()),
    }
}

/// The lock is held until what comes back is dropped.
async fn try_acquire() -> Option<oneshot::Sender<()>> {
    let locks = locks()?;
    let options = Object::new();
    Reflect::set(&options, &"signal".into(), &timeout(PATIENCE_MS).ok()?).ok()?;

    let (release, released) = oneshot::channel::<()>();
    let (grant, granted) = oneshot::channel::<()>();
    let callback = Closure::once(move |_: JsValue| {
        // Who has stopped waiting has dropped `release`, too: the lock is free at once.
        _ = grant.send(());
        future_to_promise(async move {
            _ = released.await;
            Ok(JsValue::UNDEFINED)
        })
    });
    let held = locks.request(NAME, &options, callback.as_ref().unchecked_ref()).ok()?;
    spawn_local(async move {
        // Ends with the lock, or with the error of a wait that was too long; then `grant` goes with
        // the callback.
        _ = JsFuture::from(held).await;
        drop(callback);
    });
    granted.await.ok().map(|()| release)
}

fn locks() -> Option<Locks> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    (!locks.is_falsy()).then(|| locks.unchecked_into())
}
