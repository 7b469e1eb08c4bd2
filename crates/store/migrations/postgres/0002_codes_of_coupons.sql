-- Codes of coupons: each is its own row, found by the code itself, which is its key, so that no code
-- is there twice. A row is short, since there are millions of them: what happened to a code is told
-- by the log, to which its history leads. The one word that all members use has no row.

CREATE TABLE codes (
    tenant     bigint NOT NULL,
    code       text COLLATE "C" NOT NULL,
    coupon     bigint NOT NULL,
    batch      bytea NOT NULL,
    issued_at  bigint NOT NULL,
    expires_at bigint,
    used       bigint NOT NULL,
    holder     bytea,
    void_at    bigint,
    PRIMARY KEY (tenant, code)
) WITH (fillfactor = 90);

-- How far the making of codes came: a part of a batch is counted in the transaction that adds it.
CREATE TABLE code_batches (
    tenant     bigint NOT NULL,
    batch      bytea NOT NULL,
    coupon     bigint NOT NULL,
    asked      bigint NOT NULL,
    made       bigint NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (tenant, batch)
);

CREATE TABLE code_history (
    tenant bigint NOT NULL,
    code   text COLLATE "C" NOT NULL,
    wallet bytea NOT NULL,
    seq    bigint NOT NULL,
    PRIMARY KEY (tenant, code, wallet, seq)
);
