//! Public keys in the place of secrets: whoever knows one could sign with it.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use rsa::pkcs1;

/// As DER writes what a key is for: RSA, a curve, Ed25519.
const KINDS: [&[u8]; 3] = [
    &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01],
    &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01],
    &[0x06, 0x03, 0x2b, 0x65, 0x70],
];
const SEQUENCE: u8 = 0x30;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// Whether this is a key of a pair, in any of the ways in which they are written down.
pub fn is_key_of_a_pair(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim();
    if text.contains("-----BEGIN") || text.starts_with("ssh-") || text.contains("\"kty\"") {
        return true;
    }
    // As some settings have it in quotes, and `openssl -text` with colons.
    let plain: String = text.split(|c: char| c.is_whitespace() || "\"':".contains(c)).collect();
    let plain = plain.strip_prefix("0x").unwrap_or(&plain);
    let base64 = |alphabet| GeneralPurpose::new(alphabet, LENIENT).decode(plain).ok();
    let decoded =
        [hex::decode(plain).ok(), base64(&alphabet::STANDARD), base64(&alphabet::URL_SAFE)];
    is_der(bytes) || decoded.iter().flatten().any(|bytes| is_der(bytes))
}

fn is_der(bytes: &[u8]) -> bool {
    let names = |kind: &&[u8]| bytes.windows(kind.len()).any(|part| part == *kind);
    let has_kind = bytes.first() == Some(&SEQUENCE) && KINDS.iter().any(names);
    has_kind || pkcs1::RsaPublicKey::try_from(bytes).is_ok()
}
