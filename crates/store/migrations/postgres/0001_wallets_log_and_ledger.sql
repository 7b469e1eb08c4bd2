-- Everything that one purchase touches, and what stands around it.
--
-- Each key starts with the tenant's number and, where one member's rows are meant, the wallet or
-- the hash that leads to it, so that the same schema can be spread over many machines. Rows are
-- appended in the order of time; the only random pages of a purchase are those of the small
-- indexes and of the wallet's own row. That is why the entries have no index: a wallet's postings
-- are found through its log, and sums over time read all of them anyhow.

CREATE TABLE tenants (
    no         bigint PRIMARY KEY,
    id         bytea NOT NULL UNIQUE,
    name       text NOT NULL UNIQUE,
    created_at bigint NOT NULL
);

-- Found by hash before the tenant is known, so this one index does not start with the tenant.
CREATE TABLE api_keys (
    tenant     bigint NOT NULL,
    id         text NOT NULL,
    name       text NOT NULL,
    hash       bytea NOT NULL UNIQUE,
    scopes     text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    revoked_at bigint,
    used_at    bigint,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE programs (
    tenant bigint NOT NULL,
    hash   bytea NOT NULL,
    text   text NOT NULL,
    PRIMARY KEY (tenant, hash)
);

CREATE TABLE program_versions (
    tenant        bigint NOT NULL,
    no            bigint NOT NULL,
    hash          bytea NOT NULL,
    in_force_from bigint NOT NULL,
    applied_at    bigint NOT NULL,
    applied_by    text NOT NULL,
    note          text NOT NULL,
    PRIMARY KEY (tenant, no)
);

CREATE TABLE members (
    tenant      bigint NOT NULL,
    member      bytea NOT NULL,
    wallet      bytea NOT NULL,
    merged_into bytea,
    created_at  bigint NOT NULL,
    PRIMARY KEY (tenant, member)
);

-- Personal data, with profiles: the log knows members by id only, so erasing these rows forgets
-- the person and leaves the books whole.
CREATE TABLE identities (
    tenant bigint NOT NULL,
    hash   bytea NOT NULL,
    member bytea NOT NULL,
    kind   text NOT NULL,
    value  text NOT NULL,
    PRIMARY KEY (tenant, hash)
);
CREATE INDEX identities_of_a_member ON identities (tenant, member);

CREATE TABLE profiles (
    tenant     bigint NOT NULL,
    member     bytea NOT NULL,
    attributes text NOT NULL,
    PRIMARY KEY (tenant, member)
);

-- The state is a cache: the log, folded, gives it again.
CREATE TABLE wallets (
    tenant      bigint NOT NULL,
    wallet      bytea NOT NULL,
    member      bytea NOT NULL,
    merged_into bytea,
    seq         bigint NOT NULL,
    head        bytea NOT NULL,
    due_at      bigint,
    tier        bigint,
    state       bytea NOT NULL,
    PRIMARY KEY (tenant, wallet)
) WITH (fillfactor = 70);
CREATE INDEX wallets_that_are_due ON wallets (tenant, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE event_keys (
    tenant bigint NOT NULL,
    key    bytea NOT NULL,
    wallet bytea NOT NULL,
    seq    bigint NOT NULL,
    PRIMARY KEY (tenant, key)
);

CREATE TABLE log (
    tenant      bigint NOT NULL,
    wallet      bytea NOT NULL,
    seq         bigint NOT NULL,
    kind        text NOT NULL,
    occurred_at bigint NOT NULL,
    recorded_at bigint NOT NULL,
    member      bytea NOT NULL,
    program     bigint NOT NULL,
    input       bytea NOT NULL,
    event       bytea NOT NULL,
    outcome     bytea NOT NULL,
    hash        bytea NOT NULL,
    PRIMARY KEY (tenant, wallet, seq)
);

CREATE TABLE entries (
    tenant       bigint NOT NULL,
    wallet       bytea NOT NULL,
    seq          bigint NOT NULL,
    no           integer NOT NULL,
    points       bigint NOT NULL,
    from_account smallint NOT NULL,
    to_account   smallint NOT NULL,
    amount       bigint NOT NULL CHECK (amount > 0),
    expires_at   bigint,
    available_at bigint,
    effective_at bigint NOT NULL
);

CREATE FUNCTION only_ever_added_to() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the table % is only ever added to', TG_TABLE_NAME; END $$;
CREATE TRIGGER log_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON log
    FOR EACH STATEMENT EXECUTE FUNCTION only_ever_added_to();
CREATE TRIGGER entries_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION only_ever_added_to();

-- While one event alone named the order, the row holds that event's number in the wallet's log,
-- which holds the record; with the next event it holds the record, and no number.
CREATE TABLE orders (
    tenant    bigint NOT NULL,
    key       bytea NOT NULL,
    wallet    bytea NOT NULL,
    purchased boolean NOT NULL,
    seq       bigint,
    record    bytea,
    PRIMARY KEY (tenant, key)
);

CREATE TABLE shared (
    tenant bigint NOT NULL,
    name   bigint NOT NULL,
    period integer NOT NULL,
    used   bigint NOT NULL,
    PRIMARY KEY (tenant, name, period)
);

-- One row per committed batch: the heads that it left, as a seal holds them. The sealer takes them away.
CREATE TABLE unsealed (
    tenant  bigint NOT NULL,
    batch   bytea NOT NULL,
    heads   bytea NOT NULL,
    PRIMARY KEY (tenant, batch)
);
-- Ids and hashes do not get smaller by being compressed.
ALTER TABLE unsealed ALTER COLUMN heads SET STORAGE EXTERNAL;

CREATE TABLE seals (
    tenant  bigint NOT NULL,
    no      bigint NOT NULL,
    at      bigint NOT NULL,
    heads   bytea NOT NULL,
    hash    bytea NOT NULL,
    PRIMARY KEY (tenant, no)
);
ALTER TABLE seals ALTER COLUMN heads SET STORAGE EXTERNAL;

CREATE TABLE bookmarks (
    tenant bigint NOT NULL,
    job    text NOT NULL,
    value  text NOT NULL,
    PRIMARY KEY (tenant, job)
);
