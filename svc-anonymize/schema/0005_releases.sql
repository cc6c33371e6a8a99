-- What was said of groups of people, once and for ever: whoever asks again gets the same numbers, whatever has changed.
CREATE TABLE releases (
        id            uuid NOT NULL UNIQUE,
        period        text NOT NULL, -- "2026-11"
        cohort        text NOT NULL, -- "25-29/50k-100k": its bands, as many as its level has
        metric        text NOT NULL,
        is_sufficient boolean NOT NULL, -- there were enough people; else nothing is said, and nothing spent
        counts        bigint[] NOT NULL,
        epsilon_micro bigint NOT NULL,
        min_size      integer NOT NULL,
        released_at   timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (period, cohort, metric)
);

-- What the releases of a period have cost whoever is in a cohort. A person is in one cohort of each level.
CREATE TABLE epsilon_ledger (
        period      text NOT NULL,
        cohort      text NOT NULL,
        total_micro bigint NOT NULL,
        spent_micro bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (period, cohort),
        CHECK (spent_micro BETWEEN 0 AND total_micro)
);
