-- What people are given credit for: a profile's score and count are folds of this ledger, and can be made of it again.
CREATE TABLE reputation_entries (
        id            uuid PRIMARY KEY,
        user_id       uuid NOT NULL,
        delta         integer NOT NULL,
        contributions integer NOT NULL,
        reason        text NOT NULL,
        object_ref    text,                 -- absent where it would tell whose something anonymous is
        source_key    text NOT NULL UNIQUE, -- what it is for: given once, however often it is said
        day           date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date,
        voided_at     timestamptz           -- taken back; it counts no more
);
CREATE INDEX reputation_entries_user ON reputation_entries (user_id, reason, day);

CREATE TABLE badge_awards (
        user_id   uuid NOT NULL,
        badge_id  text NOT NULL,
        award_key text NOT NULL,
        earned_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (user_id, badge_id, award_key)
);
