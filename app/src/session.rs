//! The session as the browser lives it: who is signed in, and when to refresh.
//!
//! [`machine`] and [`schedule`] decide and know nothing of browsers; [`driver`] carries their
//! decisions out over a [`BrowserPort`] and a [`SessionApi`]; [`context`] shows the result to the
//! pages. On the server only [`context`] is used: the state of the request, unchanging.

pub mod context;
pub mod driver;
pub mod elapsed;
pub mod hint;
pub mod machine;
pub mod port;
pub mod schedule;
#[cfg(test)]
pub(crate) mod testing;
pub mod view;

pub(crate) use context::set_if_new;
pub use context::{SessionContext, provide_session, use_session};
pub use driver::{Change, Driver};
pub use elapsed::{Elapsed, Stopwatch};
pub use hint::{Fresh, Hint};
pub use machine::{Outcome, Ticket};
pub use port::{Answer, BrowserPort, Guard, Renewal, SessionApi, Task, Wake};
pub use schedule::Access;
pub use view::SessionView;
