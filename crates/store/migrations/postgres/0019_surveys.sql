-- Who was asked by which survey, and what they answered. `due`: when somebody is to look at it next; what is
-- taken is so by moving it. Numbers stay for good, as the log has them too; words are the person's, and go
-- with them.
CREATE TABLE askings (
    tenant      bigint NOT NULL,
    member      bytea NOT NULL,
    asking      text NOT NULL,
    survey      text NOT NULL,
    stage       bigint NOT NULL,
    reason      text NOT NULL,
    made_at     bigint NOT NULL,
    due         bigint,
    asked_at    bigint,
    opened_at   bigint,
    answered_at bigint,
    about       text NOT NULL,
    numbers     text NOT NULL,
    words       text,
    PRIMARY KEY (tenant, member, asking)
);
CREATE INDEX askings_of_a_survey ON askings (tenant, survey, asking);
CREATE INDEX askings_that_are_due ON askings (tenant, due) WHERE due IS NOT NULL;
