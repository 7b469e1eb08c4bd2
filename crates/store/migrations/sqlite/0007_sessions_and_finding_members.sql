-- An operator who signed in at the console. The browser holds the secret, here is its hash: like a
-- key, it is found before anybody knows whose it is. What it may do is what its key may do.
CREATE TABLE sessions (
    tenant     INTEGER NOT NULL,
    hash       BLOB NOT NULL UNIQUE,
    key        TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, hash)
) STRICT;

-- Members are looked for by how an identity begins, capitals or not.
CREATE INDEX identities_by_value ON identities (tenant, lower(value));

-- And by how the words of their names begin: personal data, with profiles, which they come from.
CREATE TABLE member_words (
    tenant INTEGER NOT NULL,
    word   TEXT NOT NULL,
    member BLOB NOT NULL,
    PRIMARY KEY (tenant, word, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX words_of_a_member ON member_words (tenant, member);

-- Of members who are there already, the name as a whole: its single words come in with the next change.
INSERT INTO member_words (tenant, word, member)
SELECT tenant, lower(json_extract(attributes, '$.name')), member FROM profiles
WHERE json_type(attributes, '$.name') = 'text';
