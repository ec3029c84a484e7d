//! Every token that has to be refused, at every place that takes one.
//!
//! A row is one token with one fault, made from a good one and signed again with the right key where
//! the fault is not the signature's. At each place it is answered as `WIRE.md` says for the class of
//! fault, nothing is written, one line is logged in which it does not stand, and the good token
//! beside it works as before.

mod algorithms;
mod claims;
mod encodings;
mod forge;
mod headers;
mod places;
mod signatures;
mod tickets;
mod transport;

use latchkey::domain::{Keyring, SigningAlgorithm, SigningKey};

use self::{
    forge::{Forge, Kind, Signer},
    places::Place,
};
use crate::support::{Browser, Log, TestApp};

/// What a refused token is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Invalid,
    Expired,
    NoExpiry,
    NoId,
    NoType,
    WrongType,
    NoUser,
    /// Nothing is wrong with it.
    Good,
}

/// One token.
struct Row {
    name: String,
    token: String,
    told: Told,
}

fn row(name: impl Into<String>, token: String, told: Told) -> Row {
    Row { name: name.into(), token, told }
}

fn invalid(name: impl Into<String>, token: String) -> Row {
    row(name, token, Told::Invalid)
}

/// Ada, signed in at a service that signs in this way.
struct Scene {
    app: TestApp,
    browser: Browser,
    signer: Signer,
}

impl Scene {
    async fn new(signer: Signer) -> Self {
        Self::with(signer, &[]).await
    }

    async fn with(signer: Signer, flags: &[&str]) -> Self {
        let app = TestApp::with(flags).await;
        let key = SigningKey::new(signer.algorithm, signer.key).unwrap();
        app.auth.tokens.replace_keys(Keyring::from(key));
        let browser = app.signed_in("ada").await;
        // As the first sightings would be written in the midst of it.
        browser.get("/api/auth/user/").await.assert_status(200);
        Self { app, browser, signer }
    }

    /// A token of hers, to be bent.
    fn forge(&self, kind: Kind) -> Forge {
        Forge::of(&self.browser.cookie(kind.as_str()).unwrap(), self.signer)
    }

    /// Shows each row at each place that takes tokens of this kind.
    async fn refuses(&self, group: &str, rows: impl Fn(&Forge) -> Vec<Row>) {
        let (mut shown, started) = (0, std::time::Instant::now());
        let before = self.app.database.dump().await;
        for kind in [Kind::Access, Kind::Refresh] {
            let forge = self.forge(kind);
            let rows = rows(&forge);
            assert!(!rows.is_empty());
            for place in Place::ALL.into_iter().filter(|place| place.takes(kind)) {
                for row in &rows {
                    shown += usize::from(self.refuses_one(group, place, row).await);
                }
                // Of a place that let something in, the next one would not be told.
                assert!(self.still_works(&forge).await, "{group} at {place:?}");
            }
        }
        let after = self.app.database.dump().await;
        assert!(before == after, "{group} has written something:\n{before:#?}\n\n{after:#?}");
        let (signer, took) = (self.signer.algorithm, started.elapsed());
        println!("{group}, {signer}: {shown} answers in {} ms", took.as_millis());
    }

    /// Whether the row can be shown there at all.
    async fn refuses_one(&self, group: &str, place: Place, row: &Row) -> bool {
        let case = format!("{group}, {} at {place:?}", row.name);
        // Nobody listens to a feed here, and a silent one is believed for a minute.
        self.app.auth.blacklist.confirm();
        let log = Log::of_this_thread();
        let Some(reply) = place.show(&self.app, &self.browser, &row.token).await else {
            return false;
        };
        place.assert_told(&reply, row, &case);
        let log = log.take();
        let lines = log.lines().filter(|line| line.contains("request_id")).count();
        assert_eq!(lines, 1, "{case}: {log}");
        for part in row.token.split('.').filter(|part| part.len() > 20) {
            assert!(!log.contains(&part[..20]), "{case} stands in the log: {log}");
        }
        true
    }

    async fn still_works(&self, forge: &Forge) -> bool {
        let verified = Place::VerifyBody.show(&self.app, &self.browser, &forge.good()).await;
        self.browser.get("/api/auth/user/").await.status == 200
            && self.browser.refresh().await.status == 200
            && verified.is_some_and(|reply| reply.status == 200)
    }
}

/// A service for each kind of key.
async fn scenes() -> Vec<Scene> {
    let mut scenes = Vec::new();
    for signer in Signer::ALL {
        scenes.push(Scene::new(signer).await);
    }
    scenes
}

#[tokio::test]
async fn what_is_good_is_taken_everywhere() {
    for scene in scenes().await {
        for kind in [Kind::Access, Kind::Refresh] {
            let forge = scene.forge(kind);
            let rows = [
                row("as it was minted", forge.minted(), Told::Good),
                row("signed again", forge.good(), Told::Good),
                row("with white space in its JSON", forge.spaced(), Told::Good),
                row("without typ", forge.with_header(&[("typ", None)]), Told::Good),
            ];
            for place in Place::ALL.into_iter().filter(|place| place.takes(kind)) {
                for row in &rows {
                    scene.refuses_one("good", place, row).await;
                }
            }
        }
    }
}

/// A token of the other kind is good for nothing here.
#[tokio::test]
async fn no_token_is_taken_for_another_purpose() {
    for scene in scenes().await {
        for (kind, other) in [(Kind::Access, Kind::Refresh), (Kind::Refresh, Kind::Access)] {
            let row = row(other.as_str(), scene.forge(other).minted(), Told::WrongType);
            for place in Place::ALL.into_iter().filter(|place| place.takes(kind)) {
                // These are shown both kinds.
                if !matches!(place, Place::VerifyBody | Place::VerifyCookie | Place::Page) {
                    scene.refuses_one("purpose", place, &row).await;
                }
            }
        }
    }
}

#[test]
fn all_algorithms_of_the_corpus_are_tried() {
    use SigningAlgorithm::{EdDsa, Es256, Hs256, Rs256};
    let tried = Signer::ALL.map(|signer| signer.algorithm);
    assert_eq!(tried, [Hs256, EdDsa, Es256, Rs256]);
}
