-- Wallets in which submissions wait for somebody to look at them. A cache of the wallets: a row is there while
-- one waits.
CREATE TABLE submissions_waiting (
    tenant bigint NOT NULL,
    wallet bytea NOT NULL,
    member bytea NOT NULL,
    PRIMARY KEY (tenant, wallet)
);
CREATE INDEX submissions_waiting_by_member ON submissions_waiting (tenant, member);

-- What waited before this table was there: whoever ever did something but buy may have something that waits.
INSERT INTO submissions_waiting (tenant, wallet, member)
SELECT w.tenant, w.wallet, w.member FROM wallets w
WHERE (w.tenant, w.wallet) IN (SELECT l.tenant, l.wallet FROM log l
                               WHERE l.kind IN ('activity', 'merge_in'));
