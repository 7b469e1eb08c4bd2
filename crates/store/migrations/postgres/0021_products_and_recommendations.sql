-- What the shop says of its products (sort 0) and stores (sort 1). `found_by`: what a search looks into, in
-- small letters.
CREATE TABLE master_data (
    tenant     bigint NOT NULL,
    sort       bigint NOT NULL,
    id         text COLLATE "C" NOT NULL,
    name       text NOT NULL,
    category   text COLLATE "C" NOT NULL,
    price      bigint,
    details    text NOT NULL,
    found_by   text NOT NULL,
    changed_at bigint NOT NULL,
    PRIMARY KEY (tenant, sort, id)
);
CREATE INDEX master_data_of_a_category ON master_data (tenant, sort, category, id);

-- What is recommended beside a product, or after it: all rows are made anew at once, from the log.
CREATE TABLE product_links (
    tenant  bigint NOT NULL,
    product text COLLATE "C" NOT NULL,
    body    text NOT NULL,
    PRIMARY KEY (tenant, product)
);

-- What was recommended to a member on a day, and where; to those who are held out, what would have been.
CREATE TABLE recommended (
    tenant   bigint NOT NULL,
    wallet   bytea NOT NULL,
    day      bigint NOT NULL,
    place    text COLLATE "C" NOT NULL,
    product  text COLLATE "C" NOT NULL,
    held_out bigint NOT NULL,
    times    bigint NOT NULL,
    PRIMARY KEY (tenant, wallet, day, place, product)
);
CREATE INDEX recommended_by_day ON recommended (tenant, day);
