-- Segments. What is kept of each member so that a condition can be asked of all at once: their figures as
-- columns, those that have a name of their own as rows, and what the figures are folded from. Nothing of it
-- exists while no segment does; all of it is a cache of the log, which is followed by its seals.
CREATE TABLE segment_runs (
    tenant  bigint NOT NULL,
    version bigint NOT NULL,
    seal    bigint NOT NULL,
    PRIMARY KEY (tenant)
);

-- Read from end to end by whoever asks of all members: so the rows are short.
CREATE TABLE portraits (
    tenant       bigint NOT NULL,
    wallet       bytea NOT NULL,
    here         bigint NOT NULL,
    next_on      bigint,
    tier         text NOT NULL,
    plan         text NOT NULL,
    orders_ever  bigint,
    spend_ever   bigint,
    first_order  bigint,
    last_order   bigint,
    joined       bigint,
    orders_7     bigint,
    orders_30    bigint,
    orders_90    bigint,
    orders_180   bigint,
    orders_365   bigint,
    spend_7      bigint,
    spend_30     bigint,
    spend_90     bigint,
    spend_180    bigint,
    spend_365    bigint,
    PRIMARY KEY (tenant, wallet)
);
CREATE INDEX portraits_that_change ON portraits (tenant, next_on) WHERE next_on IS NOT NULL;

CREATE TABLE portrait_states (
    tenant bigint NOT NULL,
    wallet bytea NOT NULL,
    state  text NOT NULL,
    PRIMARY KEY (tenant, wallet)
);

CREATE TABLE portrait_names (
    tenant bigint NOT NULL,
    key    text NOT NULL,
    wallet bytea NOT NULL,
    number bigint,
    text   text,
    PRIMARY KEY (tenant, key, wallet)
);
CREATE INDEX portrait_names_of_a_wallet ON portrait_names (tenant, wallet);

CREATE TABLE segment_members (
    tenant  bigint NOT NULL,
    segment text NOT NULL,
    wallet  bytea NOT NULL,
    since   bigint NOT NULL,
    PRIMARY KEY (tenant, segment, wallet)
);
CREATE INDEX segments_of_a_wallet ON segment_members (tenant, wallet);

-- Who came and who went, numbered: by which event (its number in the wallet's log), or nothing where a day
-- did it (cause 1) or the segment was changed (cause 2).
CREATE TABLE segment_moves (
    tenant  bigint NOT NULL,
    no      bigint NOT NULL,
    segment text NOT NULL,
    wallet  bytea NOT NULL,
    at      bigint NOT NULL,
    day     bigint NOT NULL,
    entered bigint NOT NULL,
    cause   bigint NOT NULL,
    seq     bigint,
    PRIMARY KEY (tenant, no)
);
CREATE INDEX segment_moves_by_segment ON segment_moves (tenant, segment, no);
CREATE INDEX segment_moves_by_day ON segment_moves (tenant, segment, day, entered);
