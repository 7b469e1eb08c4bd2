-- Wallets whose owner is on a plan that is paid for. A cache of the wallets: a row is there while they are.
CREATE TABLE subscribers (
    tenant bigint NOT NULL,
    wallet bytea NOT NULL,
    member bytea NOT NULL,
    PRIMARY KEY (tenant, wallet)
);
CREATE INDEX subscribers_by_member ON subscribers (tenant, member);

-- Who was on one before this table was there: whoever ever joined one, or took somebody over who did.
INSERT INTO subscribers (tenant, wallet, member)
SELECT w.tenant, w.wallet, w.member FROM wallets w
WHERE (w.tenant, w.wallet) IN (SELECT l.tenant, l.wallet FROM log l
                               WHERE l.kind IN ('plan_join', 'merge_in'));
