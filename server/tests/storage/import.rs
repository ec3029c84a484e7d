//! People who keep their ids.

use latchkey::{
    domain::Email,
    storage::{ImportedUser, Removal, Wanted},
};

use super::*;

fn imported(id: i64, name: &str, email: Option<&str>) -> ImportedUser {
    ImportedUser {
        id: UserId(id),
        user: NewUser {
            username: Username::imported(name).unwrap(),
            email_verified_at: email.map(|_| at(3)),
            ..new_user("anybody", email)
        },
        decoy: Some(PasswordHash::from_stored("decoy".to_owned())),
        last_login_at: Some(at(4)),
        disabled_at: Some(at(5)),
        imported_at: at(6),
        legacy_refused_before: None,
    }
}

async fn what_is_theirs_comes_along(database: &TestDatabase) {
    let store = database.open().await;
    let mut tx = store.begin().await.unwrap();
    let ada = imported(7, "Ada \"☃\" O'Byron\\", Some("Ada@example.com"));
    assert_eq!(tx.insert_imported(std::slice::from_ref(&ada)).await.unwrap(), [UserId(7)]);
    tx.commit().await.unwrap();
    let kept = store.lookup_user(UserId(7)).await.unwrap().unwrap();
    assert_eq!(kept.username, ada.user.username.as_str());
    assert_eq!(kept.email.as_deref(), Some("Ada@example.com"));
    assert_eq!(kept.email_verified_at, Some(at(3)));
    assert_eq!((kept.last_login_at, kept.disabled_at), (Some(at(4)), Some(at(5))));
    assert_eq!((kept.created_at, kept.superuser_since), (at(0), None));
    assert_eq!(store.password_decoys().await.unwrap().len(), 1);
}

async fn nobody_is_overwritten(database: &TestDatabase) {
    let store = database.open().await;
    let id = add_user(&*store, "ada", Some("ada@example.com")).await.unwrap();
    let others = [
        imported(id.0, "eve", None),
        imported(20, "ADA", None),
        imported(21, "bob", Some("ADA@example.com")),
        imported(22, "free", Some("free@example.com")),
    ];
    let mut tx = store.begin().await.unwrap();
    let wanted = Wanted {
        ids: others.iter().map(|other| other.id).collect(),
        names: others.iter().map(|other| other.user.username.key()).collect(),
        emails: others.iter().filter_map(|o| o.user.email.as_ref()).map(Email::key).collect(),
    };
    let claims = tx.claims(&wanted).await.unwrap();
    assert_eq!(claims.len(), 1);
    assert_eq!((claims[0].id, claims[0].username_key.as_str()), (id, "ada"));
    assert_eq!(claims[0].email_key.as_deref(), Some("ada@example.com"));
    assert_eq!(tx.insert_imported(&others).await.unwrap(), [UserId(22)]);
    assert!(tx.insert_imported(&[]).await.unwrap().is_empty());
    assert!(tx.claims(&Wanted::default()).await.unwrap().is_empty());
    tx.commit().await.unwrap();
    assert_eq!(store.lookup_user(id).await.unwrap().unwrap().username, "ada");
}

async fn reserved_ids_are_given_to_nobody_new(database: &TestDatabase) {
    let store = database.open().await;
    let reserve = async |highest| {
        let mut tx = store.begin().await.unwrap();
        tx.reserve_ids(UserId(highest)).await.unwrap();
        tx.commit().await.unwrap();
    };
    reserve(40).await;
    assert_eq!(add_user(&*store, "ada", None).await.unwrap(), UserId(41));
    // It never goes back.
    reserve(5).await;
    assert_eq!(add_user(&*store, "eve", None).await.unwrap(), UserId(42));
    reserve(42).await;
    assert_eq!(add_user(&*store, "bob", None).await.unwrap(), UserId(43));
}

async fn whoever_was_deleted_comes_back_only_if_that_is_forgotten(database: &TestDatabase) {
    let store = database.open().await;
    let ada = imported(7, "ada", None);
    let import = async |user: &ImportedUser, restore: bool| {
        let mut tx = store.begin().await.unwrap();
        if restore {
            tx.forget_removals(&[user.id]).await.unwrap();
        }
        let added = tx.insert_imported(std::slice::from_ref(user)).await.unwrap();
        tx.commit().await.unwrap();
        !added.is_empty()
    };
    let delete = async |id| {
        let mut tx = store.begin().await.unwrap();
        tx.delete_user(id, at(9)).await.unwrap();
        tx.commit().await.unwrap();
    };
    assert!(import(&ada, false).await);
    let eve = add_user(&*store, "eve", None).await.unwrap();
    delete(ada.id).await;
    delete(eve).await;
    let removals = async || {
        let mut tx = store.begin().await.unwrap();
        tx.removals(&[ada.id, eve, UserId(999)]).await.unwrap()
    };
    // Nobody but an import would bring somebody back.
    assert_eq!(removals().await, [Removal { id: ada.id, at: at(9) }]);
    assert!(!import(&ada, false).await);
    let back = ImportedUser { legacy_refused_before: Some(at(9)), ..ada.clone() };
    assert!(import(&back, true).await);
    assert!(removals().await.is_empty());
    let known = store.lookup_user(ada.id).await.unwrap().unwrap();
    assert_eq!(known.legacy_refused_before, Some(at(9)));
    delete(ada.id).await;
    assert_eq!(removals().await.len(), 1);
}

async fn hashes_are_expected_before_they_come(database: &TestDatabase) {
    let store = database.open().await;
    let decoys = ["another", "decoy"].map(|text| PasswordHash::from_stored(text.to_owned()));
    let known = async || {
        let decoys = store.password_decoys().await.unwrap();
        let mut texts: Vec<_> = decoys.iter().map(|one| one.expose().to_owned()).collect();
        texts.sort();
        texts
    };
    assert!(!store.expect_decoys(&[]).await.unwrap());
    for _ in 0..2 {
        assert!(store.expect_decoys(&decoys).await.unwrap(), "nobody has one yet");
    }
    assert_eq!(known().await, ["another", "decoy"]);
    let mut tx = store.begin().await.unwrap();
    let people = [imported(7, "ada", None), imported(8, "bob", None)];
    assert_eq!(tx.insert_imported(&people).await.unwrap().len(), 2);
    tx.commit().await.unwrap();
    assert!(store.expect_decoys(&decoys).await.unwrap());
    assert!(!store.expect_decoys(&decoys[1..]).await.unwrap());
    assert_eq!(known().await, ["another", "decoy"], "each once");
    store.forget_expected_decoys().await.unwrap();
    assert_eq!(known().await, ["decoy"]);
}

on_both_engines! {
    hashes_are_expected_before_they_come,
    whoever_was_deleted_comes_back_only_if_that_is_forgotten,
    what_is_theirs_comes_along,
    nobody_is_overwritten,
    reserved_ids_are_given_to_nobody_new,
}
