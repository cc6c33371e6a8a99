-- People by name. A row that is somebody's carries their user id, which goes with an erasure and leaves no trace.

CREATE TABLE user_social_profiles (
        id                  uuid PRIMARY KEY,
        user_id             uuid NOT NULL UNIQUE,
        display_name        text NOT NULL,
        bio                 text,
        avatar_url          text,
        location            text,
        expertise_areas     text[] NOT NULL DEFAULT '{}',
        interest_areas      text[] NOT NULL DEFAULT '{}',
        time_zone           text NOT NULL,
        locale              text NOT NULL,
        currency            text NOT NULL,
        reputation_score    integer NOT NULL DEFAULT 0,
        total_contributions integer NOT NULL DEFAULT 0 CHECK (total_contributions >= 0),
        experience_level    text NOT NULL DEFAULT 'newcomer'
                            CHECK (experience_level IN ('newcomer', 'learner', 'contributor', 'expert', 'leader')),
        achievement_badges  text[] NOT NULL DEFAULT '{}',
        waiting             bytea,                          -- texts that nobody else may see yet, sealed
        is_hidden           boolean NOT NULL DEFAULT false, -- a moderator keeps the texts from others
        is_leaving          boolean NOT NULL DEFAULT false, -- being erased
        version             bigint NOT NULL DEFAULT 1,
        created_at          timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 85);

CREATE TABLE user_privacy_settings (
        user_profile_id          uuid PRIMARY KEY REFERENCES user_social_profiles ON DELETE CASCADE,
        user_id                  uuid NOT NULL UNIQUE,
        profile_visibility       text NOT NULL DEFAULT 'private',
        goal_sharing_level       text NOT NULL DEFAULT 'private',
        share_goal_amounts       boolean NOT NULL DEFAULT false,
        share_age_range          boolean NOT NULL DEFAULT false,
        share_income_range       boolean NOT NULL DEFAULT false,
        share_location_region    boolean NOT NULL DEFAULT false,
        anonymize_in_comparisons boolean NOT NULL DEFAULT true,
        discoverable             boolean NOT NULL DEFAULT false,
        accept_mentor_requests   boolean NOT NULL DEFAULT false,
        accept_group_invites     boolean NOT NULL DEFAULT false,
        comparison_framing       text NOT NULL DEFAULT 'rank_safe',
        retention_days           integer NOT NULL DEFAULT 365,
        version                  bigint NOT NULL DEFAULT 1
);

CREATE TABLE activity_levels (
        user_id uuid NOT NULL REFERENCES user_social_profiles (user_id) ON DELETE CASCADE,
        type    text NOT NULL,
        level   text NOT NULL,
        PRIMARY KEY (user_id, type)
);

CREATE TABLE restricted_keywords (
        user_id    uuid NOT NULL REFERENCES user_social_profiles (user_id) ON DELETE CASCADE,
        position   integer NOT NULL,
        phrase     text NOT NULL,
        whole_word boolean NOT NULL,
        contexts   text[] NOT NULL,
        action     text NOT NULL,
        expires_at timestamptz,
        PRIMARY KEY (user_id, position)
);

-- Every change of a setting. What a phrase was is not kept.
CREATE TABLE privacy_changes (
        id         uuid PRIMARY KEY,
        user_id    uuid NOT NULL,
        setting    text NOT NULL,
        from_value text,
        to_value   text,
        version    bigint NOT NULL, -- of the settings, once it was done
        at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX privacy_changes_user ON privacy_changes (user_id, id DESC);

-- How user_id stands to target_id. Where nothing holds any more the row stays until one of them leaves.
CREATE TABLE relationships (
        id        uuid NOT NULL UNIQUE,
        user_id   uuid NOT NULL,
        target_id uuid NOT NULL,
        following boolean NOT NULL DEFAULT false,
        muted     boolean NOT NULL DEFAULT false,
        blocked   boolean NOT NULL DEFAULT false,
        since_us  bigint NOT NULL DEFAULT (extract(epoch FROM now()) * 1000000)::bigint, -- of the latest change, since 1970
        PRIMARY KEY (user_id, target_id),
        CHECK (user_id <> target_id),
        CHECK (NOT (blocked AND following))
);
CREATE INDEX relationships_following ON relationships (user_id, since_us DESC, id DESC) WHERE following;
CREATE INDEX relationships_muted ON relationships (user_id, since_us DESC, id DESC) WHERE muted;
CREATE INDEX relationships_blocked ON relationships (user_id, since_us DESC, id DESC) WHERE blocked;
CREATE INDEX relationships_followers ON relationships (target_id, since_us DESC, id DESC) WHERE following;
