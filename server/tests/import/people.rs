//! Who is taken over, who is not, and what is said of them.

use super::*;
use crate::support::legacy;
use latchkey::auth::import::{Counts, ImportRules};

async fn whoever_was_deleted_here_stays_so(engine: Engine) {
    let app = TestApp::on(engine, &legacy::FLAGS).await;
    let django = UserTable::new(engine).await;
    django.add(1, "ada", "!").await;
    import(&app, &django.url, RULES).await.unwrap();
    app.auth.delete_user("ada").await.unwrap();

    for dry_run in [true, false] {
        let rules = ImportRules { dry_run, ..RULES };
        let (counts, said) = import(&app, &django.url, rules).await.unwrap();
        assert_eq!(counts, Counts { removed: 1, ..Counts::default() });
        assert_eq!(said.lines, ["ada: deleted here"]);
    }
    assert!(app.auth.users().await.unwrap().is_empty());
    let holding = |token: &str| -> Browser {
        let browser = app.browser();
        browser.set_cookie("refresh", token);
        browser
    };
    holding(&legacy::token("a")).refresh().await.assert_status(401);

    let rules = ImportRules { restore_deleted: true, ..RULES };
    let (counts, _) = import(&app, &django.url, rules).await.unwrap();
    assert_eq!(counts, Counts { imported: 1, ..Counts::default() });
    // They are back, and none of the sessions that went with them.
    let refused = holding(&legacy::token("a")).refresh().await;
    assert_eq!(refused.assert_status(401).json()["detail"], "Token is blacklisted");
    let (counts, _) = import(&app, &django.url, RULES).await.unwrap();
    assert_eq!(counts, Counts { present: 1, ..Counts::default() });
}

async fn whoever_is_here_counts_as_that_whatever_has_become_of_them_there(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    let django = UserTable::new(engine).await;
    let md5 = format!("md5$salt${}", "0".repeat(32));
    django.add(1, "ada", &md5).await;
    django.add(2, "bob", "!").await;
    let rules = ImportRules { allow_md5: true, ..RULES };
    let (counts, _) = import(&app, &django.url, rules).await.unwrap();
    assert_eq!(counts, Counts { imported: 2, ..Counts::default() });
    django.execute("UPDATE auth_user SET username = '', password = 'x' WHERE id = 2").await;
    let (counts, said) = import(&app, &django.url, RULES).await.unwrap();
    assert_eq!(counts, Counts { present: 2, ..Counts::default() }, "{said:?}");
    // Of whom nothing is as it was, it is not known.
    django.execute("UPDATE auth_user SET date_joined = '2020-01-01' WHERE id = 2").await;
    let (counts, said) = import(&app, &django.url, RULES).await.unwrap();
    assert_eq!(counts, Counts { present: 1, refused: 1, ..Counts::default() });
    assert_eq!(said.lines, [": its user name is empty"]);
}

on_both_engines! {
    whoever_was_deleted_here_stays_so,
    whoever_is_here_counts_as_that_whatever_has_become_of_them_there,
}
