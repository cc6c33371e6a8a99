-- Work to be done at a time. One row a kind and key; a row goes when its work is done, in the transaction of the work.
CREATE TABLE jobs (
        kind        text NOT NULL,
        key         text NOT NULL, -- '' for what comes round by itself
        due_at      timestamptz NOT NULL,
        attempts    integer NOT NULL DEFAULT 0,
        lease_until timestamptz, -- somebody is at it until then; names the attempt, too
        last_error  text,        -- a status of the mesh
        payload     bytea,
        failed_at   timestamptz, -- given up; kept for people to look at
        PRIMARY KEY (kind, key)
) WITH (fillfactor = 70);
CREATE INDEX jobs_due ON jobs (due_at) WHERE failed_at IS NULL;
CREATE INDEX jobs_failed ON jobs (failed_at) WHERE failed_at IS NOT NULL;

-- Which process runs the jobs of this schema.
CREATE TABLE job_runner (
        is_only     boolean PRIMARY KEY DEFAULT true CHECK (is_only),
        holder      uuid NOT NULL,
        lease_until timestamptz NOT NULL
);
