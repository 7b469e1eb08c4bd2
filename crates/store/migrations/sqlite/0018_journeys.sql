-- Journeys. Where each member is in each, with all of it as JSON: `due` is when it goes on by itself, `done`
-- whether they are out of it, `deeds` how many deeds there are of this entry. Written together with the
-- portraits of segments, behind the log.
CREATE TABLE journey_members (
    tenant   INTEGER NOT NULL,
    wallet   BLOB NOT NULL,
    journey  TEXT NOT NULL,
    version  INTEGER NOT NULL,
    entry    INTEGER NOT NULL,
    step     TEXT NOT NULL,
    since    INTEGER NOT NULL,
    due      INTEGER,
    done     INTEGER NOT NULL,
    held_out INTEGER NOT NULL,
    deeds    INTEGER NOT NULL,
    state    TEXT NOT NULL,
    PRIMARY KEY (tenant, wallet, journey)
) STRICT, WITHOUT ROWID;
CREATE INDEX journey_members_that_are_due ON journey_members (tenant, due) WHERE due IS NOT NULL;
CREATE INDEX journey_members_by_journey ON journey_members (tenant, journey, wallet);

-- What was done for whom at which step, in order. `pending`: points that are still to be booked.
CREATE TABLE journey_deeds (
    tenant  INTEGER NOT NULL,
    wallet  BLOB NOT NULL,
    journey TEXT NOT NULL,
    entry   INTEGER NOT NULL,
    no      INTEGER NOT NULL,
    step    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    did     TEXT NOT NULL,
    reason  TEXT NOT NULL,
    points  INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    PRIMARY KEY (tenant, wallet, journey, entry, no)
) STRICT, WITHOUT ROWID;
CREATE INDEX journey_deeds_by_step ON journey_deeds (tenant, journey, step, did, reason, points);
CREATE INDEX journey_deeds_to_book ON journey_deeds (tenant, wallet, journey, entry, no) WHERE pending = 1;
