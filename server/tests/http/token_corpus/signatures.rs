//! Signatures that are almost one.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jsonwebtoken::Algorithm;

use super::{
    Row, Scene, Signer, Told,
    forge::{Forge, Kind, by_secret},
    invalid, row, scenes,
};

/// The order of P-256's group.
const P256_ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
/// The order of Ed25519's, its last byte last: numbers stand the other way round there.
const ED_ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

fn bent(forge: &Forge) -> Vec<Row> {
    let signature = forge.signature();
    let mut rows = Vec::new();
    // RSA's are long, and each costs time: of those some.
    let step = signature.len().div_ceil(64);
    for place in (0..signature.len()).step_by(step) {
        for bit in [0, 7] {
            let mut other = signature.clone();
            other[place] ^= 1 << bit;
            rows.push(invalid(format!("bit {bit} of byte {place}"), forge.with_signature(&other)));
        }
    }
    for length in (0..signature.len()).step_by(3 * step) {
        let cut = &signature[..length];
        rows.push(invalid(format!("cut to {length}"), forge.with_signature(cut)));
    }
    for (name, other) in [
        ("and a byte more", [&signature[..], &[0]].concat()),
        ("after a byte more", [&[0], &signature[..]].concat()),
        ("twice", [&signature[..], &signature[..]].concat()),
        ("the other way round", signature.iter().rev().copied().collect()),
        ("of zeros", vec![0; signature.len()]),
        ("of ones", vec![0xff; signature.len()]),
        ("in hexadecimal", hex::encode(&signature).into_bytes()),
        ("in Base64 twice", BASE64.encode(&signature).into_bytes()),
    ] {
        rows.push(invalid(name, forge.with_signature(&other)));
    }
    rows
}

/// Good signatures of something else, or by somebody else.
fn others(forge: &Forge) -> Vec<Row> {
    let foreign = by_secret(
        &forge.header_text(),
        &forge.claims_text(),
        b"a secret that is somebody else's, of 32 bytes",
        Algorithm::HS256,
    );
    let mut claims = forge.claims.clone();
    claims.insert("user_id".to_owned(), "2".into());
    let claims = serde_json::to_string(&claims).unwrap();
    let elsewhere = super::forge::message(forge.header_text(), claims);
    let other_user = format!("{elsewhere}.{}", BASE64.encode(forge.signature()));
    let expired = forge.with_claims(&[("exp", Some(1.into()))]);
    let expired = format!("{}.{}", expired.rsplit_once('.').unwrap().0, "AAAA");
    vec![
        invalid("by another key", foreign),
        invalid("of other claims", other_user),
        // Of what nobody has signed, nothing is believed, not even that it has expired.
        invalid("expired, and signed by nobody", expired),
    ]
}

fn number(bytes: &str) -> Vec<u8> {
    hex::decode(bytes).unwrap()
}

/// One less or one more; `last` is the least significant place.
fn next_to(bytes: &[u8], last: usize, more: bool) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[last] = if more { bytes[last] + 1 } else { bytes[last] - 1 };
    bytes
}

/// CVE-2022-21449, the psychic signature, and its relatives: r and s that no signature has.
fn psychic(forge: &Forge) -> Vec<Row> {
    let order = number(P256_ORDER);
    let mut one = vec![0; 32];
    one[31] = 1;
    let numbers = [
        ("0", vec![0; 32]),
        ("1", one),
        ("n - 1", next_to(&order, 31, false)),
        ("n", order.clone()),
        ("n + 1", next_to(&order, 31, true)),
        ("2^256 - 1", vec![0xff; 32]),
        ("r", forge.signature()[..32].to_vec()),
        ("s", forge.signature()[32..].to_vec()),
    ];
    let mut rows = Vec::new();
    for (r, first) in &numbers {
        for (s, second) in &numbers {
            if (*r, *s) != ("r", "s") {
                let name = format!("r = {r}, s = {s}");
                rows.push(invalid(name, forge.with_signature(&[&first[..], second].concat())));
            }
        }
    }
    rows
}

/// As other libraries write signatures down: in ASN.1, or shorter or longer than they are.
fn not_raw(forge: &Forge) -> Vec<Row> {
    let signature = forge.signature();
    let (r, s) = signature.split_at(32);
    let integer = |number: &[u8]| {
        let number = &number[number.iter().position(|byte| *byte != 0).unwrap_or(31)..];
        let sign: &[u8] = if number[0] >= 0x80 { &[0] } else { &[] };
        let length = u8::try_from(sign.len() + number.len()).unwrap();
        [&[0x02, length], sign, number].concat()
    };
    let both = [integer(r), integer(s)].concat();
    let der = [&[0x30, u8::try_from(both.len()).unwrap()], &both[..]].concat();
    let padded = [&[0; 16], r, &[0; 16], s].concat();
    vec![
        invalid("in DER", forge.with_signature(&der)),
        invalid("in numbers of 48 bytes", forge.with_signature(&padded)),
        invalid("s before r", forge.with_signature(&[s, r].concat())),
        invalid("r alone", forge.with_signature(r)),
    ]
}

/// S and S + L say the same; only the first is a signature (RFC 8032, 5.1.7). R and the key of small
/// order fit many texts.
fn of_edwards(forge: &Forge) -> Vec<Row> {
    let signature = forge.signature();
    let (r, s) = signature.split_at(32);
    let mut carry = 0;
    let sum: Vec<u8> = s
        .iter()
        .zip(number(ED_ORDER))
        .map(|(one, other)| {
            let sum = u16::from(*one) + u16::from(other) + carry;
            carry = sum >> 8;
            sum.to_le_bytes()[0]
        })
        .collect();
    let mut identity = vec![0; 32];
    identity[0] = 1;
    let zero = vec![0; 32];
    let mut negative = r.to_vec();
    negative[31] ^= 0x80;
    vec![
        invalid("S + L", forge.with_signature(&[r, &sum].concat())),
        invalid("S = L", forge.with_signature(&[r, &number(ED_ORDER)].concat())),
        invalid("S = 0", forge.with_signature(&[r, &zero].concat())),
        invalid("R of order 1", forge.with_signature(&[identity.clone(), zero.clone()].concat())),
        invalid("R of order 1, S as it was", forge.with_signature(&[&identity, s].concat())),
        invalid("R of order 4", forge.with_signature(&[&zero, s].concat())),
        invalid("-R", forge.with_signature(&[&negative, s].concat())),
    ]
}

/// (r, n - s) is a signature of the same text: the same token in another spelling.
fn malleated(forge: &Forge) -> String {
    let signature = forge.signature();
    let (r, s) = signature.split_at(32);
    let mut borrow = 0;
    let mut difference: Vec<u8> = number(P256_ORDER)
        .iter()
        .zip(s)
        .rev()
        .map(|(order, own)| {
            let left = i16::from(*order) - i16::from(*own) - borrow;
            borrow = i16::from(left < 0);
            left.to_le_bytes()[0]
        })
        .collect();
    difference.reverse();
    forge.with_signature(&[r, &difference].concat())
}

#[tokio::test]
async fn every_part_of_a_signature_counts() {
    for scene in scenes().await {
        scene.refuses("signatures", bent).await;
        scene.refuses("others' signatures", others).await;
    }
}

#[tokio::test]
async fn no_number_is_a_signature_by_itself() {
    let scene = Scene::new(Signer::ES256).await;
    scene.refuses("psychic signatures", psychic).await;
    scene.refuses("spellings of signatures", not_raw).await;
}

#[tokio::test]
async fn no_point_is_a_signature_by_itself() {
    Scene::new(Signer::ED).await.refuses("Edwards curve", of_edwards).await;
}

/// So nothing may go by the text of a token: a sign-out ends all spellings.
#[tokio::test]
async fn a_token_in_another_spelling_is_the_same_token() {
    let scene = Scene::new(Signer::ES256).await;
    let [access, refresh] = [Kind::Access, Kind::Refresh].map(|kind| scene.forge(kind));
    scene.refuses("malleability", |forge| vec![row("n - s", malleated(forge), Told::Good)]).await;
    scene.browser.logout().await.assert_status(200);
    let thief = scene.app.browser();
    thief.set_cookie("access", &malleated(&access));
    thief.set_cookie("refresh", &malleated(&refresh));
    let reply = thief.get("/api/auth/user/").await;
    assert_eq!(reply.assert_status(401).json()["messages"][0]["message"], "Token is blacklisted");
    assert_eq!(thief.refresh().await.assert_status(401).json()["detail"], "Token is blacklisted");
}
