-- What members are compared by: a row for each member, leaderboard and period, moved only by that
-- member's own events, and only for programs that have leaderboards, draws or causes. The sum of the
-- log's changes gives it again.
CREATE TABLE scores (
    tenant     bigint NOT NULL,
    wallet     bytea NOT NULL,
    board      bigint NOT NULL,
    period     integer NOT NULL,
    figure     bigint NOT NULL,
    reached_at bigint NOT NULL,
    PRIMARY KEY (tenant, wallet, board, period)
);
CREATE INDEX scores_of_a_board ON scores (tenant, board, period, figure DESC, reached_at, wallet);

-- Personal data, with profiles: whoever has one appears on leaderboards, under it.
CREATE TABLE nicknames (
    tenant   bigint NOT NULL,
    wallet   bytea NOT NULL,
    member   bytea NOT NULL,
    key      text NOT NULL,
    nickname text NOT NULL,
    PRIMARY KEY (tenant, wallet),
    UNIQUE (tenant, key)
);

-- The secret of each month, from which the numbers of plays and draws come; its hash is published
-- before, the secret itself when the month is over.
CREATE TABLE draw_secrets (
    tenant  bigint NOT NULL,
    period  integer NOT NULL,
    secret  bytea NOT NULL,
    made_at bigint NOT NULL,
    PRIMARY KEY (tenant, period)
);
