-- Segments. What is kept of each member so that a condition can be asked of all at once: their figures as
-- columns, those that have a name of their own as rows, and what the figures are folded from. Nothing of it
-- exists while no segment does; all of it is a cache of the log, which is followed by its seals.
CREATE TABLE segment_runs (
    tenant  INTEGER NOT NULL,
    version INTEGER NOT NULL,
    seal    INTEGER NOT NULL,
    PRIMARY KEY (tenant)
) STRICT, WITHOUT ROWID;

-- Read from end to end by whoever asks of all members: so the rows are short.
CREATE TABLE portraits (
    tenant       INTEGER NOT NULL,
    wallet       BLOB NOT NULL,
    here         INTEGER NOT NULL,
    next_on      INTEGER,
    tier         TEXT NOT NULL,
    plan         TEXT NOT NULL,
    orders_ever  INTEGER,
    spend_ever   INTEGER,
    first_order  INTEGER,
    last_order   INTEGER,
    joined       INTEGER,
    orders_7     INTEGER,
    orders_30    INTEGER,
    orders_90    INTEGER,
    orders_180   INTEGER,
    orders_365   INTEGER,
    spend_7      INTEGER,
    spend_30     INTEGER,
    spend_90     INTEGER,
    spend_180    INTEGER,
    spend_365    INTEGER,
    PRIMARY KEY (tenant, wallet)
) STRICT, WITHOUT ROWID;
CREATE INDEX portraits_that_change ON portraits (tenant, next_on) WHERE next_on IS NOT NULL;

CREATE TABLE portrait_states (
    tenant INTEGER NOT NULL,
    wallet BLOB NOT NULL,
    state  TEXT NOT NULL,
    PRIMARY KEY (tenant, wallet)
) STRICT, WITHOUT ROWID;

CREATE TABLE portrait_names (
    tenant INTEGER NOT NULL,
    key    TEXT NOT NULL,
    wallet BLOB NOT NULL,
    number INTEGER,
    text   TEXT,
    PRIMARY KEY (tenant, key, wallet)
) STRICT, WITHOUT ROWID;
CREATE INDEX portrait_names_of_a_wallet ON portrait_names (tenant, wallet);

CREATE TABLE segment_members (
    tenant  INTEGER NOT NULL,
    segment TEXT NOT NULL,
    wallet  BLOB NOT NULL,
    since   INTEGER NOT NULL,
    PRIMARY KEY (tenant, segment, wallet)
) STRICT, WITHOUT ROWID;
CREATE INDEX segments_of_a_wallet ON segment_members (tenant, wallet);

-- Who came and who went, numbered: by which event (its number in the wallet's log), or nothing where a day
-- did it (cause 1) or the segment was changed (cause 2).
CREATE TABLE segment_moves (
    tenant  INTEGER NOT NULL,
    no      INTEGER NOT NULL,
    segment TEXT NOT NULL,
    wallet  BLOB NOT NULL,
    at      INTEGER NOT NULL,
    day     INTEGER NOT NULL,
    entered INTEGER NOT NULL,
    cause   INTEGER NOT NULL,
    seq     INTEGER,
    PRIMARY KEY (tenant, no)
) STRICT, WITHOUT ROWID;
CREATE INDEX segment_moves_by_segment ON segment_moves (tenant, segment, no);
CREATE INDEX segment_moves_by_day ON segment_moves (tenant, segment, day, entered);
