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
    store.queue_mail(None, MailKind::ResetPassword, at(1_000)).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.queue_mail(ada, MailKind::PasswordChanged, at(3_000)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(waiting(&*store, 999).await, []);
    let all = waiting(&*store, 3_000).await;
    let told: Vec<_> = all.iter().map(|m| (m.user_id, m.kind.unwrap(), m.attempts)).collect();
    assert_eq!(
        told,
        [
            (None, MailKind::ResetPassword, 0),
            (Some(ada), MailKind::VerifyEmail, 0),
            (Some(ada), MailKind::PasswordChanged, 0),
        ]
    );
    assert_eq!(store.waiting_mails(at(3_000), 2).await.unwrap(), all[..2]);
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

on_both_engines! {
    mails_wait_until_they_are_due_the_oldest_first,
    a_mail_is_claimed_once_and_removed_by_who_has_it,
    of_a_kind_one_is_enough_but_for_who_asks_while_it_is_sent,
    mails_go_with_their_account,
    an_address_is_verified_once_and_only_if_it_is_theirs,
}
