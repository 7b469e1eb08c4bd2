-- Redemptions that are sent to members: how far each has come. A cache of the log, kept by each commit.
CREATE TABLE fulfilments (
    tenant     bigint NOT NULL,
    wallet     bytea NOT NULL,
    redemption text COLLATE "C" NOT NULL,
    member     bytea NOT NULL,
    reward     bigint NOT NULL,
    quantity   bigint NOT NULL,
    state      text NOT NULL,
    since      bigint NOT NULL,
    carrier    text NOT NULL,
    tracking   text NOT NULL,
    PRIMARY KEY (tenant, wallet, redemption)
);
CREATE INDEX fulfilments_by_state ON fulfilments (tenant, state, since, wallet, redemption);
CREATE INDEX fulfilments_by_time ON fulfilments (tenant, since, wallet, redemption);

-- Where they are sent to: a person's own data, kept here and not in the log, so that it can be erased.
-- The redemption may be one of the wallet of a group that the person belongs to.
CREATE TABLE addresses (
    tenant     bigint NOT NULL,
    wallet     bytea NOT NULL,
    redemption text COLLATE "C" NOT NULL,
    member     bytea NOT NULL,
    address    text NOT NULL,
    PRIMARY KEY (tenant, wallet, redemption)
);
CREATE INDEX addresses_by_member ON addresses (tenant, member);

-- Codes of suppliers, numbered for each reward: the log says which number a redemption got.
CREATE TABLE supplier_codes (
    tenant   bigint NOT NULL,
    reward   bigint NOT NULL,
    number   bigint NOT NULL,
    code     text COLLATE "C" NOT NULL,
    batch    text COLLATE "C" NOT NULL,
    shown_at bigint,
    PRIMARY KEY (tenant, reward, number)
);
CREATE UNIQUE INDEX supplier_codes_by_code ON supplier_codes (tenant, reward, code);
CREATE INDEX supplier_codes_by_batch ON supplier_codes (tenant, reward, batch);
