//! People who keep their ids.

use latchkey::storage::ImportedUser;

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
    let claims = tx.claims(&others).await.unwrap();
    assert_eq!(claims.len(), 1);
    assert_eq!((claims[0].id, claims[0].username_key.as_str()), (id, "ada"));
    assert_eq!(claims[0].email_key.as_deref(), Some("ada@example.com"));
    assert_eq!(tx.insert_imported(&others).await.unwrap(), [UserId(22)]);
    assert!(tx.insert_imported(&[]).await.unwrap().is_empty());
    assert!(tx.claims(&[]).await.unwrap().is_empty());
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

on_both_engines! {
    what_is_theirs_comes_along,
    nobody_is_overwritten,
    reserved_ids_are_given_to_nobody_new,
}
