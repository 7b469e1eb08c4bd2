-- What shops and payment providers told, with what came of it. `delivery` is the platform's own number with a
-- hash of what it said: the number alone is not signed. `body` is kept until it is decided, and where it
-- could not be. The row with an empty `delivery` counts what came unsigned.
CREATE TABLE connector_deliveries (
    tenant    bigint NOT NULL,
    connector text NOT NULL,
    delivery  text NOT NULL,
    topic     text NOT NULL,
    state     text NOT NULL,
    came_at   bigint NOT NULL,
    times     bigint NOT NULL,
    said      text NOT NULL,
    body      text,
    PRIMARY KEY (tenant, connector, delivery)
);
CREATE INDEX connector_deliveries_by_time ON connector_deliveries (tenant, connector, came_at);
CREATE INDEX connector_deliveries_by_state ON connector_deliveries (tenant, connector, state, came_at);
