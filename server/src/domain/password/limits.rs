//! What checking a hash may cost: a few seconds and 256 MiB at most, several times what anybody
//! sensible asks for. Whoever can write hashes must not be able to hold up everybody else.

use argon2::Params;

const MOST_MEMORY: u64 = 256 * 1024 * 1024;
/// Django 6 makes 1.2 million.
const MOST_ROUNDS: u64 = 10_000_000;
/// Django makes 12.
const MOST_BCRYPT: u32 = 15;
/// KiB that are gone through; Django's own parameters go through 200 thousand.
const MOST_ARGON2: u64 = 4 * 1024 * 1024;
/// Each thread of a hash is computed after the other.
const MOST_LANES: u32 = 255;
/// Blocks of 128 bytes that are gone through; Django's own parameters go through 655 thousand.
const MOST_SCRYPT: u64 = 8 * 1024 * 1024;

/// The rounds of PBKDF2, if they are few enough.
pub fn rounds(rounds: u64) -> Option<u32> {
    let sensible = (1..=MOST_ROUNDS).contains(&rounds);
    sensible.then(|| u32::try_from(rounds).ok()).flatten()
}

/// Whether bcrypt's cost is low enough; it doubles with each.
pub fn bcrypt(cost: u32) -> bool {
    (4..=MOST_BCRYPT).contains(&cost)
}

/// Whether Argon2's parameters are low enough.
pub fn argon2(params: &Params) -> bool {
    let (memory, passes) = (u64::from(params.m_cost()), u64::from(params.t_cost()));
    memory.saturating_mul(1024) <= MOST_MEMORY
        && memory.saturating_mul(passes) <= MOST_ARGON2
        && params.p_cost() <= MOST_LANES
}

/// scrypt's parameters, N as its logarithm, if they are low enough.
pub fn scrypt(n: u64, r: u64, p: u64) -> Option<(u8, u32, u32)> {
    let memory = n.saturating_add(p).saturating_mul(r).saturating_mul(128);
    let work = n.saturating_mul(r).saturating_mul(p);
    if memory > MOST_MEMORY || work > MOST_SCRYPT {
        return None;
    }
    Some((u8::try_from(n.ilog2()).ok()?, u32::try_from(r).ok()?, u32::try_from(p).ok()?))
}
