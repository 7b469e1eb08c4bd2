-- What members are compared by: a row for each member, leaderboard and period, moved only by that
-- member's own events, and only for programs that have leaderboards, draws or causes. The sum of the
-- log's changes gives it again.
CREATE TABLE scores (
    tenant     INTEGER NOT NULL,
    wallet     BLOB NOT NULL,
    board      INTEGER NOT NULL,
    period     INTEGER NOT NULL,
    figure     INTEGER NOT NULL,
    reached_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, wallet, board, period)
) STRICT, WITHOUT ROWID;
CREATE INDEX scores_of_a_board ON scores (tenant, board, period, figure DESC, reached_at, wallet);

-- Personal data, with profiles: whoever has one appears on leaderboards, under it.
CREATE TABLE nicknames (
    tenant   INTEGER NOT NULL,
    wallet   BLOB NOT NULL,
    member   BLOB NOT NULL,
    key      TEXT NOT NULL,
    nickname TEXT NOT NULL,
    PRIMARY KEY (tenant, wallet),
    UNIQUE (tenant, key)
) STRICT, WITHOUT ROWID;

-- The secret of each month, from which the numbers of plays and draws come; its hash is published
-- before, the secret itself when the month is over.
CREATE TABLE draw_secrets (
    tenant  INTEGER NOT NULL,
    period  INTEGER NOT NULL,
    secret  BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, period)
) STRICT, WITHOUT ROWID;
