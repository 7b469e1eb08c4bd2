-- The pages for members. A code that was sent to an address signs in once; address and code are hashes.
CREATE TABLE sign_in_codes (
    tenant      INTEGER NOT NULL,
    address     BLOB NOT NULL,
    hash        BLOB NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    asked       INTEGER NOT NULL,
    asked_since INTEGER NOT NULL,
    PRIMARY KEY (tenant, address)
) STRICT, WITHOUT ROWID;

-- Members who are signed in, by the hash of the secret that their browser keeps.
CREATE TABLE member_sessions (
    tenant     INTEGER NOT NULL,
    hash       BLOB NOT NULL,
    member     BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_sessions_by_member ON member_sessions (tenant, member);

-- Which terms a member accepted, and when. It goes with the person.
CREATE TABLE accepted_terms (
    tenant      INTEGER NOT NULL,
    member      BLOB NOT NULL,
    version     TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, member, version)
) STRICT, WITHOUT ROWID;

-- What signs the tokens of widgets, and salts the hashes above.
CREATE TABLE portal_secrets (
    tenant INTEGER NOT NULL PRIMARY KEY,
    secret BLOB NOT NULL
) STRICT, WITHOUT ROWID;
