-- What a member has allowed and is to confirm by a link that is sent to them: how many letters went, when the next
-- is due, and when they confirmed it. What was said, and that it was confirmed, stands in the log.
CREATE TABLE confirmations (
    tenant       bigint NOT NULL,
    member       bytea NOT NULL,
    purpose      text COLLATE "C" NOT NULL,
    asked_at     bigint NOT NULL,
    expires_at   bigint NOT NULL,
    letters      bigint NOT NULL,
    due          bigint,
    confirmed_at bigint,
    PRIMARY KEY (tenant, member, purpose)
);
CREATE INDEX confirmations_due ON confirmations (tenant, due) WHERE due IS NOT NULL;
