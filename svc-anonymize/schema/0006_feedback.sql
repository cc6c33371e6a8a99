-- How satisfied people are, by feature: one answer of a person for a feature a day. Who it was is a keyed tag.
CREATE TABLE feedback (
        feature    text NOT NULL,
        day        date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date,
        person_tag bytea NOT NULL,
        score      integer NOT NULL CHECK (score BETWEEN 1 AND 5),
        text       text, -- cleaned
        PRIMARY KEY (feature, day, person_tag)
);
CREATE INDEX feedback_day ON feedback (day);
CREATE INDEX feedback_person ON feedback (person_tag);
