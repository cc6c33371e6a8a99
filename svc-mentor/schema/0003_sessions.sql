CREATE TABLE mentorship_sessions (
        id                      uuid PRIMARY KEY,
        match_id                uuid NOT NULL REFERENCES mentorship_matches ON DELETE CASCADE,
        title                   text NOT NULL,
        session_number          integer,
        scheduled_start_time    timestamptz NOT NULL,
        planned_minutes         integer NOT NULL CHECK (planned_minutes BETWEEN 15 AND 240),
        started_at              timestamptz,
        ended_at                timestamptz,
        actual_duration_minutes integer,
        agenda                  text[] NOT NULL DEFAULT '{}',
        topics_covered          text[] NOT NULL DEFAULT '{}',
        status                  text NOT NULL CHECK (status IN ('proposed', 'scheduled', 'in_progress', 'completed', 'cancelled',
                                                                'late_cancelled', 'no_show', 'expired')),
        proposed_by             text NOT NULL CHECK (proposed_by IN ('mentor', 'mentee')),
        proposed_at             timestamptz NOT NULL DEFAULT now(),
        at_fault                text CHECK (at_fault IN ('mentor', 'mentee')),
        join_ref                uuid NOT NULL,
        version                 bigint NOT NULL DEFAULT 1,
        UNIQUE (match_id, session_number)
) WITH (fillfactor = 80);
CREATE INDEX sessions_match ON mentorship_sessions (match_id, scheduled_start_time DESC, id DESC);
CREATE INDEX sessions_open ON mentorship_sessions (scheduled_start_time) WHERE status IN ('proposed', 'scheduled', 'in_progress');

-- Somebody's time that is taken, by a proposal too: no two of one person overlap. A person is a range of one number, so
-- that the constraint needs nothing but what PostgreSQL brings along.
CREATE TABLE session_holds (
        session_id uuid NOT NULL REFERENCES mentorship_sessions ON DELETE CASCADE,
        user_id    uuid NOT NULL,
        person     numrange NOT NULL GENERATED ALWAYS AS (numrange(hashtextextended(user_id::text, 0)::numeric,
                           hashtextextended(user_id::text, 0)::numeric, '[]')) STORED,
        during     tstzrange NOT NULL,
        PRIMARY KEY (session_id, user_id),
        EXCLUDE USING gist (person WITH &&, during WITH &&)
);
CREATE INDEX session_holds_user ON session_holds (user_id);

CREATE TABLE session_action_items (
        id         uuid PRIMARY KEY,
        session_id uuid NOT NULL REFERENCES mentorship_sessions ON DELETE CASCADE,
        place      integer NOT NULL,
        text       text NOT NULL,
        owner      text NOT NULL CHECK (owner IN ('mentor', 'mentee')),
        state      text NOT NULL CHECK (state IN ('open', 'done')),
        due_on     date
);
CREATE INDEX action_items_session ON session_action_items (session_id, place);

CREATE TABLE session_feedback (
        session_id uuid NOT NULL REFERENCES mentorship_sessions ON DELETE CASCADE,
        side       text NOT NULL CHECK (side IN ('mentor', 'mentee')),
        rating     integer NOT NULL CHECK (rating BETWEEN 1 AND 5),
        helpful    text[] NOT NULL DEFAULT '{}',
        text       bytea, -- sealed
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (session_id, side)
);

-- Free times: within the mentor's hours, after the notice they ask for, apart from what is taken by their pause.
CREATE FUNCTION mentor_slots(mentor uuid, from_at timestamptz, to_at timestamptz, minutes integer)
        RETURNS TABLE (starts timestamptz, ends timestamptz) LANGUAGE sql STABLE AS $$
        SELECT s.at, s.at + minutes * interval '1 minute'
        FROM mentor_profiles p CROSS JOIN LATERAL mentor_windows(p.id, from_at, to_at) w
        CROSS JOIN LATERAL generate_series(w.opens, w.closes - minutes * interval '1 minute',
                (minutes + p.buffer_minutes) * interval '1 minute') AS s (at)
        WHERE p.id = mentor AND s.at >= greatest(from_at, now() + p.min_notice_hours * interval '1 hour')
        AND s.at + minutes * interval '1 minute' <= to_at
        AND NOT EXISTS (SELECT FROM session_holds h WHERE h.user_id = p.user_id AND h.during &&
                tstzrange(s.at, s.at + (minutes + p.buffer_minutes) * interval '1 minute'))
$$;
