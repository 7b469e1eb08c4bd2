-- What waits for a person: claims of missing points, awards that a second person approves, orders
-- that nobody claimed yet. The body is the application's; a mark is there once in a tenant, so that
-- two cases cannot be about the same receipt.

CREATE TABLE cases (
    tenant bigint NOT NULL,
    kind   text NOT NULL,
    id     text COLLATE "C" NOT NULL,
    state  text NOT NULL,
    body   text NOT NULL,
    PRIMARY KEY (tenant, kind, id)
);

CREATE INDEX cases_by_state ON cases (tenant, kind, state, id);

CREATE TABLE case_marks (
    tenant bigint NOT NULL,
    mark   bytea NOT NULL,
    kind   text NOT NULL,
    id     text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, mark)
);

CREATE INDEX case_marks_by_case ON case_marks (tenant, kind, id);
