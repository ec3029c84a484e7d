//! Key pairs that the server makes itself.

use super::*;

impl Place {
    /// The same with another `ALGORITHM`: returns the new key's name, and what is said of it.
    fn rotate_to(&self, algorithm: &str) -> (String, String) {
        let output = self.run(&["--algorithm", algorithm, "keys", "rotate"], "");
        assert!(output.status.success(), "{algorithm}: {}", text(&output.stderr));
        let said = text(&output.stdout);
        (said.split_whitespace().nth(1).unwrap().to_owned(), said)
    }

    fn serve_signing(&self, algorithm: &str) -> Server {
        self.serve_with(&["--algorithm", algorithm])
    }
}

/// The name and the algorithm of each key that everybody may see.
fn public_keys(server: &Server) -> Vec<(String, String)> {
    let answer = server.send("GET /.well-known/jwks.json", "", "");
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let set: serde_json::Value = serde_json::from_str(body).unwrap();
    let field = |key: &serde_json::Value, name: &str| key[name].as_str().unwrap().to_owned();
    let keys = set["keys"].as_array().unwrap();
    keys.iter().map(|key| (field(key, "kid"), field(key, "alg"))).collect()
}

fn algorithm(cookies: &str) -> String {
    let token = cookies.split_once("access=").unwrap().1.split(';').next().unwrap();
    format!("{:?}", jsonwebtoken::decode_header(token.trim()).unwrap().alg)
}

#[test]
fn a_pair_is_made_at_the_first_start_and_rotated_like_a_secret() {
    for name in ["ES256", "ES384", "EdDSA", "RS256"] {
        let place = Place::with([("ALGORITHM", name.to_owned())]);
        place.create_ada();
        let server = place.serve();
        let before = server.login();
        let old = kid(&before);
        assert_eq!(algorithm(&before), name);
        assert_eq!(public_keys(&server), [(old.clone(), name.to_owned())]);

        let (new, said) = place.rotate_to(name);
        assert_eq!(said, format!("key {new} is made: it signs as soon as every server has it\n"));
        place.wait_until(&new, "signs");
        let after = server.login();
        assert_eq!(kid(&after), new);
        let shown: Vec<_> = public_keys(&server).into_iter().map(|(kid, _)| kid).collect();
        assert_eq!(shown, [new, old]);
        drop(server);
        let server = place.serve();
        assert!(server.is_signed_in(&before) && server.is_signed_in(&after), "{name}");
        assert_ok(&refresh(&server, &before));
        drop(server);

        let file = place.path().join("data/signing.key");
        let blocks = fs::read_to_string(&file).unwrap().matches("BEGIN PRIVATE KEY").count();
        assert_eq!(blocks, 2, "{name}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}

/// Two algorithms that could both sign with each other's keys are among them.
#[test]
fn another_algorithm_is_a_rotation_like_any_other() {
    let place = Place::new();
    place.create_ada();
    let mut server = place.serve();
    let mut people = vec![server.login()];
    let mut present = "HS256";
    for next in ["HS512", "EdDSA", "HS256", "ES256"] {
        let old = kid(&server.login());
        if next != "HS256" {
            let said = place.refused_start(&["--algorithm", next]);
            let part = format!("ALGORITHM is {next}, and no key in data/signing.key signs with it");
            assert!(said.contains(&part) && said.contains("latchkey keys rotate"), "{said}");
        }
        let (new, said) = place.rotate_to(next);
        assert!(said.ends_with(&format!("once the server runs with ALGORITHM={next}\n")), "{said}");
        // The server that runs signs as it did, with the new key at hand.
        place.wait_until(&new, "waits: 1 of 1 servers can verify it");
        let cookies = server.login();
        assert_eq!((kid(&cookies), algorithm(&cookies).as_str()), (old.clone(), present));
        people.push(cookies);
        server.stop();
        // Started as it was, it goes on as it did.
        server = place.serve_signing(present);
        assert_eq!(kid(&server.login()), old);
        server.stop();
        server = place.serve_signing(next);
        people.push(server.login());
        assert_eq!(
            (kid(people.last().unwrap()), algorithm(people.last().unwrap()).as_str()),
            (new, next)
        );
        for cookies in &people {
            assert!(server.is_signed_in(cookies), "{next}: {}", algorithm(cookies));
            assert_ok(&refresh(&server, cookies));
        }
        present = next;
    }
    let shown: Vec<_> = public_keys(&server).into_iter().map(|(_, algorithm)| algorithm).collect();
    assert_eq!(shown, ["ES256", "EdDSA"]);
}
