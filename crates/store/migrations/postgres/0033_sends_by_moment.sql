-- Sends are listed by when their first message was written. Those of a journey have ids that begin with the moment
-- at which the journey began.
CREATE INDEX sends_by_moment ON sends (tenant, made_at, send);
