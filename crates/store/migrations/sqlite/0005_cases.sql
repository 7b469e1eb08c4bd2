-- What waits for a person: claims of missing points, awards that a second person approves, orders
-- that nobody claimed yet. The body is the application's; a mark is there once in a tenant, so that
-- two cases cannot be about the same receipt.

CREATE TABLE cases (
    tenant INTEGER NOT NULL,
    kind   TEXT NOT NULL,
    id     TEXT NOT NULL,
    state  TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (tenant, kind, id)
) STRICT;

CREATE INDEX cases_by_state ON cases (tenant, kind, state, id);

CREATE TABLE case_marks (
    tenant INTEGER NOT NULL,
    mark   BLOB NOT NULL,
    kind   TEXT NOT NULL,
    id     TEXT NOT NULL,
    PRIMARY KEY (tenant, mark)
) STRICT;

CREATE INDEX case_marks_by_case ON case_marks (tenant, kind, id);
