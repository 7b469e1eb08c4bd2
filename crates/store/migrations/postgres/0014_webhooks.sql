-- Webhooks. What is to be sent is what the log holds: nothing is written with an event. Whoever sends goes
-- from seal to seal, which name the wallets that moved, and keeps for each endpoint how far it came with
-- each wallet. Endpoints themselves are records that people set.
CREATE TABLE webhook_endpoints (
    tenant        bigint NOT NULL,
    endpoint      text NOT NULL,
    sealed        bigint NOT NULL,
    taken         bigint NOT NULL,
    taken_at      bigint,
    failures      bigint NOT NULL,
    failing_since bigint,
    next_at       bigint NOT NULL,
    failure       text NOT NULL,
    PRIMARY KEY (tenant, endpoint)
);

-- How far an endpoint was told of a wallet (-1: where its share begins is not looked up yet), and up to where
-- there is something to tell. While there is, `next_at` says when; whoever works on it moves that on, and so
-- holds it until then.
CREATE TABLE webhook_streams (
    tenant   bigint NOT NULL,
    endpoint text NOT NULL,
    wallet   bytea NOT NULL,
    told     bigint NOT NULL,
    known    bigint NOT NULL,
    next_at  bigint,
    failures bigint NOT NULL,
    since    bigint,
    failure  text NOT NULL,
    PRIMARY KEY (tenant, endpoint, wallet)
);
CREATE INDEX webhook_streams_by_time ON webhook_streams (tenant, endpoint, next_at, wallet)
    WHERE next_at IS NOT NULL;
CREATE INDEX webhook_streams_that_fail ON webhook_streams (tenant, endpoint, wallet)
    WHERE failures > 0;

-- Events that are sent by themselves, out of their turn: those that were given up (without `next_at`) and
-- those that somebody asked for once more.
CREATE TABLE webhook_letters (
    tenant   bigint NOT NULL,
    endpoint text NOT NULL,
    wallet   bytea NOT NULL,
    seq      bigint NOT NULL,
    next_at  bigint,
    failures bigint NOT NULL,
    since    bigint,
    failure  text NOT NULL,
    PRIMARY KEY (tenant, endpoint, wallet, seq)
);
CREATE INDEX webhook_letters_by_time ON webhook_letters (tenant, endpoint, next_at, wallet, seq)
    WHERE next_at IS NOT NULL;
CREATE INDEX webhook_letters_that_failed ON webhook_letters (tenant, endpoint, wallet, seq)
    WHERE next_at IS NULL;
