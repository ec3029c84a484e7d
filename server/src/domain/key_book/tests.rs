//! Which key signs, and which are held, on one node and among several.

mod cluster;

use std::time::Duration;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

fn key(kid: &str, needed_until: Option<i64>, retired: bool) -> KeyRecord {
    KeyRecord {
        fingerprint: format!("fingerprint of {kid}"),
        kid: Some(kid.to_owned()),
        algorithm: Some("HS256".to_owned()),
        first_used_at: at(0),
        needed_until: needed_until.map(at),
        retired_at: retired.then_some(at(1)),
    }
}

fn node(id: &str, live_until: i64, verifies: &[&str]) -> NodeRecord {
    NodeRecord {
        id: id.to_owned(),
        live_until: at(live_until),
        verifies: verifies.iter().map(|kid| (*kid).to_owned()).collect(),
        signs: verifies[0].to_owned(),
    }
}

/// What the node called `me` does, as `signs: holds`.
fn plan(book: &KeyBook, given: &[&str], held: &[&str], signs: Option<&str>) -> String {
    match book.plan("me", AtHand { given, held, signs }, NOW) {
        Some(Plan { signs, holds, .. }) => format!("{signs}: {}", holds.join(" ")),
        None => "nothing".to_owned(),
    }
}

#[test]
fn the_first_key_signs_once_every_live_node_can_verify_it() {
    let keys = vec![key("old", Some(2000), false), key("new", None, false)];
    let book = |nodes: Vec<NodeRecord>| KeyBook { keys: keys.clone(), nodes };
    let (given, held): (&[&str], &[&str]) = (&["new", "old"], &["old"]);
    for (nodes, expected) in [
        (vec![], "new: new old"),
        (vec![node("me", 2000, &["old"])], "new: new old"),
        (vec![node("other", 2000, &["old"])], "old: new old"),
        (vec![node("other", 2000, &["old", "new"])], "new: new old"),
        (vec![node("a", 2000, &["old", "new"]), node("b", 2000, &["old"])], "old: new old"),
        // It has been silent for too long.
        (vec![node("other", 1000, &["old"])], "new: new old"),
        (vec![node("other", 1001, &["old"])], "old: new old"),
    ] {
        let book = book(nodes);
        assert_eq!(plan(&book, given, held, Some("old")), expected, "{:?}", book.nodes);
    }
}

#[test]
fn a_key_is_held_as_long_as_something_that_it_has_signed_is_in_force() {
    let book = |needed_until, retired| KeyBook {
        keys: vec![key("new", None, false), key("old", needed_until, retired)],
        nodes: vec![],
    };
    for (needed_until, retired, expected) in [
        (Some(1001), false, "new: new old"),
        (Some(1000), false, "new: new"),
        (Some(1001), true, "new: new"),
        // It has never signed, and may be one that is to come.
        (None, false, "new: new old"),
    ] {
        let book = book(needed_until, retired);
        assert_eq!(plan(&book, &["new", "old"], &["old"], None), expected);
        // Taken from the file too early, it is held all the same.
        let spared =
            if needed_until == Some(1001) && !retired { "new: new old" } else { "new: new" };
        assert_eq!(plan(&book, &["new"], &["old"], None), spared);
        assert_eq!(
            plan(&book, &["new"], &[], None),
            "new: new",
            "nobody holds what they never had"
        );
    }
}

#[test]
fn the_first_key_outlasts_a_long_pause_but_no_retirement() {
    let book = |retired| KeyBook {
        keys: vec![key("old", Some(900), retired), key("older", Some(800), false)],
        nodes: vec![],
    };
    assert_eq!(plan(&book(false), &["old", "older"], &[], None), "old: old");
    assert_eq!(plan(&book(true), &["old", "older"], &[], None), "older: older");
    assert_eq!(plan(&book(true), &["old"], &["old"], Some("old")), "nothing");
    assert_eq!(plan(&book(true), &[], &[], None), "nothing");
}

#[test]
fn a_node_knows_what_it_should_have() {
    let keys = vec![key("new", Some(2000), false), key("old", Some(2000), false)];
    let book = KeyBook { keys, nodes: vec![] };
    let at_hand = AtHand { given: &["old"], held: &["old"], signs: Some("old") };
    assert_eq!(book.plan("me", at_hand, NOW).unwrap().lacks, ["new"]);
    let at_hand = AtHand { given: &["new", "old"], ..at_hand };
    assert_eq!(book.plan("me", at_hand, NOW).unwrap().lacks, [""; 0]);
}

#[test]
fn a_key_that_is_needed_is_missed() {
    let now = NOW;
    let book = KeyBook {
        keys: vec![
            KeyRecord { kid: None, ..key("before names", None, false) },
            key("over", Some(1000), false),
            key("retired", Some(2000), true),
            key("needed", Some(2000), false),
        ],
        nodes: vec![],
    };
    let missed = |given: &[&str]| book.missing(given, now).and_then(|key| key.kid.clone());
    assert_eq!(missed(&["new"]).as_deref(), Some("needed"));
    assert_eq!(missed(&["new", "needed"]), None);
    assert!(book.trusts("fingerprint of before names") && book.trusts("fingerprint of over"));
    assert!(!book.trusts("fingerprint of retired") && book.knows("fingerprint of retired"));
    assert_eq!(now + Duration::from_secs(1), at(1001));
}
