-- Cards that a merchant had made, by their numbers. `state`: 0 nobody has it yet, 1 a member has it, 2 it is no
-- longer good; `next` is the card that took its place. Who has a good card, the identity `card` says; `member` is
-- to whom it was handed out. A card that came from elsewhere is here once it is no longer good, in no batch.
CREATE TABLE cards (
    tenant bigint NOT NULL,
    number text COLLATE "C" NOT NULL,
    batch  text COLLATE "C" NOT NULL,
    state  bigint NOT NULL,
    member bytea,
    at     bigint NOT NULL,
    next   text,
    PRIMARY KEY (tenant, number)
);
CREATE INDEX cards_by_batch ON cards (tenant, batch, number);
CREATE INDEX cards_by_member ON cards (tenant, member) WHERE member IS NOT NULL;
