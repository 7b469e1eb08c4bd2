-- When a session was last used, to the minute, so that one that lies idle ends; and from where, so that whoever
-- signed in knows their own sessions again.
ALTER TABLE sessions ADD COLUMN used_at bigint;
ALTER TABLE sessions ADD COLUMN about text NOT NULL DEFAULT '';
