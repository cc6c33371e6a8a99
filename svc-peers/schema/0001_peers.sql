-- Figures of people for comparisons, sealed, and what was released of groups.

CREATE TABLE metric_snapshots (
        id           uuid NOT NULL, -- what events call it
        user_id      uuid NOT NULL,
        period       text NOT NULL, -- "2026-11"
        sealed       bytea NOT NULL,
        submitted_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (user_id, period)
);
CREATE INDEX metric_snapshots_period ON metric_snapshots (period, user_id);

-- Months that are closed: no more figures are taken for them. What is released of one is there for others from
-- released_at on, all at once.
CREATE TABLE released_periods (
        period         text PRIMARY KEY,
        state          text NOT NULL DEFAULT 'counting' CHECK (state IN ('counting', 'releasing', 'telling', 'released')),
        step           integer NOT NULL DEFAULT 0,
        progress       integer NOT NULL DEFAULT 0, -- of the state, in per cent
        work           bytea,                      -- what is left to do, sealed
        n_released     integer NOT NULL DEFAULT 0,
        n_insufficient integer NOT NULL DEFAULT 0,
        closed_at      timestamptz NOT NULL DEFAULT now(),
        released_at    timestamptz
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
CREATE INDEX cohort_releases_newest ON cohort_releases (cohort, period DESC) WHERE metric = 'cohort_size' AND is_sufficient;
CREATE INDEX cohort_releases_listed ON cohort_releases (period, level DESC, cohort)
        WHERE metric = 'cohort_size' AND is_sufficient;

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
