-- Whose figures appear on leaderboards (1): those of who has a nickname. It stands with the figures, so that a
-- place on a board is counted along one index, and neighbours are the rows beside it.
ALTER TABLE scores ADD COLUMN shown INTEGER NOT NULL DEFAULT 0;
UPDATE scores SET shown = 1 WHERE EXISTS
    (SELECT 1 FROM nicknames n WHERE n.tenant = scores.tenant AND n.wallet = scores.wallet);
DROP INDEX scores_of_a_board;
CREATE INDEX scores_of_a_board
    ON scores (tenant, board, period, shown, figure DESC, reached_at, wallet);
