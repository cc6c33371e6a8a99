-- Votes cast in step that a case tells of (a case may be about more than that), and what was decided about the votes.
CREATE TABLE vote_anomalies (
        case_id    uuid PRIMARY KEY REFERENCES cases ON DELETE CASCADE,
        told_at    timestamptz NOT NULL DEFAULT now(),
        decision   text CHECK (decision IN ('void', 'restore')),
        votes      integer, -- that were moved by it
        decided_at timestamptz,
        new_key    bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
);
CREATE INDEX vote_anomalies_new ON vote_anomalies (new_key, case_id);
INSERT INTO vote_anomalies (case_id, told_at) SELECT id, opened_at FROM cases WHERE category = 'vote_ring';
