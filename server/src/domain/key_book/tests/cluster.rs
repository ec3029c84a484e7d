//! Nodes that are started, stopped and killed, operators who hand out keys slowly and in any order:
//! whatever a node has signed, every live node can verify until it has expired.

use proptest::prelude::*;

use super::*;

const LEASE: Duration = Duration::from_secs(90);
const LONGEST: Duration = Duration::from_mins(10);
const NODES: usize = 3;

#[derive(Clone, Copy, Debug)]
enum Event {
    /// The operator makes a key.
    Make,
    /// A node's file gets the keys that there are.
    Deliver(usize),
    /// A node's file loses all keys but the newest that it has.
    Prune(usize),
    Start(usize),
    Stop(usize),
    Kill(usize),
    /// A node looks what the others say.
    Look(usize),
    /// A node signs a token.
    Sign(usize),
    /// Time passes, and all look now and then.
    Pass(u64),
    /// Time passes for everybody but one, who hears nothing.
    Freeze(usize, u64),
}

fn event() -> impl Strategy<Value = Event> {
    let node = 0..NODES;
    prop_oneof![
        1 => Just(Event::Make),
        3 => node.clone().prop_map(Event::Deliver),
        1 => node.clone().prop_map(Event::Prune),
        2 => node.clone().prop_map(Event::Start),
        1 => node.clone().prop_map(Event::Stop),
        1 => node.clone().prop_map(Event::Kill),
        4 => node.clone().prop_map(Event::Look),
        4 => node.clone().prop_map(Event::Sign),
        2 => (1..800_u64).prop_map(Event::Pass),
        1 => (node, 1..200_u64).prop_map(|(node, span)| Event::Freeze(node, span)),
    ]
}

#[derive(Debug)]
struct Running {
    given: Vec<String>,
    holds: Vec<String>,
    signs: Option<String>,
    /// What it should have, and answers 503 for.
    lacks: Vec<String>,
    live_until: Timestamp,
    was_cut_off: bool,
}

struct Cluster {
    now: Timestamp,
    book: KeyBook,
    made: Vec<String>,
    files: [Vec<String>; NODES],
    running: [Option<Running>; NODES],
    /// What was signed, and when it expires.
    tokens: Vec<(String, Timestamp)>,
}

fn names(kids: &[String]) -> Vec<&str> {
    kids.iter().map(String::as_str).collect()
}

impl Cluster {
    fn new() -> Self {
        let first = vec!["key 0".to_owned()];
        let files = [first.clone(), first.clone(), first.clone()];
        let (book, tokens) = Default::default();
        Self { now: NOW, book, made: first, files, running: [None, None, None], tokens }
    }

    fn remember(&mut self, kids: &[String]) {
        for kid in kids {
            if self.book.key(kid).is_none() {
                self.book.keys.push(super::key(kid, None, false));
            }
        }
    }

    /// As `NodeKeys` does.
    fn look(&mut self, node: usize) {
        let given = self.files[node].clone();
        self.remember(&given);
        let (id, now) = (node.to_string(), self.now);
        let Some(running) = &mut self.running[node] else { return };
        running.given = given;
        let (given, held) = (names(&running.given), names(&running.holds));
        let at_hand = AtHand { given: &given, held: &held, signs: running.signs.as_deref() };
        let Some(plan) = self.book.plan(&id, at_hand, now) else { return };
        running.live_until = now + LEASE;
        let until = running.live_until + LONGEST;
        let signing = self.book.keys.iter_mut().find(|key| key.kid.as_ref() == Some(&plan.signs));
        let signing = signing.unwrap();
        signing.needed_until = signing.needed_until.max(Some(until));
        self.book.nodes.retain(|other| other.id != id && now < other.live_until);
        let (live_until, verifies) = (running.live_until, plan.holds.clone());
        self.book.nodes.push(NodeRecord { id, live_until, verifies, signs: plan.signs.clone() });
        (running.holds, running.signs) = (plan.holds, Some(plan.signs));
        running.lacks = plan.lacks;
    }

    fn start(&mut self, node: usize) {
        let given = self.files[node].clone();
        let missing = self.book.missing(&names(&given), self.now).is_some();
        let unknown = !self.book.keys.is_empty()
            && !given.iter().any(|kid| self.book.trusts(&format!("fingerprint of {kid}")));
        if self.running[node].is_none() && !missing && !unknown {
            let (holds, signs, lacks, was_cut_off) = Default::default();
            let live_until = self.now;
            let running = Running { given, holds, signs, lacks, live_until, was_cut_off };
            self.running[node] = Some(running);
            self.look(node);
        }
    }

    fn pass(&mut self, mut seconds: u64, frozen: Option<usize>) {
        while seconds > 0 {
            let step = seconds.min(20);
            seconds -= step;
            self.now = self.now + Duration::from_secs(step);
            (0..NODES).filter(|node| Some(*node) != frozen).for_each(|node| self.look(node));
        }
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Make => self.made.insert(0, format!("key {}", self.made.len())),
            Event::Deliver(node) => self.files[node].clone_from(&self.made),
            Event::Prune(node) => self.files[node].truncate(1),
            Event::Start(node) => self.start(node),
            Event::Stop(node) => {
                self.running[node] = None;
                self.book.nodes.retain(|other| other.id != node.to_string());
            }
            Event::Kill(node) => self.running[node] = None,
            Event::Look(node) => self.look(node),
            Event::Sign(node) => {
                // A node that has not heard from the database for so long signs nothing.
                let live = self.running[node].as_ref().filter(|node| self.now < node.live_until);
                let signs = live.and_then(|node| node.signs.clone());
                self.tokens.extend(signs.map(|kid| (kid, self.now + LONGEST)));
            }
            Event::Pass(seconds) => self.pass(seconds, None),
            Event::Freeze(node, seconds) => {
                if let Some(running) = &mut self.running[node] {
                    running.was_cut_off = true;
                }
                self.pass(seconds, Some(node));
            }
        }
    }

    /// A token in force that a node would refuse.
    fn signed_out(&self) -> Option<String> {
        let now = self.now;
        let live = self.running.iter().flatten().filter(|node| now < node.live_until);
        let refuses = |node: &Running, (kid, until): &(String, Timestamp)| {
            let excused = node.was_cut_off && node.lacks.contains(kid);
            now < *until && !node.holds.contains(kid) && !excused
        };
        live.flat_map(|node| self.tokens.iter().filter(move |token| refuses(node, token)))
            .map(|(kid, until)| format!("{kid} until {until:?}, now {now:?}"))
            .next()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_signed_out_in_whatever_order_keys_come_by(
        events in proptest::collection::vec(event(), 1..80),
    ) {
        let mut cluster = Cluster::new();
        for (place, event) in events.iter().enumerate() {
            cluster.happens(*event);
            let out = cluster.signed_out();
            prop_assert!(out.is_none(), "{:?} after {:?}", out, &events[..=place]);
        }
    }

    /// And it comes to an end: once all have the new key, all sign with it, and the old one goes.
    #[test]
    fn a_rotation_comes_to_its_end(events in proptest::collection::vec(event(), 0..40)) {
        let mut cluster = Cluster::new();
        for event in events {
            cluster.happens(event);
        }
        cluster.happens(Event::Make);
        for node in 0..NODES {
            cluster.happens(Event::Deliver(node));
            cluster.happens(Event::Start(node));
        }
        cluster.pass(2 * LEASE.as_secs(), None);
        for node in cluster.running.iter().flatten() {
            prop_assert_eq!(node.signs.as_ref(), cluster.made.first());
        }
        cluster.pass((LEASE + LONGEST).as_secs() + 20, None);
        for node in cluster.running.iter().flatten() {
            let signed = |kid: &&String| cluster.book.key(kid).unwrap().needed_until.is_some();
            let left: Vec<_> = node.holds.iter().filter(signed).collect();
            prop_assert_eq!(left, [&cluster.made[0]], "{:?}", cluster.book);
        }
    }
}
