-- What the shop says of its products (sort 0) and stores (sort 1). `found_by`: what a search looks into, in
-- small letters.
CREATE TABLE master_data (
    tenant     INTEGER NOT NULL,
    sort       INTEGER NOT NULL,
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    category   TEXT NOT NULL,
    price      INTEGER,
    details    TEXT NOT NULL,
    found_by   TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, sort, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX master_data_of_a_category ON master_data (tenant, sort, category, id);

-- What is recommended beside a product, or after it: all rows are made anew at once, from the log.
CREATE TABLE product_links (
    tenant  INTEGER NOT NULL,
    product TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (tenant, product)
) STRICT, WITHOUT ROWID;

-- What was recommended to a member on a day, and where; to those who are held out, what would have been.
CREATE TABLE recommended (
    tenant   INTEGER NOT NULL,
    wallet   BLOB NOT NULL,
    day      INTEGER NOT NULL,
    place    TEXT NOT NULL,
    product  TEXT NOT NULL,
    held_out INTEGER NOT NULL,
    times    INTEGER NOT NULL,
    PRIMARY KEY (tenant, wallet, day, place, product)
) STRICT, WITHOUT ROWID;
CREATE INDEX recommended_by_day ON recommended (tenant, day);
