-- Reports that wait for room in the queue end some day.
CREATE INDEX reports_open ON reports (created_at) WHERE state = 'open';

-- Overdue: an admin is to look.
ALTER TABLE appeals ADD COLUMN escalated_at timestamptz;

-- For the transparency report.
CREATE INDEX reports_created ON reports (created_at);
CREATE INDEX cases_opened ON cases (opened_at);
CREATE INDEX actions_taken ON actions (taken_at);
CREATE INDEX appeals_decided ON appeals (decided_at);
