CREATE TABLE mentorship_matches (
        id                     uuid PRIMARY KEY,
        mentor_profile_id      uuid NOT NULL REFERENCES mentor_profiles ON DELETE CASCADE,
        mentor_user_id         uuid,
        mentee_user_id         uuid,
        mentorship_type        text NOT NULL CHECK (mentorship_type IN ('one_on_one', 'group', 'peer', 'anonymous')),
        is_anonymous           boolean NOT NULL,
        status                 text NOT NULL CHECK (status IN ('requested', 'trial', 'active', 'paused', 'completed',
                                                               'declined', 'withdrawn', 'expired', 'ended')),
        focus_areas            text[] NOT NULL DEFAULT '{}',
        planned_duration_weeks integer NOT NULL CHECK (planned_duration_weeks BETWEEN 4 AND 24),
        compatibility_score    double precision,
        message                bytea, -- sealed
        choices                uuid[] NOT NULL DEFAULT '{}', -- who is asked next
        has_choices            boolean NOT NULL DEFAULT false,
        agreed_action          text CHECK (agreed_action IN ('start', 'complete')),
        agreed_by              text CHECK (agreed_by IN ('mentor', 'mentee')),
        sessions_completed     integer NOT NULL DEFAULT 0 CHECK (sessions_completed >= 0),
        goals_achieved         integer NOT NULL DEFAULT 0 CHECK (goals_achieved >= 0),
        last_session_number    integer NOT NULL DEFAULT 0,
        expires_at             timestamptz, -- a request; a trial's end; a pause's end
        began_at               timestamptz,
        ends_on                date,
        over_at                timestamptz,
        version                bigint NOT NULL DEFAULT 1,
        new_key                bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
) WITH (fillfactor = 80);
-- One live match of a pair.
CREATE UNIQUE INDEX matches_live_pair ON mentorship_matches (mentor_profile_id, mentee_user_id)
        WHERE status IN ('requested', 'trial', 'active', 'paused');
CREATE INDEX matches_mentor ON mentorship_matches (mentor_user_id, new_key DESC, id DESC);
CREATE INDEX matches_mentee ON mentorship_matches (mentee_user_id, new_key DESC, id DESC);
CREATE INDEX matches_due ON mentorship_matches (expires_at) WHERE status IN ('requested', 'trial', 'paused');
CREATE INDEX matches_ending ON mentorship_matches (ends_on) WHERE status = 'active';

CREATE TABLE match_goals (
        id               uuid PRIMARY KEY,
        match_id         uuid NOT NULL REFERENCES mentorship_matches ON DELETE CASCADE,
        title            text NOT NULL,
        target_date      date,
        mentor_confirmed boolean NOT NULL DEFAULT false,
        mentee_confirmed boolean NOT NULL DEFAULT false,
        achieved_at      timestamptz,
        version          bigint NOT NULL DEFAULT 1,
        CHECK ((achieved_at IS NOT NULL) = (mentor_confirmed AND mentee_confirmed))
);
CREATE INDEX match_goals_match ON match_goals (match_id, id);

CREATE TABLE mentor_reviews (
        id                uuid PRIMARY KEY,
        match_id          uuid NOT NULL REFERENCES mentorship_matches ON DELETE CASCADE,
        mentor_profile_id uuid NOT NULL REFERENCES mentor_profiles ON DELETE CASCADE,
        side              text NOT NULL CHECK (side IN ('mentor', 'mentee')), -- whose word it is
        author_user_id    uuid,
        is_anonymous      boolean NOT NULL,
        rating            integer NOT NULL CHECK (rating BETWEEN 1 AND 5),
        text              text,
        private_note      bytea, -- sealed
        status            text NOT NULL CHECK (status IN ('sealed', 'pending_review', 'revealed', 'hidden', 'removed')),
        is_counted        boolean NOT NULL DEFAULT false, -- in the mentor's rating
        version           bigint NOT NULL DEFAULT 1,
        created_at        timestamptz NOT NULL DEFAULT now(),
        new_key           bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
        UNIQUE (match_id, side)
);
CREATE INDEX reviews_mentor ON mentor_reviews (mentor_profile_id, new_key DESC, id DESC)
        WHERE status = 'revealed' AND side = 'mentee';
CREATE INDEX reviews_sealed ON mentor_reviews (created_at) WHERE status = 'sealed';
CREATE INDEX reviews_author ON mentor_reviews (author_user_id);
