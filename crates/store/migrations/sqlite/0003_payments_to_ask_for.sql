-- Wallets whose invoices ask whoever moves money for something. A cache of the wallets: a row is there
-- while its wallet asks. What was tried is kept here alone.
CREATE TABLE payment_requests (
    tenant     INTEGER NOT NULL,
    wallet     BLOB NOT NULL,
    member     BLOB NOT NULL,
    tries      INTEGER NOT NULL,
    first_at   INTEGER,
    not_before INTEGER NOT NULL,
    PRIMARY KEY (tenant, wallet)
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_requests_by_time ON payment_requests (tenant, not_before);
