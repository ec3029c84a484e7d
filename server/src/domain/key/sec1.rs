//! Keys of curves as `openssl ecparam -genkey` writes them, which are not PKCS #8.

use p256::pkcs8::{EncodePrivateKey as _, LineEnding};

use super::SigningAlgorithm;

/// The same key in PKCS #8; `None` where it is no such key, or one of another curve.
pub fn as_pkcs8(algorithm: SigningAlgorithm, pem: &[u8]) -> Option<impl AsRef<[u8]>> {
    let pem = std::str::from_utf8(pem).ok()?;
    match algorithm {
        SigningAlgorithm::Es256 => {
            p256::SecretKey::from_sec1_pem(pem).ok()?.to_pkcs8_pem(LineEnding::LF).ok()
        }
        SigningAlgorithm::Es384 => {
            p384::SecretKey::from_sec1_pem(pem).ok()?.to_pkcs8_pem(LineEnding::LF).ok()
        }
        _ => None,
    }
}
