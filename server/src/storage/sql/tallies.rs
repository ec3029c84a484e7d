//! What gets slower the more often it happens.

pub(in crate::storage) const REMOVE_FORGIVEN: &str = "DELETE FROM tallies WHERE key IN \
     (SELECT key FROM tallies WHERE last_at + count * forgiven_after < $1 \
     ORDER BY last_at + count * forgiven_after LIMIT $2) \
     AND last_at + count * forgiven_after < $1";

/// Adds one to each at `$2`, once those are taken off that time has forgiven.
macro_rules! count {
    ($given:literal, $greatest:literal) => {
        concat!(
            "INSERT INTO tallies AS g (key, count, last_at, forgiven_after) ",
            $given,
            " ON CONFLICT (key) DO UPDATE SET count = 1 + ",
            $greatest,
            "(0, g.count - abs(excluded.last_at - g.last_at) / excluded.forgiven_after), \
             last_at = excluded.last_at, forgiven_after = excluded.forgiven_after"
        )
    };
}

/// `$1` is a list in JSON.
pub(in crate::storage) mod sqlite {
    pub(in crate::storage) const LOOKUP: &str = "SELECT key, count, last_at FROM tallies \
         WHERE key IN (SELECT value FROM json_each($1))";

    pub(in crate::storage) const COUNT: &str =
        count!("SELECT value ->> 0, 1, $2, value ->> 1 FROM json_each($1) WHERE true", "max");

    pub(in crate::storage) const FORGET: &str = "DELETE FROM tallies WHERE (key, count, last_at) IN \
         (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1))";
}

/// Lists are arrays, one for each column.
pub(in crate::storage) mod postgres {
    pub(in crate::storage) const LOOKUP: &str =
        "SELECT key, count, last_at FROM tallies WHERE key = ANY($1)";

    pub(in crate::storage) const COUNT: &str = count!(
        "SELECT key, 1, coalesce($2, (extract(epoch FROM clock_timestamp()) * 1000)::bigint), every \
         FROM unnest($1::text[], $3::bigint[]) AS given (key, every)",
        "greatest"
    );

    pub(in crate::storage) const FORGET: &str = "DELETE FROM tallies AS g \
         USING unnest($1::text[], $2::bigint[], $3::bigint[]) AS read (key, count, last_at) \
         WHERE g.key = read.key AND g.count = read.count AND g.last_at = read.last_at";
}
