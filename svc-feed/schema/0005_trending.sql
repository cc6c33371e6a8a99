-- What trends, as it was last counted, for each window: who asks reads it, and does not count what everybody did in a week.
CREATE TABLE trending (
        hours       integer NOT NULL,
        activity_id uuid NOT NULL REFERENCES activities ON DELETE CASCADE, -- of those about one thing the highest in feeds
        actors      integer NOT NULL,                                      -- people who reacted to any of these
        last_at     timestamptz NOT NULL,                                  -- the latest of these reactions
        PRIMARY KEY (hours, activity_id)
);
CREATE INDEX trending_activity ON trending (activity_id);

-- More people count for more than their number, and an old interest for less: half in two hours.
CREATE FUNCTION trend_score(actors integer, last_at timestamptz) RETURNS double precision
        LANGUAGE sql STABLE PARALLEL SAFE
        RETURN power(actors - 1, 2) * power(0.5::double precision, extract(epoch FROM now() - last_at)::double precision / 7200);
