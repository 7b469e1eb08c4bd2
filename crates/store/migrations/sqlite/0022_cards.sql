-- Cards that a merchant had made, by their numbers. `state`: 0 nobody has it yet, 1 a member has it, 2 it is no
-- longer good; `next` is the card that took its place. Who has a good card, the identity `card` says; `member` is
-- to whom it was handed out. A card that came from elsewhere is here once it is no longer good, in no batch.
CREATE TABLE cards (
    tenant INTEGER NOT NULL,
    number TEXT NOT NULL,
    batch  TEXT NOT NULL,
    state  INTEGER NOT NULL,
    member BLOB,
    at     INTEGER NOT NULL,
    next   TEXT,
    PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX cards_by_batch ON cards (tenant, batch, number);
CREATE INDEX cards_by_member ON cards (tenant, member) WHERE member IS NOT NULL;
