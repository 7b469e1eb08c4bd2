-- What people of a merchant set by hand: people, roles, settings. Each feature writes its own sort, as
-- text that only it reads. Whoever changes one says which version they saw.
CREATE TABLE records (
    tenant  INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    id      TEXT NOT NULL,
    version INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (tenant, kind, id)
) STRICT;

-- What people and keys did, numbered from 1. Each line's hash covers the line and the hash before it.
CREATE TABLE audit (
    tenant INTEGER NOT NULL,
    no     INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    actor  TEXT NOT NULL,
    act    TEXT NOT NULL,
    target TEXT NOT NULL,
    body   TEXT NOT NULL,
    hash   BLOB NOT NULL,
    PRIMARY KEY (tenant, no)
) STRICT;
CREATE INDEX audit_by_actor ON audit (tenant, actor, no);

-- The newest line: whoever adds one holds it, so that the chain has no two ends.
CREATE TABLE audit_heads (
    tenant INTEGER NOT NULL PRIMARY KEY,
    no     INTEGER NOT NULL,
    hash   BLOB NOT NULL
) STRICT;
