-- The pages for members. A code that was sent to an address signs in once; address and code are hashes.
CREATE TABLE sign_in_codes (
    tenant      bigint NOT NULL,
    address     bytea NOT NULL,
    hash        bytea NOT NULL,
    created_at  bigint NOT NULL,
    expires_at  bigint NOT NULL,
    attempts    bigint NOT NULL,
    asked       bigint NOT NULL,
    asked_since bigint NOT NULL,
    PRIMARY KEY (tenant, address)
);

-- Members who are signed in, by the hash of the secret that their browser keeps.
CREATE TABLE member_sessions (
    tenant     bigint NOT NULL,
    hash       bytea NOT NULL,
    member     bytea NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (tenant, hash)
);
CREATE INDEX member_sessions_by_member ON member_sessions (tenant, member);

-- Which terms a member accepted, and when. It goes with the person.
CREATE TABLE accepted_terms (
    tenant      bigint NOT NULL,
    member      bytea NOT NULL,
    version     text NOT NULL,
    accepted_at bigint NOT NULL,
    PRIMARY KEY (tenant, member, version)
);

-- What signs the tokens of widgets, and salts the hashes above.
CREATE TABLE portal_secrets (
    tenant bigint NOT NULL PRIMARY KEY,
    secret bytea NOT NULL
);
