//! What holds for all tokens: of every family, under all settings, at every moment.

mod cases;

use jsonwebtoken::dangerous::insecure_decode_claims;
use proptest::prelude::*;
use serde_json::{Map, Value};

use self::cases::{Case, access, case, claims, family, policy, tokens};
use super::*;

const CHARACTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ";

proptest! {
    #[test]
    fn what_is_minted_says_what_it_was_minted_for(case in case()) {
        prop_assume!(case.claims.expires_at > case.claims.issued_at + Duration::from_secs(1));
        prop_assert_eq!(case.check(case.claims.issued_at), Ok(case.claims));
    }

    #[test]
    fn no_kind_passes_for_the_other(case in case()) {
        let other = match case.claims.kind {
            TokenKind::Access => TokenKind::Refresh,
            TokenKind::Refresh => TokenKind::Access,
        };
        let at = case.claims.issued_at;
        prop_assume!(case.claims.expires_at > at);
        let checked = case.tokens.check(case.text(), Some(other), at);
        prop_assert_eq!(checked, Err(TokenFault::WrongType));
        prop_assert_eq!(case.tokens.check(case.text(), None, at), Ok(case.claims));
    }

    #[test]
    fn a_token_is_accepted_until_its_expiry_and_the_leeway_have_passed(
        case in case(), around in -2_000..2_000_i64, share in 0.0..1.0_f64,
    ) {
        let end = case.claims.expires_at + case.tokens.policy().leeway;
        let start = case.claims.issued_at.millis();
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a sample")]
        let within = start + ((end.millis() - start) as f64 * share) as i64;
        for millis in [within, end.millis() - 1, end.millis(), end.millis() + around] {
            let at = Timestamp::from_millis(millis.max(start));
            let expected = if at < end { Ok(case.claims.clone()) } else { Err(TokenFault::Expired) };
            prop_assert_eq!(case.check(at), expected);
        }
    }

    #[test]
    fn no_token_outlives_its_family(policy in policy(), family in family(), access: bool) {
        let kind = if access { TokenKind::Access } else { TokenKind::Refresh };
        let Some(case) = Case::mint(&policy, &family, kind) else { return Ok(()) };
        prop_assert!(case.minted.expires_at <= family.absolute_expires_at);
        let end = family.absolute_expires_at + policy.leeway;
        prop_assert_eq!(case.check(end), Err(TokenFault::Expired));
    }

    #[test]
    fn one_generation_is_one_refresh_token(policy in policy(), family in family(), seen: i64) {
        let text = |family: &Family| {
            Some(Case::mint(&policy, family, TokenKind::Refresh)?.text().to_owned())
        };
        let moment = Timestamp::from_millis(seen);
        let later = Family { seen_at: Some(moment), answered_at: moment, ..family.clone() };
        prop_assert_eq!(text(&family), text(&later));
        let next = Family { generation: family.generation.next(), ..family.clone() };
        prop_assert!(text(&family).is_none() || text(&family) != text(&next));
    }

    #[test]
    fn no_token_is_longer_than_a_cookie(policy in policy(), family in family()) {
        for minted in [access(&tokens(&policy), &family, [0; 16]), tokens(&policy).refresh(&family)] {
            match minted {
                Ok(minted) => prop_assert!(minted.token.expose().len() <= MAX_TOKEN_BYTES),
                Err(MintError::TooLong(bytes)) => prop_assert!(bytes > MAX_TOKEN_BYTES),
                Err(error) => prop_assert!(false, "{}", error),
            }
        }
    }

    #[test]
    fn a_token_may_be_as_long_as_a_cookie(policy in policy(), family in family()) {
        let length = |audience: usize| {
            let (issuer, audience) = (None, Some("a".repeat(audience)));
            match tokens(&TokenPolicy { issuer, audience, ..policy.clone() }).refresh(&family) {
                Ok(minted) => Ok(minted.token.expose().len()),
                Err(MintError::TooLong(bytes)) => Err(bytes),
                Err(error) => panic!("{error}"),
            }
        };
        // Three characters of a claim are four of a token.
        let room = (MAX_TOKEN_BYTES - length(0).unwrap()) / 4 * 3;
        for audience in room - 4..=room + 4 {
            let (Ok(bytes) | Err(bytes)) = length(audience);
            prop_assert_eq!(length(audience).is_ok(), bytes <= MAX_TOKEN_BYTES);
        }
        prop_assert!(length(room - 4).is_ok() && length(room + 4).is_err());
    }

    /// Header and payload are signed as text. The last character of the signature has two bits
    /// that carry nothing; the library takes it only with both of them 0, so that there is one
    /// text for one signature.
    #[test]
    fn no_character_can_be_changed(case in case(), place: prop::sample::Index, last in 0..4_usize) {
        let text = case.text();
        let ends = text.match_indices('.').map(|(dot, _)| dot - 1).chain([text.len() - 1]);
        let place = ends.clone().nth(last).unwrap_or_else(|| place.index(text.len()));
        for other in CHARACTERS {
            let mut changed = text.to_owned().into_bytes();
            if changed[place] == *other {
                continue;
            }
            changed[place] = *other;
            let changed = String::from_utf8(changed).unwrap();
            let checked = case.tokens.check(&changed, None, case.claims.issued_at);
            prop_assert_eq!(checked, Err(TokenFault::Invalid), "{} at {}", other, place);
        }
    }

    #[test]
    fn any_text_is_refused_without_a_panic(
        text in prop_oneof![
            "(?s).{0,200}", r"[A-Za-z0-9_-]{0,80}\.[A-Za-z0-9_-]{0,80}\.[A-Za-z0-9_-]{0,50}",
        ],
        policy in policy(),
        now: i64,
    ) {
        let checked = tokens(&policy).check(&text, None, Timestamp::from_millis(now));
        prop_assert_eq!(checked, Err(TokenFault::Invalid));
    }

    /// Claims of a good token, some of them replaced by others.
    #[test]
    fn whatever_is_signed_is_judged_without_a_panic(case in case(), strange in claims(), now: i64) {
        let mut claims: Map<String, Value> = insecure_decode_claims(case.text()).unwrap();
        claims.extend(strange);
        let (tokens, leeway) = (&case.tokens, case.tokens.policy().leeway);
        let keys = tokens.keys();
        let text = encode(keys.header(), &claims, keys.signing().encoding()).unwrap();
        for now in [Timestamp::from_millis(now), case.claims.issued_at] {
            let Ok(accepted) = tokens.check(&text, None, now) else { continue };
            prop_assert!(accepted.expires_at + leeway > now);
            prop_assert_eq!(claims["sid"].as_str(), Some(&*accepted.session.to_string()));
        }
    }
}
