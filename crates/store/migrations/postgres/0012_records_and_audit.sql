-- What people of a merchant set by hand: people, roles, settings. Each feature writes its own sort, as
-- text that only it reads. Whoever changes one says which version they saw.
CREATE TABLE records (
    tenant  bigint NOT NULL,
    kind    text NOT NULL,
    id      text NOT NULL,
    version bigint NOT NULL,
    body    text NOT NULL,
    PRIMARY KEY (tenant, kind, id)
);

-- What people and keys did, numbered from 1. Each line's hash covers the line and the hash before it.
CREATE TABLE audit (
    tenant bigint NOT NULL,
    no     bigint NOT NULL,
    at     bigint NOT NULL,
    actor  text NOT NULL,
    act    text NOT NULL,
    target text NOT NULL,
    body   text NOT NULL,
    hash   bytea NOT NULL,
    PRIMARY KEY (tenant, no)
);
CREATE INDEX audit_by_actor ON audit (tenant, actor, no);

-- The newest line: whoever adds one holds it, so that the chain has no two ends.
CREATE TABLE audit_heads (
    tenant bigint NOT NULL PRIMARY KEY,
    no     bigint NOT NULL,
    hash   bytea NOT NULL
);
