//! The driver in a tab without a browser, against session calls that answer when told.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::{
    session::{
        Renewal, Task,
        testing::{FakePort, ada, ada_active},
    },
    wire::SessionEnd,
};

type Refreshing = oneshot::Sender<Answer<Renewal>>;

#[derive(Default)]
struct Calls {
    refreshes: Mutex<Vec<Refreshing>>,
    begun: AtomicUsize,
    asked_who: AtomicUsize,
}

struct SharedCalls(Arc<Calls>);

impl SessionApi for SharedCalls {
    fn refresh(&self) -> Task<Answer<Renewal>> {
        let (sender, answer) = oneshot::channel();
        self.0.begun.fetch_add(1, Ordering::Relaxed);
        self.0.refreshes.lock().unwrap().push(sender);
        Box::pin(async move { answer.await.unwrap() })
    }

    fn logout(&self) -> Task<Answer<()>> {
        Box::pin(std::future::ready(Answer::Given(())))
    }

    fn user(&self) -> Task<Answer<User>> {
        self.0.asked_who.fetch_add(1, Ordering::Relaxed);
        Box::pin(std::future::ready(Answer::Given(ada())))
    }
}

struct Scene {
    port: Arc<FakePort>,
    calls: Arc<Calls>,
    driver: Arc<Driver>,
    seen: Arc<Mutex<Vec<(SessionView, u32)>>>,
}

impl Scene {
    fn open(snapshot: SessionSnapshot) -> Self {
        let (port, calls, seen) = (FakePort::new(), Arc::<Calls>::default(), Arc::default());
        let api = Box::new(SharedCalls(Arc::clone(&calls)));
        let record: Arc<Mutex<Vec<(SessionView, u32)>>> = Arc::clone(&seen);
        let observer = move |view, refreshes| record.lock().unwrap().push((view, refreshes));
        let tab: Arc<FakePort> = Arc::clone(&port);
        let driver = Driver::new(snapshot, tab, api, Box::new(observer));
        driver.start();
        port.run();
        Self { port, calls, driver, seen }
    }

    fn begun(&self) -> usize {
        self.calls.begun.load(Ordering::Relaxed)
    }

    fn answer(&self, answer: Answer<Renewal>) {
        let refresh = self.calls.refreshes.lock().unwrap().remove(0);
        _ = refresh.send(answer);
        self.port.run();
    }

    fn seen(&self) -> (SessionView, u32) {
        self.seen.lock().unwrap().last().unwrap().clone()
    }
}

fn given(expires_in_s: Option<u64>) -> Answer<Renewal> {
    Answer::Given(Renewal { expires_in_s, ..Renewal::default() })
}

fn signed_in(reconnecting: bool) -> SessionView {
    SessionView::SignedIn { user: ada(), reconnecting }
}

#[test]
fn the_timer_refreshes_a_minute_before_expiry_again_and_again() {
    let scene = Scene::open(ada_active());
    assert_eq!(scene.driver.next_refresh_in_s(), Some(840));
    scene.port.pass(839_999);
    assert_eq!(scene.begun(), 0);
    scene.port.pass(1);
    assert_eq!((scene.begun(), scene.seen()), (1, (signed_in(false), 0)));
    scene.answer(given(Some(900)));
    assert_eq!(scene.seen(), (signed_in(false), 1));
    scene.port.pass(840_000);
    assert_eq!(scene.begun(), 2);
}

#[test]
fn a_hidden_tab_waits_until_it_is_seen() {
    let scene = Scene::open(ada_active());
    scene.port.hide();
    scene.port.pass(3_600_000);
    assert_eq!((scene.begun(), scene.port.timer_in_ms()), (0, None));
    scene.port.show();
    assert_eq!(scene.begun(), 1);
    scene.port.show();
    assert_eq!(scene.begun(), 1);
}

#[test]
fn a_tab_that_is_seen_early_waits_for_the_rest() {
    let scene = Scene::open(ada_active());
    scene.port.hide();
    scene.port.pass(400_000);
    scene.port.show();
    assert_eq!((scene.begun(), scene.port.timer_in_ms()), (0, Some(440_000)));
}

#[test]
fn an_unknown_session_is_found_out_by_one_refresh() {
    let scene = Scene::open(SessionSnapshot::Unknown);
    assert_eq!(
        (scene.begun(), scene.seen()),
        (1, (SessionView::Unknown { reconnecting: false }, 0))
    );
    scene.answer(given(Some(900)));
    assert_eq!(scene.seen(), (signed_in(false), 1));
    assert_eq!(scene.calls.asked_who.load(Ordering::Relaxed), 1);

    let scene = Scene::open(SessionSnapshot::Unknown);
    scene.answer(Answer::Refused(None));
    assert_eq!(scene.seen(), (SessionView::Anonymous { why: None }, 0));
    assert_eq!(scene.calls.asked_who.load(Ordering::Relaxed), 0);
}

#[test]
fn nothing_is_asked_of_the_user_who_is_known() {
    let scene = Scene::open(ada_active());
    scene.port.pass(840_000);
    scene.answer(given(None));
    assert_eq!(scene.calls.asked_who.load(Ordering::Relaxed), 0);
    // A server that does not tell lifetimes: no timer, a 401 will tell.
    assert_eq!((scene.port.timer_in_ms(), scene.driver.next_refresh_in_s()), (None, None));
}

#[test]
fn trouble_keeps_the_session_and_is_tried_again() {
    let scene = Scene::open(ada_active());
    scene.port.pass(840_000);
    scene.answer(Answer::Failed { retry_after_s: Some(30) });
    assert_eq!(scene.seen(), (signed_in(true), 0));
    scene.port.pass(30_000);
    assert_eq!(scene.begun(), 1);
    scene.port.pass(500);
    assert_eq!((scene.begun(), scene.seen()), (2, (signed_in(true), 0)));
    scene.answer(given(Some(900)));
    assert_eq!(scene.seen(), (signed_in(false), 1));
}

#[test]
fn a_sign_out_hangs_up_on_the_refresh_and_its_answer_changes_nothing() {
    let scene = Scene::open(ada_active());
    scene.port.pass(840_000);
    let late = scene.calls.refreshes.lock().unwrap().remove(0);
    let change = scene.driver.begin_change();
    scene.port.run();
    assert!(late.is_canceled(), "before the sign-out is even sent");
    change.signed_out();
    _ = late.send(given(Some(900)));
    scene.port.run();
    let anonymous = SessionView::Anonymous { why: Some(SessionEnd::SignedOut) };
    assert_eq!((scene.seen(), scene.port.timer_in_ms()), ((anonymous, 0), None));
}

#[test]
fn a_session_that_the_server_ended_says_so() {
    let scene = Scene::open(ada_active());
    scene.port.pass(840_000);
    scene.answer(Answer::Refused(None));
    let ended = SessionView::Anonymous { why: Some(SessionEnd::Ended) };
    assert_eq!((scene.seen(), scene.port.timer_in_ms()), ((ended, 0), None));
}

#[test]
fn a_lifetime_of_months_is_waited_for_in_parts() {
    let month_ms = 30 * 86_400_000;
    let scene = Scene::open(SessionSnapshot::Active {
        user: ada(),
        expires_in_ms: month_ms,
        lifetime_ms: month_ms,
        session_ends_in_ms: None,
    });
    scene.port.pass(month_ms - 60_001);
    assert_eq!(scene.begun(), 0);
    scene.port.pass(1);
    assert_eq!(scene.begun(), 1);
}

#[test]
fn before_the_start_the_countdown_is_the_servers() {
    let api = Box::new(SharedCalls(Arc::default()));
    let port = FakePort::new();
    port.pass(5_000);
    let driver = Driver::new(ada_active(), port, api, Box::new(|_, _| {}));
    assert_eq!(driver.next_refresh_in_s(), Some(840));
    driver.start();
    assert_eq!(driver.next_refresh_in_s(), Some(835));
}

#[test]
fn nothing_is_refreshed_beside_a_sign_out_and_what_was_due_is_made_good_for_if_it_fails() {
    let scene = Scene::open(ada_active());
    let change = scene.driver.begin_change();
    scene.port.pass(900_000);
    scene.port.hide();
    scene.port.show();
    assert_eq!(scene.begun(), 0);
    drop(change);
    scene.port.pass(0);
    assert_eq!((scene.begun(), scene.seen()), (1, (signed_in(false), 0)));
}

#[test]
fn of_two_sign_outs_the_failed_one_sets_nothing_off_beside_the_other() {
    let scene = Scene::open(ada_active());
    let (first, second) = (scene.driver.begin_change(), scene.driver.begin_change());
    scene.port.pass(900_000);
    drop(first);
    scene.port.pass(60_000);
    assert_eq!(scene.begun(), 0);
    second.signed_out();
    assert_eq!((scene.begun(), scene.port.timer_in_ms()), (0, None));
}
