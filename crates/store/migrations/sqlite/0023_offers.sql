-- Personal offers: which of a set was chosen for a member in a round, with which chance of how many, and what came
-- of it. `stage`: 0 it stands, 1 it is being booked, 2 it was taken, 3 it could not be taken. `orders` is not known
-- until its days are over.
CREATE TABLE offer_choices (
    tenant    INTEGER NOT NULL,
    wallet    BLOB NOT NULL,
    offer_set TEXT NOT NULL,
    round     INTEGER NOT NULL,
    cell      TEXT NOT NULL,
    offer     TEXT NOT NULL,
    number    INTEGER NOT NULL,
    among     TEXT NOT NULL,
    held_out  INTEGER NOT NULL,
    chosen_at INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    until     INTEGER NOT NULL,
    stage     INTEGER NOT NULL,
    cost      INTEGER NOT NULL,
    taken_at  INTEGER,
    reason    TEXT NOT NULL,
    orders    INTEGER,
    spent     INTEGER,
    PRIMARY KEY (tenant, wallet, offer_set, round)
) STRICT, WITHOUT ROWID;
CREATE INDEX offer_choices_by_set ON offer_choices (tenant, offer_set, wallet, round);
CREATE INDEX offer_choices_to_settle ON offer_choices (tenant, until) WHERE orders IS NULL;
CREATE INDEX offer_choices_to_book ON offer_choices (tenant, taken_at) WHERE stage = 1;

-- What is known of an offer among members of a sort: how often an order came of it, and how often none did.
CREATE TABLE offer_known (
    tenant    INTEGER NOT NULL,
    offer_set TEXT NOT NULL,
    cell      TEXT NOT NULL,
    offer     TEXT NOT NULL,
    brought   INTEGER NOT NULL,
    did_not   INTEGER NOT NULL,
    PRIMARY KEY (tenant, offer_set, cell, offer)
) STRICT, WITHOUT ROWID;

-- What was drawn of the budget of a set.
CREATE TABLE offer_budgets (
    tenant    INTEGER NOT NULL,
    offer_set TEXT NOT NULL,
    drawn     INTEGER NOT NULL,
    PRIMARY KEY (tenant, offer_set)
) STRICT, WITHOUT ROWID;
