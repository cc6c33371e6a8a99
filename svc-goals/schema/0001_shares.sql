-- Anonymous goal shares. No table here names a person: owners and readers appear as keyed tags, and the one link from a
-- share to its owner's id is sealed and stands apart.

-- Newness in seconds plus what votes are worth: ten times the votes are worth half a day.
CREATE FUNCTION hot_key(likes integer, inspirations integer, published_at timestamptz) RETURNS bigint
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN (extract(epoch FROM published_at) * 1000)::bigint
                + (45000000 * log(greatest(1, likes + 2 * inspirations)::double precision))::bigint;

CREATE TABLE anonymous_goal_shares (
        id                          uuid PRIMARY KEY,
        goal_category               text NOT NULL,
        goal_title                  text,
        goal_description            text,
        target_amount_range         text,
        current_progress_percentage integer NOT NULL DEFAULT 0 CHECK (current_progress_percentage BETWEEN 0 AND 100),
        user_age_group              text,
        user_income_range           text,
        user_location_region        text,
        strategy_description        text,
        tips_and_lessons            text,
        tags                        text[] NOT NULL DEFAULT '{}',
        likes_count                 integer NOT NULL DEFAULT 0 CHECK (likes_count >= 0),
        inspiration_votes           integer NOT NULL DEFAULT 0 CHECK (inspiration_votes >= 0),
        is_verified_completion      boolean NOT NULL DEFAULT false,
        template_id                 uuid,
        status                      text NOT NULL CHECK (status IN ('draft', 'pending_review', 'published', 'hidden',
                                                                    'completed', 'archived', 'removed')),
        -- Others may see it: the columns hold text that has passed. An edit that waits leaves the old text public.
        is_public                   boolean NOT NULL,
        published_at                timestamptz,
        hot_key                     bigint NOT NULL DEFAULT 0,
        new_key                     bigint NOT NULL, -- microseconds since 1970
        version                     bigint NOT NULL DEFAULT 1,
        search                      tsvector GENERATED ALWAYS AS (
                to_tsvector('simple', coalesce(goal_title, '') || ' ' || coalesce(goal_description, '') || ' '
                        || coalesce(strategy_description, '') || ' ' || coalesce(tips_and_lessons, ''))) STORED,
        CHECK (NOT is_public OR (goal_title IS NOT NULL AND published_at IS NOT NULL))
) WITH (fillfactor = 85);

CREATE INDEX shares_hot ON anonymous_goal_shares (hot_key DESC, id DESC) WHERE is_public;
CREATE INDEX shares_new ON anonymous_goal_shares (new_key DESC, id DESC) WHERE is_public;
CREATE INDEX shares_category_hot ON anonymous_goal_shares (goal_category, hot_key DESC, id DESC) WHERE is_public;
CREATE INDEX shares_category_new ON anonymous_goal_shares (goal_category, new_key DESC, id DESC) WHERE is_public;
CREATE INDEX shares_tags ON anonymous_goal_shares USING gin (tags) WHERE is_public;
CREATE INDEX shares_search ON anonymous_goal_shares USING gin (search) WHERE is_public;

-- Whose share it is: a tag to find it by, and the sealed id for erasure and export.
CREATE TABLE share_owners (
        share_id     uuid PRIMARY KEY REFERENCES anonymous_goal_shares ON DELETE CASCADE,
        owner_tag    bytea NOT NULL,
        owner_sealed bytea NOT NULL
);
CREATE INDEX share_owners_tag ON share_owners (owner_tag, share_id);

-- Text that nobody but the owner may see yet: a draft, or waiting for a ruling. Sealed.
CREATE TABLE pending_texts (
        share_id     uuid PRIMARY KEY REFERENCES anonymous_goal_shares ON DELETE CASCADE,
        sealed       bytea NOT NULL,
        check_due_at timestamptz -- when moderation is asked again; NULL: it has spoken, or it is a draft
);
CREATE INDEX pending_texts_due ON pending_texts (check_due_at) WHERE check_due_at IS NOT NULL;

CREATE TABLE share_reactions (
        share_id   uuid NOT NULL REFERENCES anonymous_goal_shares ON DELETE CASCADE,
        kind       text NOT NULL CHECK (kind IN ('like', 'inspiration')),
        actor_tag  bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (share_id, actor_tag, kind)
);
