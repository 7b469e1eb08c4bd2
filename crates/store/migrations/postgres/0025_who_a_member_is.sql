-- Identities are kept in one form, so that one person has one however it is typed. What was typed stands
-- beside it where that is something else: to be shown, never to be looked for.
ALTER TABLE identities ADD COLUMN typed text;

-- Pairs of members who may be one person, `one` before `other`: why, and how much speaks for it. What somebody
-- said of a pair (1: they are two) stays when pairs are looked for again; so do pairs that were noted when
-- identities were brought into one form, since nothing else tells of them.
CREATE TABLE duplicates (
    tenant   bigint NOT NULL,
    one      bytea NOT NULL,
    other    bytea NOT NULL,
    score    bigint NOT NULL,
    reasons  text NOT NULL,
    state    bigint NOT NULL,
    noted    bigint NOT NULL,
    found_at bigint NOT NULL,
    PRIMARY KEY (tenant, one, other)
);
CREATE INDEX duplicates_by_score ON duplicates (tenant, state, score DESC, one, other);
CREATE INDEX duplicates_by_other ON duplicates (tenant, other);
