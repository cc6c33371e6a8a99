-- Figures are counted in the order in which they lie in the table: by their owners, who are random, a month of a million people is
-- read page by page a million times.
ALTER TABLE metric_snapshots ADD COLUMN place bigint GENERATED ALWAYS AS IDENTITY;
CREATE UNIQUE INDEX metric_snapshots_places ON metric_snapshots (period, place);
