-- Wallets whose invoices ask whoever moves money for something. A cache of the wallets: a row is there
-- while its wallet asks. What was tried is kept here alone.
CREATE TABLE payment_requests (
    tenant     bigint NOT NULL,
    wallet     bytea NOT NULL,
    member     bytea NOT NULL,
    tries      bigint NOT NULL,
    first_at   bigint,
    not_before bigint NOT NULL,
    PRIMARY KEY (tenant, wallet)
);
CREATE INDEX payment_requests_by_time ON payment_requests (tenant, not_before);
