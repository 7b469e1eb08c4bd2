-- Redemptions that are sent to members: how far each has come. A cache of the log, kept by each commit.
CREATE TABLE fulfilments (
    tenant     INTEGER NOT NULL,
    wallet     BLOB NOT NULL,
    redemption TEXT NOT NULL,
    member     BLOB NOT NULL,
    reward     INTEGER NOT NULL,
    quantity   INTEGER NOT NULL,
    state      TEXT NOT NULL,
    since      INTEGER NOT NULL,
    carrier    TEXT NOT NULL,
    tracking   TEXT NOT NULL,
    PRIMARY KEY (tenant, wallet, redemption)
) STRICT, WITHOUT ROWID;
CREATE INDEX fulfilments_by_state ON fulfilments (tenant, state, since, wallet, redemption);
CREATE INDEX fulfilments_by_time ON fulfilments (tenant, since, wallet, redemption);

-- Where they are sent to: a person's own data, kept here and not in the log, so that it can be erased.
-- The redemption may be one of the wallet of a group that the person belongs to.
CREATE TABLE addresses (
    tenant     INTEGER NOT NULL,
    wallet     BLOB NOT NULL,
    redemption TEXT NOT NULL,
    member     BLOB NOT NULL,
    address    TEXT NOT NULL,
    PRIMARY KEY (tenant, wallet, redemption)
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_by_member ON addresses (tenant, member);

-- Codes of suppliers, numbered for each reward: the log says which number a redemption got.
CREATE TABLE supplier_codes (
    tenant   INTEGER NOT NULL,
    reward   INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    code     TEXT NOT NULL,
    batch    TEXT NOT NULL,
    shown_at INTEGER,
    PRIMARY KEY (tenant, reward, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX supplier_codes_by_code ON supplier_codes (tenant, reward, code);
CREATE INDEX supplier_codes_by_batch ON supplier_codes (tenant, reward, batch);
