-- The review desk: reports, cases, actions, sanctions, appeals. What people wrote is sealed; who reported and who ruled
-- never leaves.

-- Harm first, then the weight of reports, then age. Weights count in tenths up to 99.9.
CREATE FUNCTION case_priority(severity integer, weight double precision, opened_at timestamptz) RETURNS bigint
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN severity * 100000000000000
                + least(999, greatest(0, (weight * 10)::bigint)) * 100000000000
                + 99999999999 - extract(epoch FROM opened_at)::bigint;

CREATE TABLE cases (
        id               uuid PRIMARY KEY,
        object_type      text NOT NULL,
        object_id        uuid NOT NULL,
        author_user_id   uuid, -- NULL: unknown, or has left
        category         text NOT NULL,
        severity         integer NOT NULL,
        confidence_score double precision, -- of the machine
        weight           double precision NOT NULL DEFAULT 0,
        reports_count    integer NOT NULL DEFAULT 0 CHECK (reports_count >= 0),
        is_held          boolean NOT NULL DEFAULT false, -- it is public only after a ruling
        state            text NOT NULL,
        version          bigint NOT NULL DEFAULT 1,
        claimed_by       uuid,
        lease_until      timestamptz,
        texts_sealed     bytea, -- NULL: purged
        opened_at        timestamptz NOT NULL DEFAULT now(),
        priority_key     bigint NOT NULL,
        new_key          bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
        CHECK ((state = 'claimed') = (claimed_by IS NOT NULL))
);
-- What is pointed at again while it is looked at belongs to the same case.
CREATE UNIQUE INDEX cases_live ON cases (object_type, object_id)
        WHERE state IN ('open', 'queued', 'claimed', 'escalated');
CREATE INDEX cases_priority ON cases (state, priority_key DESC, id DESC);
CREATE INDEX cases_new ON cases (state, new_key DESC, id DESC);
CREATE INDEX cases_author ON cases (author_user_id);

CREATE TABLE reports (
        id               uuid PRIMARY KEY,
        case_id          uuid NOT NULL REFERENCES cases,
        reporter_user_id uuid, -- NULL: has left
        object_type      text NOT NULL,
        object_id        uuid NOT NULL,
        reason           text NOT NULL,
        details_sealed   bytea,
        state            text NOT NULL,
        version          bigint NOT NULL DEFAULT 1,
        weight           double precision NOT NULL,
        created_at       timestamptz NOT NULL DEFAULT now(),
        new_key          bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
        UNIQUE (reporter_user_id, object_type, object_id, reason)
);
CREATE INDEX reports_new ON reports (new_key DESC, id DESC);
CREATE INDEX reports_mine ON reports (reporter_user_id, new_key DESC, id DESC);
CREATE INDEX reports_case ON reports (case_id);

-- How often somebody's reports were right: their next ones weigh accordingly.
CREATE TABLE reporters (
        user_id   uuid PRIMARY KEY,
        upheld    integer NOT NULL DEFAULT 0,
        dismissed integer NOT NULL DEFAULT 0
);

CREATE TABLE actions (
        id                  uuid PRIMARY KEY,
        case_id             uuid NOT NULL REFERENCES cases,
        object_type         text NOT NULL,
        object_id           uuid NOT NULL,
        reported_user_id    uuid,
        moderator_user_id   uuid, -- NULL: the machine, or has left
        action_taken        text NOT NULL,
        reason              text NOT NULL,
        rule_id             text,
        note_sealed         bytea,
        is_automated_action boolean NOT NULL DEFAULT false,
        is_held             boolean NOT NULL DEFAULT false, -- what it ruled on was waiting, not public
        confidence_score    double precision,
        sanction_id         uuid,
        until_at            timestamptz,
        taken_at            timestamptz NOT NULL DEFAULT now(),
        appeal_until        timestamptz NOT NULL DEFAULT now() + interval '30 days',
        reversed_at         timestamptz,
        version             bigint NOT NULL DEFAULT 1,
        new_key             bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
);
CREATE INDEX actions_new ON actions (new_key DESC, id DESC);
CREATE INDEX actions_reported ON actions (reported_user_id, new_key DESC, id DESC);
CREATE INDEX actions_object ON actions (object_type, object_id);
CREATE INDEX actions_case ON actions (case_id);

-- Sanctions as they were given; the table sanctions of the kit says which of them stand.
CREATE TABLE sanction_orders (
        id         uuid PRIMARY KEY,
        user_id    uuid, -- NULL: has left
        kind       text NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now(),
        until_at   timestamptz,
        ended_at   timestamptz
);
CREATE INDEX sanction_orders_user ON sanction_orders (user_id);

CREATE TABLE appeals (
        id                uuid PRIMARY KEY,
        action_id         uuid NOT NULL UNIQUE REFERENCES actions, -- once
        appellant_user_id uuid, -- NULL: has left
        original_user_id  uuid, -- whoever took the action
        reviewer_user_id  uuid,
        state             text NOT NULL,
        version           bigint NOT NULL DEFAULT 1,
        texts_sealed      bytea, -- the statement, then the evidence
        decision_sealed   bytea,
        submitted_at      timestamptz NOT NULL DEFAULT now(),
        due_at            timestamptz NOT NULL DEFAULT now() + interval '7 days',
        decided_at        timestamptz,
        new_key           bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
        CONSTRAINT somebody_else_decides CHECK (reviewer_user_id <> original_user_id)
);
CREATE INDEX appeals_mine ON appeals (appellant_user_id, new_key DESC, id DESC);
CREATE INDEX appeals_state ON appeals (state, new_key DESC, id DESC);
CREATE INDEX appeals_new ON appeals (new_key DESC, id DESC);

CREATE TABLE appeal_messages (
        appeal_id uuid NOT NULL REFERENCES appeals ON DELETE CASCADE,
        number    integer NOT NULL,
        by        text NOT NULL CHECK (by IN ('affected', 'moderator')),
        sealed    bytea NOT NULL,
        at        timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (appeal_id, number)
);

-- The rules of this community: a packed Rulebook a version; the last one holds.
CREATE TABLE rulebooks (
        version    bigint PRIMARY KEY,
        packed     bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
);
