-- What a member has allowed and is to confirm by a link that is sent to them: how many letters went, when the next
-- is due, and when they confirmed it. What was said, and that it was confirmed, stands in the log.
CREATE TABLE confirmations (
    tenant       INTEGER NOT NULL,
    member       BLOB NOT NULL,
    purpose      TEXT NOT NULL,
    asked_at     INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    letters      INTEGER NOT NULL,
    due          INTEGER,
    confirmed_at INTEGER,
    PRIMARY KEY (tenant, member, purpose)
) STRICT, WITHOUT ROWID;
CREATE INDEX confirmations_due ON confirmations (tenant, due) WHERE due IS NOT NULL;
