-- With which key personal fields are closed: its id, or nothing where they stand in clear. `older`: keys under which
-- some may still stand while the key is turned (`clear`, where they stood in clear). `clear_names`: numbers of the
-- merchants who leave the words of names in clear, to find members by how they begin. `epoch` counts the changes, so
-- that whoever writes by an older state is told.
CREATE TABLE vault (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    epoch       INTEGER NOT NULL,
    key         TEXT NOT NULL,
    older       TEXT NOT NULL,
    clear_names TEXT NOT NULL
) STRICT;
INSERT INTO vault (one, epoch, key, older, clear_names) VALUES (1, 0, '', '', '');
