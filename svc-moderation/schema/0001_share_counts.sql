-- What happened to shares, for the transparency report: numbers alone, no ids.
CREATE TABLE share_counts (
        day           date NOT NULL, -- of the event, UTC
        goal_category text NOT NULL, -- '' where the event does not say
        kind          text NOT NULL CHECK (kind IN ('submitted', 'published', 'updated', 'withdrawn')),
        count         bigint NOT NULL,
        PRIMARY KEY (day, goal_category, kind)
);
