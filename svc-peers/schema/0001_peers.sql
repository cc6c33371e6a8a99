-- Figures of people for comparisons, sealed, and what was released of groups.

CREATE TABLE metric_snapshots (
        id           uuid NOT NULL UNIQUE,
        user_id      uuid NOT NULL,
        period       text NOT NULL, -- "2026-11"
        sealed       bytea NOT NULL,
        submitted_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (user_id, period)
);
CREATE INDEX metric_snapshots_period ON metric_snapshots (period, user_id);

-- Months that are closed.
CREATE TABLE released_periods (
        period         text PRIMARY KEY,
        n_released     integer NOT NULL,
        n_insufficient integer NOT NULL,
        released_at    timestamptz NOT NULL DEFAULT now()
);

-- What svc-anonymize has released of a cohort; of one that was too small, only that it was.
CREATE TABLE cohort_releases (
        period        text NOT NULL,
        cohort        text NOT NULL,
        level         integer NOT NULL, -- 0 age × income × region, 1 age × income, 2 age, 3 all
        metric        text NOT NULL,
        is_sufficient boolean NOT NULL,
        counts        bigint[] NOT NULL,
        epsilon_micro bigint NOT NULL,
        min_size      integer NOT NULL,
        PRIMARY KEY (period, cohort, metric)
);

-- Comparisons as they were told, sealed.
CREATE TABLE peer_comparisons (
        id         uuid PRIMARY KEY,
        user_id    uuid NOT NULL,
        period     text NOT NULL,
        wish       text NOT NULL, -- dimensions and metrics
        sealed     bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (user_id, period, wish)
);
