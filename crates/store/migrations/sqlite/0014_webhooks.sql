-- Webhooks. What is to be sent is what the log holds: nothing is written with an event. Whoever sends goes
-- from seal to seal, which name the wallets that moved, and keeps for each endpoint how far it came with
-- each wallet. Endpoints themselves are records that people set.
CREATE TABLE webhook_endpoints (
    tenant        INTEGER NOT NULL,
    endpoint      TEXT NOT NULL,
    sealed        INTEGER NOT NULL,
    taken         INTEGER NOT NULL,
    taken_at      INTEGER,
    failures      INTEGER NOT NULL,
    failing_since INTEGER,
    next_at       INTEGER NOT NULL,
    failure       TEXT NOT NULL,
    PRIMARY KEY (tenant, endpoint)
) STRICT, WITHOUT ROWID;

-- How far an endpoint was told of a wallet (-1: where its share begins is not looked up yet), and up to where
-- there is something to tell. While there is, `next_at` says when; whoever works on it moves that on, and so
-- holds it until then.
CREATE TABLE webhook_streams (
    tenant   INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    wallet   BLOB NOT NULL,
    told     INTEGER NOT NULL,
    known    INTEGER NOT NULL,
    next_at  INTEGER,
    failures INTEGER NOT NULL,
    since    INTEGER,
    failure  TEXT NOT NULL,
    PRIMARY KEY (tenant, endpoint, wallet)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_streams_by_time ON webhook_streams (tenant, endpoint, next_at, wallet)
    WHERE next_at IS NOT NULL;
CREATE INDEX webhook_streams_that_fail ON webhook_streams (tenant, endpoint, wallet)
    WHERE failures > 0;

-- Events that are sent by themselves, out of their turn: those that were given up (without `next_at`) and
-- those that somebody asked for once more.
CREATE TABLE webhook_letters (
    tenant   INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    wallet   BLOB NOT NULL,
    seq      INTEGER NOT NULL,
    next_at  INTEGER,
    failures INTEGER NOT NULL,
    since    INTEGER,
    failure  TEXT NOT NULL,
    PRIMARY KEY (tenant, endpoint, wallet, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_letters_by_time ON webhook_letters (tenant, endpoint, next_at, wallet, seq)
    WHERE next_at IS NOT NULL;
CREATE INDEX webhook_letters_that_failed ON webhook_letters (tenant, endpoint, wallet, seq)
    WHERE next_at IS NULL;
