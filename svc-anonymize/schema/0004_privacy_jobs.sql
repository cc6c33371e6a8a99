-- Exports and erasures. The owner is found by a keyed tag; the user id goes when an erasure is done.
CREATE TABLE privacy_jobs (
        id         uuid PRIMARY KEY,
        kind       text NOT NULL CHECK (kind IN ('export', 'erasure')),
        owner_tag  bytea NOT NULL,
        user_id    uuid,
        profile_id uuid,
        mode       text,        -- of an erasure: delete or anonymize
        state      text NOT NULL,
        version    bigint NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        due_at     timestamptz, -- of an erasure: when it begins
        done_at    timestamptz,
        expires_at timestamptz  -- of an export: when its archive is gone
);
CREATE INDEX privacy_jobs_owner ON privacy_jobs (owner_tag, created_at DESC);
CREATE UNIQUE INDEX privacy_jobs_live_erasure ON privacy_jobs (owner_tag)
        WHERE kind = 'erasure' AND state IN ('requested', 'cooling_off', 'running');

-- What each service has to say to a job.
CREATE TABLE privacy_job_parts (
        job_id       uuid NOT NULL REFERENCES privacy_jobs ON DELETE CASCADE,
        service      text NOT NULL,
        confirmed_at timestamptz,
        rows         bigint NOT NULL DEFAULT 0,
        rounds       integer NOT NULL DEFAULT 0, -- how often it has confirmed
        sealed       bytea, -- of an export: what the service knows, until it expires
        PRIMARY KEY (job_id, service)
);
