-- Identities are kept in one form, so that one person has one however it is typed. What was typed stands
-- beside it where that is something else: to be shown, never to be looked for.
ALTER TABLE identities ADD COLUMN typed TEXT;

-- Pairs of members who may be one person, `one` before `other`: why, and how much speaks for it. What somebody
-- said of a pair (1: they are two) stays when pairs are looked for again; so do pairs that were noted when
-- identities were brought into one form, since nothing else tells of them.
CREATE TABLE duplicates (
    tenant   INTEGER NOT NULL,
    one      BLOB NOT NULL,
    other    BLOB NOT NULL,
    score    INTEGER NOT NULL,
    reasons  TEXT NOT NULL,
    state    INTEGER NOT NULL,
    noted    INTEGER NOT NULL,
    found_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, one, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX duplicates_by_score ON duplicates (tenant, state, score DESC, one, other);
CREATE INDEX duplicates_by_other ON duplicates (tenant, other);
