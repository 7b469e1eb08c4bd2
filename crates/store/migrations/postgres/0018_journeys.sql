-- Journeys. Where each member is in each, with all of it as JSON: `due` is when it goes on by itself, `done`
-- whether they are out of it, `deeds` how many deeds there are of this entry. Written together with the
-- portraits of segments, behind the log.
CREATE TABLE journey_members (
    tenant   bigint NOT NULL,
    wallet   bytea NOT NULL,
    journey  text NOT NULL,
    version  bigint NOT NULL,
    entry    bigint NOT NULL,
    step     text NOT NULL,
    since    bigint NOT NULL,
    due      bigint,
    done     bigint NOT NULL,
    held_out bigint NOT NULL,
    deeds    bigint NOT NULL,
    state    text NOT NULL,
    PRIMARY KEY (tenant, wallet, journey)
);
CREATE INDEX journey_members_that_are_due ON journey_members (tenant, due) WHERE due IS NOT NULL;
CREATE INDEX journey_members_by_journey ON journey_members (tenant, journey, wallet);

-- What was done for whom at which step, in order. `pending`: points that are still to be booked.
CREATE TABLE journey_deeds (
    tenant  bigint NOT NULL,
    wallet  bytea NOT NULL,
    journey text NOT NULL,
    entry   bigint NOT NULL,
    no      bigint NOT NULL,
    step    text NOT NULL,
    at      bigint NOT NULL,
    did     text NOT NULL,
    reason  text NOT NULL,
    points  bigint NOT NULL,
    pending bigint NOT NULL,
    PRIMARY KEY (tenant, wallet, journey, entry, no)
);
CREATE INDEX journey_deeds_by_step ON journey_deeds (tenant, journey, step, did, reason, points);
CREATE INDEX journey_deeds_to_book ON journey_deeds (tenant, wallet, journey, entry, no) WHERE pending = 1;
