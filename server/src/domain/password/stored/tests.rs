//! The hashes of these rows were made by Django 5.2 with argon2-cffi 25.1 and bcrypt 5.0, those
//! with few rounds by their hashers' `encode`.

use super::*;

const PASSWORD: &str = "pässwörd ☃ 1234";

const HASHES: [&str; 13] = [
    "pbkdf2_sha256$1000$Zk3sAlTsAlT0123456789a$gud9rgSLZUL10OlIwUxaK1SDQf/XIyTsbOTSYhk1Rec=",
    "pbkdf2_sha1$1000$Zk3sAlTsAlT0123456789a$8iVUhs8flrGPqVxLdnNSmgpLFxQ=",
    "scrypt$16$Zk3sAlTsAlT0123456789a$8$1$WeZ9Ftmu/i5JCss/6EFRFT+GzObM+b/SUY8K6ygWp5Jt08vw79b/sAQtVIWFIWcJOZ2WqVRPSV5Y23X/Np9QhA==",
    "bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuVVlbFQttMdD29E.M5zuBngsReyGyyGu",
    "bcrypt$$2b$04$abcdefghijklmnopqrstuuaInZ9vuFtg/e4YeIB1lZfuhLgngp3qC",
    "argon2$argon2id$v=19$m=64,t=2,p=2$Wmszc0FsVHNBbFQwMTIzNDU2Nzg5YQ$hqDUN2Bnpe7wuyyzs3j9cKDE5c2+sWvPLOzNECBr0EE",
    "argon2$argon2i$v=19$m=64,t=2,p=2$Wmszc0FsVHNBbFQwMTIzNDU2Nzg5YQ$KRB2F6YTKXVzhSYq4Ddgq9qpfdbVj7ALM7GYbcYlfBQ",
    "argon2$argon2i$v=16$m=64,t=2,p=2$Wmszc0FsVHNBbFQwMTIzNDU2Nzg5YQ$wojXoz03Q+rYo5zrpyN4i/5qhcwGlYVAr/BvOdG7ee4",
    // As the first version wrote it.
    "argon2$argon2i$m=64,t=2,p=2$Wmszc0FsVHNBbFQwMTIzNDU2Nzg5YQ$wojXoz03Q+rYo5zrpyN4i/5qhcwGlYVAr/BvOdG7ee4",
    "argon2$argon2d$v=19$m=64,t=2,p=2$Wmszc0FsVHNBbFQwMTIzNDU2Nzg5YQ$3zju2+ng3Jb4IoT9KW/L7J+wXXvFbJmlBJ1d1uDQONg",
    "md5$Zk3sAlTsAlT0123456789a$79e6ee7f87e4cb908a74792720156d99",
    "md5$$b5faec22a65c6c7fa4ed8f6c6b90f679",
    "b5faec22a65c6c7fa4ed8f6c6b90f679",
];

fn verify(hash: &str, password: &str) -> bool {
    StoredHash::parse(hash).unwrap().verify(password.as_bytes())
}

#[test]
fn every_hash_of_djangos_is_its_passwords_and_no_others() {
    for hash in HASHES {
        assert!(verify(hash, PASSWORD), "{hash}");
        for other in ["", "pässwörd ☃ 1235", "passwörd ☃ 1234", " pässwörd ☃ 1234", hash]
        {
            assert!(!verify(hash, other), "{hash} {other}");
        }
    }
}

#[test]
fn bcrypt_alone_sees_72_bytes() {
    let hash = "bcrypt$$2b$04$abcdefghijklmnopqrstuu6RhA12vIUOQHS9if30dEg2Y0fWwbGJC";
    let long = format!("{}abc", "☃".repeat(23));
    assert_eq!(long.len(), 72);
    assert!(verify(hash, &long));
    assert!(verify(hash, &format!("{long}X")), "as Django with bcrypt before 5.0");
    assert!(!verify(hash, &long[..71]));
    for older in ["$2a$", "$2y$"] {
        assert!(verify(&hash.replace("$2b$", older), &long), "{older}");
    }
}

#[test]
fn nobody_has_a_password_for_an_unusable_one_or_a_decoy() {
    for unusable in ["", "!", "!6BWhOHrr4cGOjPG7MexYeq61S7kHqSdbgg3baTTU"] {
        assert!(!verify(unusable, "") && !verify(unusable, unusable));
        assert!(StoredHash::parse(unusable).unwrap().decoy().is_none());
    }
    for hash in HASHES {
        let decoy = StoredHash::parse(hash).unwrap().decoy().unwrap();
        assert!(!verify(decoy.expose(), PASSWORD) && !verify(decoy.expose(), ""), "{hash}");
        // It is of the same kind and cost, and says nothing else of the hash.
        let again = StoredHash::parse(decoy.expose()).unwrap().decoy().unwrap();
        assert_eq!(again, decoy, "{hash}");
    }
    let decoy = |hash| StoredHash::parse(hash).unwrap().decoy().unwrap().expose().to_owned();
    assert!(decoy(HASHES[0]).starts_with("pbkdf2_sha256$1000$0"));
    assert!(decoy(HASHES[2]).starts_with("scrypt$16$0") && decoy(HASHES[2]).contains("$8$1$"));
    assert!(decoy(HASHES[3]).starts_with("bcrypt_sha256$$2b$04$."));
}

#[test]
fn what_costs_too_much_is_absurd() {
    let scrypt =
        |n: &str, r: &str, p: &str| format!("scrypt${n}$salt${r}${p}${}", STANDARD.encode([0; 64]));
    let pbkdf2 = |rounds: &str| format!("pbkdf2_sha256${rounds}$salt${}", STANDARD.encode([0; 32]));
    let argon2 = |params: &str| HASHES[5].replace("m=64,t=2,p=2", params);
    let bcrypt = |cost: &str| HASHES[4].replace("$04$", cost);
    for absurd in [
        pbkdf2("0"),
        pbkdf2("10000001"),
        pbkdf2("99999999999999999999999"),
        scrypt("2097152", "8", "1"),
        scrypt("2", "8", "99999999"),
        scrypt("2", "4294967295", "1"),
        scrypt("16384", "8", "100"),
        scrypt("18446744073709551615", "8", "1")
            .replace("18446744073709551615", "9223372036854775808"),
        argon2("m=1048576,t=1,p=1"),
        argon2("m=65536,t=100,p=1"),
        argon2("m=65536,t=1,p=1000"),
        bcrypt("$16$"),
        bcrypt("$31$"),
        bcrypt("$03$"),
    ] {
        assert!(matches!(StoredHash::parse(&absurd), Err(HashFault::Absurd(_))), "{absurd}");
    }
    for sensible in [
        pbkdf2("1200000"),
        scrypt("16384", "8", "5"),
        scrypt("131072", "8", "1"),
        argon2("m=102400,t=2,p=8"),
        bcrypt("$14$"),
    ] {
        assert!(StoredHash::parse(&sensible).is_ok(), "{sensible}");
    }
}

#[test]
fn nothing_else_is_a_hash() {
    use HashFault::{Malformed, Unknown};
    let long = format!("pbkdf2_sha256$1$salt${}", "A".repeat(1000));
    for (text, fault) in [
        ("plain", Unknown),
        ("sha1$salt$0123456789012345678901234567890123456789", Unknown),
        ("crypt$$ab", Unknown),
        ("PBKDF2_SHA256$1$salt$AAAA", Unknown),
        (&long, Unknown),
        ("79E6EE7F87E4CB908A74792720156D99", Unknown),
        ("$", Malformed("argon2")),
        ("$2b$04$abcdefghijklmnopqrstuuaInZ9vuFtg/e4YeIB1lZfuhLgngp3qC", Malformed("argon2")),
        ("argon2$argon2id$v=19$m=64,t=2,p=2$Wmszc0FsVHM", Malformed("argon2")),
        (
            "argon2$argon2id$v=20$m=64,t=2,p=2$Wmszc0FsVHNBbFQ$hqDUN2Bnpe7wuyyzs3j9",
            Malformed("argon2"),
        ),
        (
            "argon2$scrypt$v=19$m=64,t=2,p=2$Wmszc0FsVHNBbFQ$hqDUN2Bnpe7wuyyzs3j9",
            Malformed("argon2"),
        ),
        ("pbkdf2_sha256$1000$salt", Malformed("pbkdf2_sha256")),
        ("pbkdf2_sha256$+1$salt$AAAA", Malformed("pbkdf2_sha256")),
        ("pbkdf2_sha256$1000$salt$AAAA", Malformed("pbkdf2_sha256")),
        ("pbkdf2_sha1$1000$salt$8iVUhs8flrGPqVxLdnNSmgpLFxQ=$", Malformed("pbkdf2_sha1")),
        ("scrypt$16$salt$8$1", Malformed("scrypt")),
        ("scrypt$15$salt$8$1$WeZ9", Malformed("scrypt")),
        ("bcrypt$2b$04$abcdefghijklmnopqrstuuaInZ9vuFtg/e4YeIB1lZfuhLgngp3qC", Malformed("bcrypt")),
        (
            "bcrypt$$2x$04$abcdefghijklmnopqrstuuaInZ9vuFtg/e4YeIB1lZfuhLgngp3qC",
            Malformed("bcrypt"),
        ),
        ("bcrypt$ü", Malformed("bcrypt")),
        ("bcrypt_sha256$", Malformed("bcrypt_sha256")),
        ("md5$salt", Malformed("md5")),
        ("md5$salt$79e6", Malformed("md5")),
    ] {
        assert_eq!(StoredHash::parse(text).unwrap_err(), fault, "{text}");
    }
}
