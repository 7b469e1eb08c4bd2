-- Codes of coupons: each is its own row, found by the code itself, which is its key, so that no code
-- is there twice. A row is short, since there are millions of them: what happened to a code is told
-- by the log, to which its history leads. The one word that all members use has no row.

CREATE TABLE codes (
    tenant     INTEGER NOT NULL,
    code       TEXT NOT NULL,
    coupon     INTEGER NOT NULL,
    batch      BLOB NOT NULL,
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER,
    used       INTEGER NOT NULL,
    holder     BLOB,
    void_at    INTEGER,
    PRIMARY KEY (tenant, code)
) STRICT, WITHOUT ROWID;

-- How far the making of codes came: a part of a batch is counted in the transaction that adds it.
CREATE TABLE code_batches (
    tenant     INTEGER NOT NULL,
    batch      BLOB NOT NULL,
    coupon     INTEGER NOT NULL,
    asked      INTEGER NOT NULL,
    made       INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, batch)
) STRICT, WITHOUT ROWID;

CREATE TABLE code_history (
    tenant INTEGER NOT NULL,
    code   TEXT NOT NULL,
    log_no INTEGER NOT NULL,
    PRIMARY KEY (tenant, code, log_no)
) STRICT, WITHOUT ROWID;
