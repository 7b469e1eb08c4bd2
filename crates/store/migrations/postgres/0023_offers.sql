-- Personal offers: which of a set was chosen for a member in a round, with which chance of how many, and what came
-- of it. `stage`: 0 it stands, 1 it is being booked, 2 it was taken, 3 it could not be taken. `orders` is not known
-- until its days are over.
CREATE TABLE offer_choices (
    tenant    bigint NOT NULL,
    wallet    bytea NOT NULL,
    offer_set text COLLATE "C" NOT NULL,
    round     bigint NOT NULL,
    cell      text COLLATE "C" NOT NULL,
    offer     text COLLATE "C" NOT NULL,
    number    bigint NOT NULL,
    among     text NOT NULL,
    held_out  bigint NOT NULL,
    chosen_at bigint NOT NULL,
    seq       bigint NOT NULL,
    until     bigint NOT NULL,
    stage     bigint NOT NULL,
    cost      bigint NOT NULL,
    taken_at  bigint,
    reason    text NOT NULL,
    orders    bigint,
    spent     bigint,
    PRIMARY KEY (tenant, wallet, offer_set, round)
);
CREATE INDEX offer_choices_by_set ON offer_choices (tenant, offer_set, wallet, round);
CREATE INDEX offer_choices_to_settle ON offer_choices (tenant, until) WHERE orders IS NULL;
CREATE INDEX offer_choices_to_book ON offer_choices (tenant, taken_at) WHERE stage = 1;

-- What is known of an offer among members of a sort: how often an order came of it, and how often none did.
CREATE TABLE offer_known (
    tenant    bigint NOT NULL,
    offer_set text COLLATE "C" NOT NULL,
    cell      text COLLATE "C" NOT NULL,
    offer     text COLLATE "C" NOT NULL,
    brought   bigint NOT NULL,
    did_not   bigint NOT NULL,
    PRIMARY KEY (tenant, offer_set, cell, offer)
);

-- What was drawn of the budget of a set.
CREATE TABLE offer_budgets (
    tenant    bigint NOT NULL,
    offer_set text COLLATE "C" NOT NULL,
    drawn     bigint NOT NULL,
    PRIMARY KEY (tenant, offer_set)
);
