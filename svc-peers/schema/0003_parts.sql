-- Wider cohorts are sums of noised groups: of so many, and have the noise of so many.
ALTER TABLE cohort_releases ADD COLUMN n_parts integer NOT NULL DEFAULT 1;
