-- Who was asked by which survey, and what they answered. `due`: when somebody is to look at it next; what is
-- taken is so by moving it. Numbers stay for good, as the log has them too; words are the person's, and go
-- with them.
CREATE TABLE askings (
    tenant      INTEGER NOT NULL,
    member      BLOB NOT NULL,
    asking      TEXT NOT NULL,
    survey      TEXT NOT NULL,
    stage       INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    made_at     INTEGER NOT NULL,
    due         INTEGER,
    asked_at    INTEGER,
    opened_at   INTEGER,
    answered_at INTEGER,
    about       TEXT NOT NULL,
    numbers     TEXT NOT NULL,
    words       TEXT,
    PRIMARY KEY (tenant, member, asking)
) STRICT, WITHOUT ROWID;
CREATE INDEX askings_of_a_survey ON askings (tenant, survey, asking);
CREATE INDEX askings_that_are_due ON askings (tenant, due) WHERE due IS NOT NULL;
