-- Messages to members. A send is planned page by page, in the order of members, up to `after`: what is
-- written with it is the outbox, one row for each member, also of those who get nothing, with the reason.
CREATE TABLE sends (
    tenant  INTEGER NOT NULL,
    send    TEXT NOT NULL,
    stage   INTEGER NOT NULL,
    after   BLOB,
    body    TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, send)
) STRICT, WITHOUT ROWID;
CREATE INDEX sends_by_stage ON sends (tenant, stage, send);

-- `due`: when somebody is to look at it next; what is taken is so by moving it. `address` is a hash of where
-- it goes to. What it says is kept while it is needed.
CREATE TABLE messages (
    tenant  INTEGER NOT NULL,
    send    TEXT NOT NULL,
    member  BLOB NOT NULL,
    channel TEXT NOT NULL,
    stage   INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    due     INTEGER,
    tries   INTEGER NOT NULL,
    counts  INTEGER NOT NULL,
    address BLOB,
    content TEXT,
    PRIMARY KEY (tenant, send, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_that_are_due ON messages (tenant, due) WHERE due IS NOT NULL;
CREATE INDEX messages_of_a_member ON messages (tenant, member, at);

-- Addresses that take nothing any more, as hashes.
CREATE TABLE bounced_addresses (
    tenant  INTEGER NOT NULL,
    address BLOB NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (tenant, address)
) STRICT, WITHOUT ROWID;
