//! Calls that come while others are under way are answered together: one statement reads for all
//! of them, one commit makes the changes of all of them durable. A lone call waits for nobody.

use std::{collections::HashMap, hash::Hash, pin::pin, sync::Arc, time::Duration};

use tokio::{
    sync::{Semaphore, mpsc, oneshot},
    time::timeout,
};

use super::StoreError;

/// The most calls that are answered together.
const MOST: usize = 1024;
/// A run that takes longer gives its lane to the next.
const PATIENCE: Duration = Duration::from_millis(250);

/// A call's input, and where its answer goes.
type Call<I, O> = (I, oneshot::Sender<Result<O, StoreError>>);

/// Gathers calls.
pub(super) struct Batcher<I, O> {
    calls: mpsc::Sender<Call<I, O>>,
}

impl<I: Send + 'static, O: Send + 'static> Batcher<I, O> {
    /// `run` answers all of its inputs, in their order. Up to `lanes` runs go on at once, those not
    /// counted that take long: a connection that does not answer holds up whom it was to answer,
    /// and nobody else.
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
            let mut answers = pin!(answers);
            let answered = if let Ok(answered) = timeout(PATIENCE, &mut answers).await {
                answered
            } else {
                drop(lane);
                answers.await
            };
            match answered {
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

#[cfg(test)]
mod tests {
    use std::{future::pending, sync::Mutex};

    use tokio::{sync::Notify, task::yield_now};

    use super::*;

    /// Answers with twice the input: 1 once it is let through, 0 never, 13 with a fault.
    struct Doubling {
        batcher: Batcher<u32, u32>,
        gate: Arc<Notify>,
        sizes: Arc<Mutex<Vec<usize>>>,
    }

    fn doubling() -> Doubling {
        let gate = Arc::new(Notify::new());
        let sizes = Arc::new(Mutex::new(Vec::new()));
        let (gate_of_runs, sizes_of_runs) = (Arc::clone(&gate), Arc::clone(&sizes));
        let batcher = Batcher::new(1, move |inputs: Vec<u32>| {
            sizes_of_runs.lock().unwrap().push(inputs.len());
            let gate = Arc::clone(&gate_of_runs);
            async move {
                if inputs.contains(&0) {
                    pending::<()>().await;
                }
                if inputs.contains(&1) {
                    gate.notified().await;
                }
                if inputs.contains(&13) {
                    return Err(sqlx::Error::PoolTimedOut.into());
                }
                Ok(inputs.into_iter().map(|input| input * 2).collect())
            }
        });
        Doubling { batcher, gate, sizes }
    }

    /// Lets the tasks of the batcher come as far as they can.
    async fn settle() {
        for _ in 0..8 {
            yield_now().await;
        }
    }

    #[tokio::test]
    async fn who_comes_during_a_run_is_answered_by_the_next() {
        let Doubling { batcher, gate, sizes } = doubling();
        let later = async {
            settle().await;
            let release = async {
                settle().await;
                gate.notify_one();
            };
            tokio::join!(batcher.call(2), batcher.call(3), release)
        };
        let (one, (two, three, ())) = tokio::join!(batcher.call(1), later);
        assert_eq!([one.unwrap(), two.unwrap(), three.unwrap()], [2, 4, 6]);
        assert_eq!(*sizes.lock().unwrap(), [1, 2]);
    }

    #[tokio::test]
    async fn a_fault_is_told_to_all_of_its_run_and_to_nobody_else() {
        let Doubling { batcher, .. } = doubling();
        let (two, unlucky) = tokio::join!(batcher.call(2), batcher.call(13));
        assert!(two.is_err() && unlucky.is_err());
        assert_eq!(batcher.call(2).await.unwrap(), 4);
    }

    #[tokio::test]
    async fn a_run_that_never_ends_does_not_hold_up_the_next() {
        let Doubling { batcher, .. } = doubling();
        let later = async {
            settle().await;
            batcher.call(2).await
        };
        let both = async {
            tokio::select! { _ = batcher.call(0) => None, two = later => Some(two) }
        };
        let two = timeout(Duration::from_secs(30), both).await.unwrap();
        assert_eq!(two.unwrap().unwrap(), 4);
    }
}
