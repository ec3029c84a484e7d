//! The queue of mails, and addresses that are shown to be somebody's.

use latchkey::{domain::MailKind, storage::WaitingMail};

use super::*;

async fn waiting(store: &dyn Store, now: i64) -> Vec<WaitingMail> {
    store.waiting_mails(at(now), 10).await.unwrap()
}

async fn mails_wait_until_they_are_due_the_oldest_first(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", None).await.unwrap();
    store.queue_mail(Some(ada), MailKind::VerifyEmail, at(2_000)).await.unwrap();
    store.queue_mail(Some(ada), MailKind::ResetPassword, at(1_000)).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.queue_mail(ada, MailKind::PasswordChanged, at(3_000)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(waiting(&*store, 999).await, []);
    let all = waiting(&*store, 3_000).await;
    let told: Vec<_> = all.iter().map(|m| (m.user_id, m.kind.unwrap(), m.attempts)).collect();
    assert_eq!(
        told,
        [
            (Some(ada), MailKind::ResetPassword, 0),
            (Some(ada), MailKind::VerifyEmail, 0),
            (Some(ada), MailKind::PasswordChanged, 0),
        ]
    );
    assert_eq!(store.waiting_mails(at(3_000), 2).await.unwrap(), all[..2]);
}

async fn mails_to_nobody_are_kept_apart(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", None).await.unwrap();
    for _ in 0..3 {
        store.queue_mail(None, MailKind::ResetPassword, at(0)).await.unwrap();
    }
    store.queue_mail(Some(ada), MailKind::ResetPassword, at(1)).await.unwrap();
    assert_eq!(store.waiting_mails(at(1), 1).await.unwrap()[0].user_id, Some(ada));
    store.remove_mails_to_nobody(at(1)).await.unwrap();
    assert_eq!(waiting(&*store, 1).await.len(), 1);
}

async fn a_mail_is_claimed_once_and_removed_by_who_has_it(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", None).await.unwrap();
    store.queue_mail(Some(ada), MailKind::ResetPassword, at(0)).await.unwrap();
    let [mail] = waiting(&*store, 0).await[..] else { panic!("one mail") };
    assert!(store.claim_mail(&mail, at(60_000)).await.unwrap());
    assert!(!store.claim_mail(&mail, at(60_000)).await.unwrap());
    assert_eq!(waiting(&*store, 59_999).await, []);
    let [again] = waiting(&*store, 60_000).await[..] else { panic!("one mail") };
    assert_eq!(again, WaitingMail { attempts: 1, due_at: at(60_000), ..mail });
    // Whoever held it before has nothing to say any more.
    store.remove_mail(mail.id, mail.due_at).await.unwrap();
    assert_eq!(waiting(&*store, 60_000).await, [again]);
    store.remove_mail(mail.id, at(60_000)).await.unwrap();
    assert_eq!(waiting(&*store, 60_000).await, []);
}

async fn of_a_kind_one_is_enough_but_for_who_asks_while_it_is_sent(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", None).await.unwrap();
    let ask = async |now| store.queue_mail(Some(ada), MailKind::ResetPassword, at(now)).await;
    ask(0).await.unwrap();
    ask(1_000).await.unwrap();
    let [mail] = waiting(&*store, 1_000).await[..] else { panic!("one mail") };
    assert!(store.claim_mail(&mail, at(60_000)).await.unwrap());
    ask(2_000).await.unwrap();
    store.remove_mail(mail.id, at(60_000)).await.unwrap();
    let [again] = waiting(&*store, 2_000).await[..] else { panic!("one mail") };
    assert_eq!((again.due_at, again.attempts), (at(2_000), 0));
}

async fn mails_go_with_their_account(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", None).await.unwrap();
    store.queue_mail(Some(ada), MailKind::ResetPassword, at(0)).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.delete_user(ada, at(0)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(waiting(&*store, 0).await, []);
}

async fn an_address_is_verified_once_and_only_if_it_is_theirs(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", Some("Ada@example.com")).await.unwrap();
    let verify = async |key: &str, now| {
        let mut tx = store.begin().await.unwrap();
        let news = tx.verify_email(ada, key, at(now)).await.unwrap();
        tx.commit().await.unwrap();
        news
    };
    assert!(!verify("bob@example.com", 1_000).await);
    assert!(verify("ada@example.com", 2_000).await);
    assert!(!verify("ada@example.com", 3_000).await);
    let found = store.find_user_by_email("ada@example.com").await.unwrap().unwrap();
    assert_eq!((found.id, found.email_verified_at), (ada, Some(at(2_000))));
    assert!(store.find_user_by_email("Ada@example.com").await.unwrap().is_none());
}

async fn a_wanted_address_takes_the_place_of_the_present_one_once(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", Some("ada@example.com")).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    for (address, now) in [("eve@example.com", 1_000), ("Countess@example.com", 2_000)] {
        tx.ask_new_email(ada, &Email::parse(address).unwrap(), at(now)).await.unwrap();
    }
    let wanted = tx.lock_user(ada).await.unwrap().unwrap().new_email.unwrap();
    let new = |address: &str, now| NewEmail { address: address.to_owned(), asked_at: at(now) };
    assert_eq!(wanted, new("Countess@example.com", 2_000));
    for other in [new("eve@example.com", 1_000), new("Countess@example.com", 1_000)] {
        assert!(!tx.change_email(ada, &other, at(3_000)).await.unwrap(), "{other:?}");
    }
    assert!(tx.change_email(ada, &wanted, at(3_000)).await.unwrap());
    assert!(!tx.change_email(ada, &wanted, at(4_000)).await.unwrap());
    tx.commit().await.unwrap();
    let found = store.find_user_by_email("countess@example.com").await.unwrap().unwrap();
    assert_eq!(found.email.as_deref(), Some("Countess@example.com"));
    assert_eq!(found.former_email.as_deref(), Some("ada@example.com"));
    assert_eq!((found.email_verified_at, found.new_email), (Some(at(3_000)), None));
    assert!(store.find_user_by_email("ada@example.com").await.unwrap().is_none());
}

async fn a_wanted_address_may_be_taken_meanwhile(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", Some("ada@example.com")).await.unwrap();
    let email = Email::parse("Bob@example.com").unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.ask_new_email(ada, &email, at(0)).await.unwrap();
    tx.commit().await.unwrap();
    add_user(&*store, "bob", Some("bob@example.com")).await.unwrap();
    let wanted = store.lookup_user(ada).await.unwrap().unwrap().new_email.unwrap();
    let mut tx = store.begin().await.unwrap();
    let taken = tx.change_email(ada, &wanted, at(1)).await.unwrap_err();
    assert!(matches!(taken, StoreError::Conflict(Constraint::Email)), "{taken}");
    drop(tx);
    let ada = store.lookup_user(ada).await.unwrap().unwrap();
    assert_eq!(ada.email.as_deref(), Some("ada@example.com"));
}

async fn a_new_password_forgets_which_address_was_wanted(database: &TestDatabase) {
    let store = database.open().await;
    let ada = add_user(&*store, "ada", Some("ada@example.com")).await.unwrap();
    let hash = |text: &str| PasswordHash::from_stored(text.to_owned());
    let mut tx = store.begin().await.unwrap();
    let email = Email::parse("eve@example.com").unwrap();
    tx.ask_new_email(ada, &email, at(0)).await.unwrap();
    assert!(!tx.replace_password(ada, &hash("other"), &hash("new")).await.unwrap());
    assert!(tx.lock_user(ada).await.unwrap().unwrap().new_email.is_some());
    assert!(tx.replace_password(ada, &hash("hash"), &hash("new")).await.unwrap());
    assert_eq!(tx.lock_user(ada).await.unwrap().unwrap().new_email, None);
}

on_both_engines! {
    mails_wait_until_they_are_due_the_oldest_first,
    mails_to_nobody_are_kept_apart,
    a_mail_is_claimed_once_and_removed_by_who_has_it,
    of_a_kind_one_is_enough_but_for_who_asks_while_it_is_sent,
    mails_go_with_their_account,
    an_address_is_verified_once_and_only_if_it_is_theirs,
    a_wanted_address_takes_the_place_of_the_present_one_once,
    a_wanted_address_may_be_taken_meanwhile,
    a_new_password_forgets_which_address_was_wanted,
}
