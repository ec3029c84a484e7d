//! What an import makes of what it finds, there and here.

mod people;
mod program;

use crate::support::{
    Browser, Engine, TestApp,
    import::{RULES, UserTable, import},
};

/// Each scenario as a test on each engine, from which and to which it goes.
macro_rules! on_both_engines {
    ($($scenario:ident,)*) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $scenario() {
                    super::$scenario(crate::support::Engine::Sqlite).await;
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $scenario() {
                    super::$scenario(crate::support::Engine::Postgres).await;
                }
            )*
        }
    };
}
use on_both_engines;
