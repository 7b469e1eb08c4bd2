-- Everything that one purchase touches, and what stands around it.
--
-- Each key starts with the tenant's number and, where one member's rows are meant, the wallet or
-- the hash that leads to it, so that the same schema can be spread over many machines. Rows are
-- appended in the order of time; the only random page of a purchase is that of the wallet's own
-- row. That is why neither log nor entries have an index: a wallet's row leads to its newest log
-- row and each log row to the one before, a wallet's postings are found through its log, and sums
-- over time read all entries anyhow.

CREATE TABLE tenants (
    no         INTEGER PRIMARY KEY,
    id         BLOB NOT NULL UNIQUE,
    name       TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

-- Found by hash before the tenant is known, so this one index does not start with the tenant.
CREATE TABLE api_keys (
    tenant     INTEGER NOT NULL,
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    hash       BLOB NOT NULL UNIQUE,
    scopes     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    used_at    INTEGER,
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE TABLE programs (
    tenant INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    text   TEXT NOT NULL,
    PRIMARY KEY (tenant, hash)
) STRICT;

CREATE TABLE program_versions (
    tenant        INTEGER NOT NULL,
    no            INTEGER NOT NULL,
    hash          BLOB NOT NULL,
    in_force_from INTEGER NOT NULL,
    applied_at    INTEGER NOT NULL,
    applied_by    TEXT NOT NULL,
    note          TEXT NOT NULL,
    PRIMARY KEY (tenant, no)
) STRICT;

CREATE TABLE members (
    tenant      INTEGER NOT NULL,
    member      BLOB NOT NULL,
    wallet      BLOB NOT NULL,
    merged_into BLOB,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant, member)
) STRICT, WITHOUT ROWID;

-- Personal data, with profiles: the log knows members by id only, so erasing these rows forgets
-- the person and leaves the books whole. `wallet_no` is a hint: where the wallet of the member's own
-- id stood when the row was written. Whoever follows it looks whether it is that wallet.
CREATE TABLE identities (
    tenant    INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    member    BLOB NOT NULL,
    wallet_no INTEGER,
    kind      TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (tenant, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_of_a_member ON identities (tenant, member);

CREATE TABLE profiles (
    tenant     INTEGER NOT NULL,
    member     BLOB NOT NULL,
    attributes TEXT NOT NULL,
    PRIMARY KEY (tenant, member)
) STRICT;

-- The state is a cache: the log, folded, gives it again. Rows are found by number where that is
-- known: keyed by the wallet's id, a tree of rows as long as these would be six pages deep among a
-- million members, and it is three.
CREATE TABLE wallets (
    no          INTEGER PRIMARY KEY,
    tenant      INTEGER NOT NULL,
    wallet      BLOB NOT NULL,
    member      BLOB NOT NULL,
    merged_into BLOB,
    seq         INTEGER NOT NULL,
    head        BLOB NOT NULL,
    newest      INTEGER,
    due_at      INTEGER,
    tier        INTEGER,
    state       BLOB NOT NULL,
    UNIQUE (tenant, wallet)
) STRICT;
CREATE INDEX wallets_that_are_due ON wallets (tenant, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE event_keys (
    tenant INTEGER NOT NULL,
    key    BLOB NOT NULL,
    log_no INTEGER NOT NULL,
    PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
    no          INTEGER PRIMARY KEY,
    tenant      INTEGER NOT NULL,
    wallet      BLOB NOT NULL,
    seq         INTEGER NOT NULL,
    before      INTEGER,
    kind        TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    member      BLOB NOT NULL,
    program     INTEGER NOT NULL,
    input       BLOB NOT NULL,
    event       BLOB NOT NULL,
    outcome     BLOB NOT NULL,
    hash        BLOB NOT NULL
) STRICT;

CREATE TABLE entries (
    tenant       INTEGER NOT NULL,
    wallet       BLOB NOT NULL,
    seq          INTEGER NOT NULL,
    no           INTEGER NOT NULL,
    points       INTEGER NOT NULL,
    from_account INTEGER NOT NULL,
    to_account   INTEGER NOT NULL,
    amount       INTEGER NOT NULL CHECK (amount > 0),
    expires_at   INTEGER,
    available_at INTEGER,
    effective_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER log_is_never_changed BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'the log is only ever added to'); END;
CREATE TRIGGER log_is_never_shortened BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the log is only ever added to'); END;
CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are only ever added to'); END;
CREATE TRIGGER entries_are_never_removed BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are only ever added to'); END;

-- While one event alone named the order, the row leads to that event's log row, which holds the
-- record; with the next event it holds the record itself.
CREATE TABLE orders (
    tenant    INTEGER NOT NULL,
    key       BLOB NOT NULL,
    wallet    BLOB NOT NULL,
    purchased INTEGER NOT NULL,
    log_no    INTEGER,
    record    BLOB,
    PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE shared (
    tenant INTEGER NOT NULL,
    name   INTEGER NOT NULL,
    period INTEGER NOT NULL,
    used   INTEGER NOT NULL,
    PRIMARY KEY (tenant, name, period)
) STRICT, WITHOUT ROWID;

-- One row per committed batch: the heads that it left, as a seal holds them. The sealer takes them away.
CREATE TABLE unsealed (
    tenant  INTEGER NOT NULL,
    batch   BLOB NOT NULL,
    heads   BLOB NOT NULL,
    PRIMARY KEY (tenant, batch)
) STRICT;

CREATE TABLE seals (
    tenant  INTEGER NOT NULL,
    no      INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    heads   BLOB NOT NULL,
    hash    BLOB NOT NULL,
    PRIMARY KEY (tenant, no)
) STRICT;

CREATE TABLE bookmarks (
    tenant INTEGER NOT NULL,
    job    TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (tenant, job)
) STRICT;
