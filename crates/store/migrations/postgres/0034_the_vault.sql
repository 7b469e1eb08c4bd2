-- With which key personal fields are closed: its id, or nothing where they stand in clear. `older`: keys under which
-- some may still stand while the key is turned (`clear`, where they stood in clear). `clear_names`: numbers of the
-- merchants who leave the words of names in clear, to find members by how they begin. `epoch` counts the changes, so
-- that whoever writes by an older state is told.
CREATE TABLE vault (
    one         smallint PRIMARY KEY CHECK (one = 1),
    epoch       bigint NOT NULL,
    key         text NOT NULL,
    older       text NOT NULL,
    clear_names text NOT NULL
);
INSERT INTO vault (one, epoch, key, older, clear_names) VALUES (1, 0, '', '', '');
