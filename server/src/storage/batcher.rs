//! Calls that come while others are under way are answered together: one statement reads for all
//! of them, one commit makes the changes of all of them durable. A lone call waits for nobody.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use tokio::sync::{Semaphore, mpsc, oneshot};

use super::StoreError;

/// The most calls that are answered together.
const MOST: usize = 1024;

/// A call's input, and where its answer goes.
type Call<I, O> = (I, oneshot::Sender<Result<O, StoreError>>);

/// Gathers calls.
pub(super) struct Batcher<I, O> {
    calls: mpsc::Sender<Call<I, O>>,
}

impl<I: Send + 'static, O: Send + 'static> Batcher<I, O> {
    /// `run` answers all of its inputs, in their order. Up to `lanes` runs go on at once, so that
    /// a connection that does not answer holds up those alone that wait for it.
    pub(super) fn new<F>(lanes: usize, run: impl Fn(Vec<I>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Vec<O>, StoreError>> + Send + 'static,
    {
        let (calls, waiting) = mpsc::channel(MOST);
        tokio::spawn(gather(waiting, lanes, run));
        Self { calls }
    }

    /// Hands in a call and waits for its answer. Whoever stops waiting does not stop the call.
    pub(super) async fn call(&self, input: I) -> Result<O, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.calls.send((input, answer)).await.map_err(|_| sqlx::Error::WorkerCrashed)?;
        answered.await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }
}

/// Ends with the last [`Batcher`].
async fn gather<I: Send + 'static, O: Send + 'static, F>(
    mut waiting: mpsc::Receiver<Call<I, O>>,
    lanes: usize,
    run: impl Fn(Vec<I>) -> F + Send + Sync + 'static,
) where
    F: Future<Output = Result<Vec<O>, StoreError>> + Send + 'static,
{
    let lanes = Arc::new(Semaphore::new(lanes));
    let mut calls = Vec::with_capacity(MOST);
    while let Ok(lane) = Arc::clone(&lanes).acquire_owned().await
        && waiting.recv_many(&mut calls, MOST).await > 0
    {
        let (inputs, callers): (Vec<_>, Vec<_>) = calls.drain(..).unzip();
        let answers = run(inputs);
        tokio::spawn(async move {
            match answers.await {
                Ok(answers) => {
                    for (caller, answer) in callers.into_iter().zip(answers) {
                        // Whoever does not wait any more needs no answer.
                        let _ = caller.send(Ok(answer));
                    }
                }
                Err(error) => {
                    for caller in callers {
                        let _ = caller.send(Err(error.clone()));
                    }
                }
            }
            drop(lane);
        });
    }
}

/// The answer for each key: what was found for it, if anything.
pub(super) fn in_order<K: Hash + Eq, V: Clone>(
    keys: &[K],
    found: impl Iterator<Item = (K, V)>,
) -> Vec<Option<V>> {
    let found: HashMap<K, V> = found.collect();
    keys.iter().map(|key| found.get(key).cloned()).collect()
}
