-- Mails that wait: what about and for whom, never a text or a link. Those are made when it is sent.
CREATE TABLE mails (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Nobody: the address that somebody typed belongs to no account. It costs as much as the others.
    user_id    INTEGER REFERENCES users (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    -- How often it was tried to send it.
    attempts   INTEGER NOT NULL DEFAULT 0,
    -- When it is tried (again).
    due_at     INTEGER NOT NULL
) STRICT;

CREATE INDEX mails_by_due ON mails (due_at);
-- One of a kind is enough.
CREATE UNIQUE INDEX mails_once ON mails (user_id, kind);
