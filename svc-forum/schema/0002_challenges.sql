-- Challenges, who takes part, and the days they have checked in.
CREATE TABLE challenges (
        id                 uuid PRIMARY KEY,
        title              text NOT NULL,
        description        text,
        metric             text NOT NULL CHECK (metric IN ('check_in_days', 'contributions', 'percent')),
        target             integer NOT NULL,
        starts_at          timestamptz NOT NULL,
        ends_at            timestamptz NOT NULL,
        status             text NOT NULL CHECK (status IN ('draft', 'upcoming', 'running', 'ended', 'cancelled')),
        participants_count integer NOT NULL DEFAULT 0 CHECK (participants_count >= 0),
        start_key          bigint GENERATED ALWAYS AS (micros(starts_at)) STORED,
        version            bigint NOT NULL DEFAULT 1,
        CHECK (ends_at > starts_at)
);
CREATE INDEX challenges_start ON challenges (start_key DESC, id DESC);

CREATE TABLE challenge_participants (
        challenge_id          uuid NOT NULL REFERENCES challenges ON DELETE CASCADE,
        user_id               uuid NOT NULL,
        public_on_leaderboard boolean NOT NULL DEFAULT false,
        progress              integer NOT NULL DEFAULT 0,
        progressed_at         timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (challenge_id, user_id)
);
CREATE INDEX challenge_participants_user ON challenge_participants (user_id);

-- The day where the person was: another time zone makes no second one of it.
CREATE TABLE challenge_check_ins (
        challenge_id uuid NOT NULL,
        user_id      uuid NOT NULL,
        on_date      date NOT NULL,
        value        integer NOT NULL DEFAULT 0,
        created_at   timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (challenge_id, user_id, on_date),
        FOREIGN KEY (challenge_id, user_id) REFERENCES challenge_participants ON DELETE CASCADE
);
CREATE INDEX challenge_check_ins_date ON challenge_check_ins (on_date);

-- Who wants to be seen on a board.
CREATE TABLE leaderboard_members (
        board   text NOT NULL,
        user_id uuid NOT NULL,
        PRIMARY KEY (board, user_id)
);
CREATE INDEX leaderboard_members_user ON leaderboard_members (user_id);
