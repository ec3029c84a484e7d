-- Mails that wait: what about and for whom, never a text or a link. Those are made when it is sent.
CREATE TABLE mails (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Nobody: the address that somebody typed belongs to no account. It costs as much as the others.
    user_id    BIGINT REFERENCES users (id) ON DELETE CASCADE,
    kind       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    -- How often it was tried to send it.
    attempts   BIGINT NOT NULL DEFAULT 0,
    -- When it is tried (again).
    due_at     BIGINT NOT NULL
);

CREATE INDEX mails_by_due ON mails (due_at);
-- One of a kind is enough.
CREATE UNIQUE INDEX mails_once ON mails (user_id, kind);
