-- What waits for a ruling is a job now (kind recheck_share); check_due_at is read no more and goes with a later version.
INSERT INTO jobs (kind, key, due_at) SELECT 'recheck_share', share_id, check_due_at FROM pending_texts
        WHERE check_due_at IS NOT NULL ON CONFLICT DO NOTHING;
