//! New keys, made from the injected randomness.

use ed25519_dalek::pkcs8::KeypairBytes;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
use rsa::{
    RsaPrivateKey,
    pkcs8::{EncodePrivateKey as _, LineEnding},
};
use secrecy::SecretString;

use super::super::{Entropy, EntropyError, SigningAlgorithm, entropy::random};

/// As strong as 128 bits of a secret, as P-256 and Ed25519 are.
const RSA_BITS: usize = 3072;

/// Why there is no new key.
#[derive(Debug, thiserror::Error)]
pub enum FreshKeyError {
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// No primes.
    #[error("no key of RSA could be made: {0}")]
    Rsa(#[from] rsa::Error),
    /// It could not be written down.
    #[error("the new key has no PEM: {0}")]
    Pem(#[from] rsa::pkcs8::Error),
}

impl SigningAlgorithm {
    /// A new secret in hexadecimal, or a new private key in PEM (PKCS #8) where the algorithm wants
    /// a pair. One of RSA takes a second or several.
    ///
    /// # Errors
    /// [`FreshKeyError`].
    pub fn fresh_key(self, entropy: &dyn Entropy) -> Result<SecretString, FreshKeyError> {
        // Drawn at once: the generators of pairs know of no source that fails.
        let seed = random::<32>(entropy)?;
        let mut rng = ChaCha20Rng::from_seed(seed);
        let pem = match self {
            Self::Hs256 | Self::Hs384 | Self::Hs512 => return Ok(hex::encode(seed).into()),
            Self::Rs256 | Self::Rs384 | Self::Rs512 => {
                RsaPrivateKey::new(&mut rng, RSA_BITS)?.to_pkcs8_pem(LineEnding::LF)?
            }
            Self::Es256 => p256::SecretKey::random(&mut rng).to_pkcs8_pem(LineEnding::LF)?,
            Self::Es384 => p384::SecretKey::random(&mut rng).to_pkcs8_pem(LineEnding::LF)?,
            // Without its public half, as openssl writes it and every version of it reads it.
            Self::EdDsa => {
                KeypairBytes { secret_key: seed, public_key: None }.to_pkcs8_pem(LineEnding::LF)?
            }
        };
        Ok(pem.trim_end().into())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::domain::{SigningKey, entropy::SeededEntropy};

    fn fresh(algorithm: SigningAlgorithm, seed: u64) -> String {
        let key = algorithm.fresh_key(&SeededEntropy::new(seed)).unwrap();
        key.expose_secret().to_owned()
    }

    #[test]
    fn a_fresh_key_signs_with_its_algorithm_and_is_another_each_time() {
        let is_rsa = |algorithm: &SigningAlgorithm| algorithm.name().starts_with("RS");
        for algorithm in SigningAlgorithm::ALL.into_iter().filter(|way| !is_rsa(way)) {
            let keys: HashSet<_> = (0..9).map(|seed| fresh(algorithm, seed)).collect();
            assert_eq!(keys.len(), 9, "{algorithm}");
            for text in &keys {
                let key = SigningKey::new(algorithm, text.as_bytes()).unwrap();
                assert_eq!(key.public_half().is_some(), text.starts_with("-----BEGIN PRIVATE KEY"));
            }
            assert!(keys.contains(&fresh(algorithm, 0)), "{algorithm}: by its seed alone");
        }
    }

    /// One is enough for all three: it takes long.
    #[test]
    fn a_fresh_rsa_key_has_3072_bits() {
        let key = fresh(SigningAlgorithm::Rs256, 1);
        let key = SigningKey::new(SigningAlgorithm::Rs512, key.as_bytes()).unwrap();
        let jwk = serde_json::to_value(key.public_half()).unwrap();
        assert_eq!(jwk["n"].as_str().unwrap().len() * 6 / 8, 3072 / 8);
    }

    #[test]
    fn without_randomness_there_is_no_key() {
        struct Dry;
        impl Entropy for Dry {
            fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
                Err(EntropyError)
            }
        }
        for algorithm in SigningAlgorithm::ALL {
            let made = algorithm.fresh_key(&Dry);
            assert!(matches!(made, Err(FreshKeyError::Entropy(_))), "{algorithm}");
        }
    }
}
