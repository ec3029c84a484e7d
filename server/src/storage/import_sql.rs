//! The statements of imports. A batch is one parameter, a JSON array, which each engine takes apart
//! in its own words.

macro_rules! columns {
    () => {
        "id, username, username_key, email, email_key, email_verified_at, first_name, last_name, \
         password_hash, password_decoy, superuser_since, created_at, last_login_at, disabled_at, \
         imported_at, legacy_refused_before"
    };
}

macro_rules! claims {
    ($numbers:literal, $texts:literal, $names:literal, $emails:literal) => {
        concat!(
            "SELECT id, username_key, email_key, created_at, imported_at FROM users WHERE id IN ",
            $numbers,
            " OR username_key IN ",
            $texts,
            $names,
            " OR email_key IN ",
            $texts,
            $emails
        )
    };
}

macro_rules! removals {
    ($beginning:literal, $numbers:literal) => {
        concat!($beginning, " FROM removed_users WHERE id IN ", $numbers)
    };
}

macro_rules! expected {
    ($texts:literal) => {
        pub(in crate::storage) const EXPECT_DECOYS: &str = concat!(
            "INSERT INTO expected_decoys (decoy) SELECT value FROM ",
            $texts,
            " WHERE true ON CONFLICT DO NOTHING"
        );

        pub(in crate::storage) const COUNT_NEW_DECOYS: &str = concat!(
            "SELECT count(*) FROM ",
            $texts,
            " WHERE NOT EXISTS (SELECT 1 FROM users WHERE password_decoy = value)"
        );
    };
}

pub(super) mod sqlite {
    expected!("json_each($1)");

    pub(in crate::storage) const CLAIMS: &str = claims!(
        "(SELECT value FROM json_each($1))",
        "(SELECT value FROM json_each(",
        "$2))",
        "$3))"
    );

    /// The first of these makes the row that the second one changes, where there is none yet.
    pub(in crate::storage) const RESERVE_IDS: [&str; 2] = [
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'users', $1 \
         WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'users')",
        "UPDATE sqlite_sequence SET seq = $1 WHERE name = 'users' AND seq < $1",
    ];

    pub(in crate::storage) const INSERT: &str = concat!(
        "INSERT INTO users (",
        columns!(),
        ") SELECT value ->> 'id', value ->> 'username', value ->> 'username_key', \
         value ->> 'email', value ->> 'email_key', value ->> 'email_verified_at', \
         value ->> 'first_name', value ->> 'last_name', value ->> 'password_hash', \
         value ->> 'password_decoy', value ->> 'superuser_since', value ->> 'created_at', \
         value ->> 'last_login_at', value ->> 'disabled_at', value ->> 'imported_at', \
         value ->> 'legacy_refused_before' FROM json_each($1) \
         WHERE value ->> 'id' NOT IN (SELECT id FROM removed_users) \
         ON CONFLICT DO NOTHING RETURNING id"
    );

    pub(in crate::storage) const REMOVALS: &str =
        removals!("SELECT id, removed_at", "(SELECT value FROM json_each($1))");

    pub(in crate::storage) const FORGET_REMOVALS: &str =
        removals!("DELETE", "(SELECT value FROM json_each($1))");

    pub(in crate::storage) const USE_LEGACY_TOKENS: &str = "INSERT INTO legacy_tokens \
         (jti, expires_at) SELECT value ->> 'jti', value ->> 'expires_at' FROM json_each($1) \
         WHERE true ON CONFLICT DO NOTHING";
}

pub(super) mod postgres {
    expected!("json_array_elements_text($1::json)");

    pub(in crate::storage) const CLAIMS: &str = claims!(
        "(SELECT value::bigint FROM json_array_elements_text($1::json))",
        "(SELECT value FROM json_array_elements_text(",
        "$2::json))",
        "$3::json))"
    );

    pub(in crate::storage) const RESERVE_IDS: &str = "SELECT setval(pg_get_serial_sequence('users', 'id'), $1) \
         FROM pg_sequences WHERE schemaname = current_schema() \
         AND sequencename = 'users_id_seq' AND coalesce(last_value, 0) < $1";

    pub(in crate::storage) const INSERT: &str = concat!(
        "INSERT INTO users (",
        columns!(),
        ") SELECT ",
        columns!(),
        " FROM json_populate_recordset(NULL::users, $1::json) \
         WHERE id NOT IN (SELECT id FROM removed_users) ON CONFLICT DO NOTHING RETURNING id"
    );

    pub(in crate::storage) const REMOVALS: &str = removals!(
        "SELECT id, removed_at",
        "(SELECT value::bigint FROM json_array_elements_text($1::json))"
    );

    pub(in crate::storage) const FORGET_REMOVALS: &str =
        removals!("DELETE", "(SELECT value::bigint FROM json_array_elements_text($1::json))");

    pub(in crate::storage) const USE_LEGACY_TOKENS: &str = "INSERT INTO legacy_tokens \
         (jti, expires_at) SELECT jti, expires_at \
         FROM json_populate_recordset(NULL::legacy_tokens, $1::json) ON CONFLICT DO NOTHING";
}

pub(super) const UPGRADE_PASSWORD: &str = "UPDATE users SET password_hash = $3, \
     password_decoy = NULL WHERE id = $1 AND password_hash = $2";

pub(super) const PASSWORD_DECOYS: &str = "SELECT DISTINCT password_decoy FROM users \
     WHERE password_decoy IS NOT NULL UNION SELECT decoy FROM expected_decoys";

pub(super) const FORGET_EXPECTED_DECOYS: &str = "DELETE FROM expected_decoys";
