-- Messages to members. A send is planned page by page, in the order of members, up to `after`: what is
-- written with it is the outbox, one row for each member, also of those who get nothing, with the reason.
CREATE TABLE sends (
    tenant  bigint NOT NULL,
    send    text NOT NULL,
    stage   bigint NOT NULL,
    after   bytea,
    body    text NOT NULL,
    made_at bigint NOT NULL,
    PRIMARY KEY (tenant, send)
);
CREATE INDEX sends_by_stage ON sends (tenant, stage, send);

-- `due`: when somebody is to look at it next; what is taken is so by moving it. `address` is a hash of where
-- it goes to. What it says is kept while it is needed.
CREATE TABLE messages (
    tenant  bigint NOT NULL,
    send    text NOT NULL,
    member  bytea NOT NULL,
    channel text NOT NULL,
    stage   bigint NOT NULL,
    reason  text NOT NULL,
    at      bigint NOT NULL,
    due     bigint,
    tries   bigint NOT NULL,
    counts  bigint NOT NULL,
    address bytea,
    content text,
    PRIMARY KEY (tenant, send, member)
);
CREATE INDEX messages_that_are_due ON messages (tenant, due) WHERE due IS NOT NULL;
CREATE INDEX messages_of_a_member ON messages (tenant, member, at);

-- Addresses that take nothing any more, as hashes.
CREATE TABLE bounced_addresses (
    tenant  bigint NOT NULL,
    address bytea NOT NULL,
    at      bigint NOT NULL,
    PRIMARY KEY (tenant, address)
);
