-- Mentors, those who look for one, and what the two do together. Where somebody has left the platform the user id is NULL.

CREATE TABLE mentor_profiles (
        id                 uuid PRIMARY KEY,
        user_id            uuid UNIQUE,
        status             text NOT NULL CHECK (status IN ('listed', 'unlisted', 'pending_review', 'hidden', 'suspended',
                                                           'removed', 'withdrawn')),
        is_verified_mentor boolean NOT NULL DEFAULT false,
        expertise_areas    text[] NOT NULL DEFAULT '{}',
        specializations    text[] NOT NULL DEFAULT '{}',
        languages          text[] NOT NULL DEFAULT '{}',
        styles             text[] NOT NULL DEFAULT '{}',
        max_mentees        integer NOT NULL CHECK (max_mentees BETWEEN 1 AND 50),
        -- Trial, active and paused matches: never more than there are places, at every instant.
        live_matches       integer NOT NULL DEFAULT 0 CHECK (live_matches BETWEEN 0 AND max_mentees),
        hourly_rate        bigint NOT NULL DEFAULT 0 CHECK (hourly_rate >= 0),
        currency           text NOT NULL,
        trial_days         integer NOT NULL DEFAULT 0 CHECK (trial_days BETWEEN 0 AND 28),
        rating_sum         bigint NOT NULL DEFAULT 0,
        total_reviews      integer NOT NULL DEFAULT 0 CHECK (total_reviews >= 0),
        mentor_rating      double precision,
        time_zone          text NOT NULL DEFAULT 'UTC',
        min_notice_hours   integer NOT NULL DEFAULT 12,
        buffer_minutes     integer NOT NULL DEFAULT 0,
        availability_version bigint NOT NULL DEFAULT 1,
        version            bigint NOT NULL DEFAULT 1,
        new_key            bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
) WITH (fillfactor = 80);
CREATE INDEX mentors_new ON mentor_profiles (new_key DESC, id DESC) WHERE status = 'listed';
CREATE INDEX mentors_rating ON mentor_profiles ((coalesce(mentor_rating * 1000000, 0)::bigint) DESC, id DESC)
        WHERE status = 'listed';
CREATE INDEX mentors_expertise ON mentor_profiles USING gin (expertise_areas) WHERE status = 'listed';

-- As the clock on the mentor's wall says.
CREATE TABLE availability_weekly (
        mentor_profile_id uuid NOT NULL REFERENCES mentor_profiles ON DELETE CASCADE,
        day               integer NOT NULL CHECK (day BETWEEN 1 AND 7),
        starts            time NOT NULL,
        ends              time NOT NULL,
        CHECK (starts < ends),
        PRIMARY KEY (mentor_profile_id, day, starts)
);

CREATE TABLE availability_overrides (
        mentor_profile_id uuid NOT NULL REFERENCES mentor_profiles ON DELETE CASCADE,
        on_date           date NOT NULL,
        starts            time, -- NULL: the day is off
        ends              time,
        CHECK ((starts IS NULL) = (ends IS NULL) AND (starts IS NULL OR starts < ends)),
        UNIQUE NULLS NOT DISTINCT (mentor_profile_id, on_date, starts)
);

-- Hours of a mentor as instants. Each end is turned by itself, so that hours follow the wall through a change of clocks;
-- what the clocks leave out on that day is no time.
CREATE FUNCTION mentor_windows(mentor uuid, from_at timestamptz, to_at timestamptz)
        RETURNS TABLE (opens timestamptz, closes timestamptz) LANGUAGE sql STABLE AS $$
        SELECT (d.day + w.starts) AT TIME ZONE p.time_zone, (d.day + w.ends) AT TIME ZONE p.time_zone
        FROM mentor_profiles p
        CROSS JOIN LATERAL (SELECT day::date AS day FROM generate_series((from_at AT TIME ZONE p.time_zone)::date - 1,
                (to_at AT TIME ZONE p.time_zone)::date, interval '1 day') day) d
        CROSS JOIN LATERAL (
                SELECT o.starts, o.ends FROM availability_overrides o
                WHERE o.mentor_profile_id = p.id AND o.on_date = d.day AND o.starts IS NOT NULL
                UNION ALL
                SELECT r.starts, r.ends FROM availability_weekly r
                WHERE r.mentor_profile_id = p.id AND r.day = extract(isodow FROM d.day)
                AND NOT EXISTS (SELECT FROM availability_overrides o WHERE o.mentor_profile_id = p.id AND o.on_date = d.day)
        ) w
        WHERE p.id = mentor
$$;

CREATE TABLE mentee_profiles (
        user_id         uuid PRIMARY KEY,
        focus_areas     text[] NOT NULL DEFAULT '{}',
        languages       text[] NOT NULL DEFAULT '{}',
        styles          text[] NOT NULL DEFAULT '{}',
        top_criterion   text,
        must_have       text[] NOT NULL DEFAULT '{}',
        time_zone       text NOT NULL DEFAULT 'UTC',
        anonymous_level text NOT NULL DEFAULT 'none' CHECK (anonymous_level IN ('none', 'pseudonym')),
        version         bigint NOT NULL DEFAULT 1
);
