-- A month is closed by a job, step by step: no more figures are taken for it from closed_at on, and what is released of it is
-- there for others from released_at on, all at once. Months that are here were closed at one go.
ALTER TABLE released_periods
        ADD COLUMN state text NOT NULL DEFAULT 'released'
                CHECK (state IN ('counting', 'releasing', 'telling', 'released')),
        ADD COLUMN step integer NOT NULL DEFAULT 0,
        ADD COLUMN progress integer NOT NULL DEFAULT 100, -- of the state, in per cent
        ADD COLUMN work bytea,                            -- what is left to do, sealed
        ADD COLUMN closed_at timestamptz,
        ALTER COLUMN n_released SET DEFAULT 0,
        ALTER COLUMN n_insufficient SET DEFAULT 0,
        ALTER COLUMN released_at DROP NOT NULL,
        ALTER COLUMN released_at DROP DEFAULT;
UPDATE released_periods SET closed_at = released_at;
ALTER TABLE released_periods
        ALTER COLUMN state SET DEFAULT 'counting',
        ALTER COLUMN progress SET DEFAULT 0,
        ALTER COLUMN closed_at SET DEFAULT now(),
        ALTER COLUMN closed_at SET NOT NULL;

-- Events call figures by their id; nothing looks for them by it.
ALTER TABLE metric_snapshots DROP CONSTRAINT metric_snapshots_id_key;

CREATE INDEX cohort_releases_newest ON cohort_releases (cohort, period DESC) WHERE metric = 'cohort_size' AND is_sufficient;
CREATE INDEX cohort_releases_listed ON cohort_releases (period, level DESC, cohort)
        WHERE metric = 'cohort_size' AND is_sufficient;
