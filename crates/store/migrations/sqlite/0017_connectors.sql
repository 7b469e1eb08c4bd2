-- What shops and payment providers told, with what came of it. `delivery` is the platform's own number with a
-- hash of what it said: the number alone is not signed. `body` is kept until it is decided, and where it
-- could not be. The row with an empty `delivery` counts what came unsigned.
CREATE TABLE connector_deliveries (
    tenant    INTEGER NOT NULL,
    connector TEXT NOT NULL,
    delivery  TEXT NOT NULL,
    topic     TEXT NOT NULL,
    state     TEXT NOT NULL,
    came_at   INTEGER NOT NULL,
    times     INTEGER NOT NULL,
    said      TEXT NOT NULL,
    body      TEXT,
    PRIMARY KEY (tenant, connector, delivery)
) STRICT, WITHOUT ROWID;
CREATE INDEX connector_deliveries_by_time ON connector_deliveries (tenant, connector, came_at);
CREATE INDEX connector_deliveries_by_state ON connector_deliveries (tenant, connector, state, came_at);
