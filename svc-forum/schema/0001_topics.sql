-- Categories, topics and posts. An author who has left, or whose rows are to tell of nobody, is NULL.

-- Lower bound of the share of helpful votes among n, as sure as 80 % (Wilson, z = 1.281551565545).
CREATE FUNCTION wilson(helpful integer, not_helpful integer) RETURNS double precision
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN CASE WHEN helpful + not_helpful = 0 THEN 0 ELSE greatest(0,
                (helpful::double precision / (helpful + not_helpful) + 1.642374415149816 / (2 * (helpful + not_helpful))
                - 1.281551565545 * sqrt((helpful::double precision * not_helpful / (helpful + not_helpful) + 0.410593603787454)
                                        / (helpful + not_helpful)) / sqrt((helpful + not_helpful)::double precision))
                / (1 + 1.642374415149816 / (helpful + not_helpful))) END;

-- Microseconds since 1970.
CREATE FUNCTION micros(at timestamptz) RETURNS bigint
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN (extract(epoch FROM at) * 1000000)::bigint;

-- Newness in seconds plus what interest is worth: ten times the interest is worth half a day. What is pinned comes first.
CREATE FUNCTION topic_hot(interest integer, created_at timestamptz, is_pinned boolean) RETURNS bigint
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN (extract(epoch FROM created_at) * 1000)::bigint
                + (45000000 * log(greatest(1, interest)::double precision))::bigint
                + CASE WHEN is_pinned THEN 1000000000000000 ELSE 0 END;

-- The more votes, and the more evenly they go for and against, the more a topic is disputed.
CREATE FUNCTION topic_dispute(up integer, down integer) RETURNS bigint
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN CASE WHEN least(up, down) <= 0 THEN 0
                ELSE (1000 * power((up + down)::double precision, least(up, down)::double precision / greatest(up, down)))::bigint END;

-- newcomer 1 … leader 5.
CREATE FUNCTION level_rank(level text) RETURNS integer
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN coalesce(array_position(ARRAY['newcomer', 'learner', 'contributor', 'expert', 'leader'], level), 1);

CREATE TABLE forum_categories (
        id                       uuid PRIMARY KEY,
        name                     text NOT NULL,
        description              text,
        forum_type               text NOT NULL,
        parent_category_id       uuid REFERENCES forum_categories,
        is_moderated             boolean NOT NULL DEFAULT false,
        minimum_experience_level text NOT NULL DEFAULT 'newcomer',
        status                   text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
        topics_count             integer NOT NULL DEFAULT 0 CHECK (topics_count >= 0),
        place                    bigint NOT NULL, -- the list's order: the oldest has the highest
        version                  bigint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX forum_categories_name ON forum_categories (coalesce(parent_category_id, id), lower(name))
        WHERE parent_category_id IS NOT NULL;
CREATE INDEX forum_categories_place ON forum_categories (status, place DESC, id DESC);
CREATE INDEX forum_categories_parent ON forum_categories (parent_category_id, place DESC, id DESC);

CREATE TABLE category_moderators (
        category_id uuid NOT NULL REFERENCES forum_categories ON DELETE CASCADE,
        user_id     uuid NOT NULL,
        PRIMARY KEY (category_id, user_id)
);
CREATE INDEX category_moderators_user ON category_moderators (user_id);

CREATE TABLE forum_topics (
        id                 uuid PRIMARY KEY,
        category_id        uuid NOT NULL REFERENCES forum_categories,
        created_by_user_id uuid,
        is_anonymous       boolean NOT NULL,
        title              text NOT NULL,
        description        text,
        post_type          text NOT NULL,
        tags               text[] NOT NULL DEFAULT '{}',
        status             text NOT NULL CHECK (status IN ('pending_review', 'open', 'closed', 'locked', 'archived', 'hidden',
                                                           'deleted', 'removed')),
        is_listed          boolean GENERATED ALWAYS AS (status IN ('open', 'closed', 'locked', 'archived')) STORED,
        views_count        integer NOT NULL DEFAULT 0,
        last_post_number   integer NOT NULL DEFAULT 0,
        posts_count        integer NOT NULL DEFAULT 0 CHECK (posts_count >= 0),        -- published
        participants_count integer NOT NULL DEFAULT 0 CHECK (participants_count >= 0), -- their authors
        likes_count        integer NOT NULL DEFAULT 0 CHECK (likes_count >= 0),        -- to its posts, like the next two
        helpful_votes      integer NOT NULL DEFAULT 0 CHECK (helpful_votes >= 0),
        not_helpful_votes  integer NOT NULL DEFAULT 0 CHECK (not_helpful_votes >= 0),
        is_solved          boolean NOT NULL DEFAULT false,
        best_answer        uuid,
        auto_close_at      timestamptz,
        is_pinned          boolean NOT NULL DEFAULT false,
        was_public         boolean NOT NULL DEFAULT false, -- once
        created_at         timestamptz NOT NULL DEFAULT now(),
        edited_at          timestamptz,
        last_posted_at     timestamptz NOT NULL DEFAULT now(),
        closed_at          timestamptz,
        version            bigint NOT NULL DEFAULT 1,
        hot_key            bigint GENERATED ALWAYS AS (topic_hot(likes_count + 2 * helpful_votes + posts_count, created_at, is_pinned)) STORED,
        new_key            bigint GENERATED ALWAYS AS (micros(created_at)) STORED,
        active_key         bigint GENERATED ALWAYS AS (micros(last_posted_at)) STORED,
        top_key            bigint GENERATED ALWAYS AS (likes_count + 2 * helpful_votes + posts_count) STORED,
        controversial_key  bigint GENERATED ALWAYS AS (topic_dispute(likes_count + helpful_votes, not_helpful_votes)) STORED,
        search             tsvector GENERATED ALWAYS AS (setweight(to_tsvector('english', title), 'A')
                                   || setweight(to_tsvector('english', coalesce(description, '')), 'B')) STORED
) WITH (fillfactor = 85);

CREATE INDEX forum_topics_hot ON forum_topics (hot_key DESC, id DESC) WHERE is_listed;
CREATE INDEX forum_topics_new ON forum_topics (new_key DESC, id DESC) WHERE is_listed;
CREATE INDEX forum_topics_active ON forum_topics (active_key DESC, id DESC) WHERE is_listed;
CREATE INDEX forum_topics_top ON forum_topics (top_key DESC, id DESC) WHERE is_listed;
CREATE INDEX forum_topics_controversial ON forum_topics (controversial_key DESC, id DESC) WHERE is_listed;
CREATE INDEX forum_topics_category_hot ON forum_topics (category_id, hot_key DESC, id DESC) WHERE is_listed;
CREATE INDEX forum_topics_category_new ON forum_topics (category_id, new_key DESC, id DESC) WHERE is_listed;
CREATE INDEX forum_topics_category_active ON forum_topics (category_id, active_key DESC, id DESC) WHERE is_listed;
CREATE INDEX forum_topics_author ON forum_topics (created_by_user_id, new_key DESC, id DESC);
CREATE INDEX forum_topics_tags ON forum_topics USING gin (tags) WHERE is_listed;
CREATE INDEX forum_topics_search ON forum_topics USING gin (search) WHERE is_listed;
CREATE INDEX forum_topics_idle ON forum_topics (last_posted_at) WHERE status IN ('open', 'closed');

CREATE TABLE forum_posts (
        id                uuid PRIMARY KEY,
        topic_id          uuid NOT NULL REFERENCES forum_topics,
        author_user_id    uuid,
        is_anonymous      boolean NOT NULL,
        post_number       integer NOT NULL,
        reply_to_post_id  uuid,
        content           text NOT NULL,
        status            text NOT NULL CHECK (status IN ('pending_review', 'published', 'hidden', 'deleted', 'removed')),
        was_public        boolean NOT NULL DEFAULT false, -- once
        likes_count       integer NOT NULL DEFAULT 0 CHECK (likes_count >= 0),
        helpful_votes     integer NOT NULL DEFAULT 0 CHECK (helpful_votes >= 0),
        not_helpful_votes integer NOT NULL DEFAULT 0 CHECK (not_helpful_votes >= 0),
        is_best_answer    boolean NOT NULL DEFAULT false,
        created_at        timestamptz NOT NULL DEFAULT now(),
        edited_at         timestamptz,
        version           bigint NOT NULL DEFAULT 1,
        quality_score     double precision GENERATED ALWAYS AS (wilson(helpful_votes, not_helpful_votes)) STORED,
        answer_key        bigint GENERATED ALWAYS AS ((CASE WHEN is_best_answer THEN 2000000000 ELSE 0 END)::bigint
                                  + (1000000000 * wilson(helpful_votes, not_helpful_votes))::bigint) STORED,
        number_key        bigint GENERATED ALWAYS AS (-post_number) STORED,
        new_key           bigint GENERATED ALWAYS AS (post_number) STORED,
        search            tsvector GENERATED ALWAYS AS (to_tsvector('english', content)) STORED,
        UNIQUE (topic_id, post_number)
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX forum_posts_best ON forum_posts (topic_id) WHERE is_best_answer;
CREATE INDEX forum_posts_answer ON forum_posts (topic_id, answer_key DESC, id DESC);
CREATE INDEX forum_posts_number ON forum_posts (topic_id, number_key DESC, id DESC);
CREATE INDEX forum_posts_new ON forum_posts (topic_id, new_key DESC, id DESC);
CREATE INDEX forum_posts_author ON forum_posts (author_user_id, topic_id);
CREATE INDEX forum_posts_search ON forum_posts USING gin (search) WHERE status = 'published';

CREATE TABLE post_revisions (
        post_id    uuid NOT NULL REFERENCES forum_posts ON DELETE CASCADE,
        version    bigint NOT NULL,
        content    text NOT NULL,
        until      timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (post_id, version)
);

CREATE TABLE post_reactions (
        post_id    uuid NOT NULL REFERENCES forum_posts ON DELETE CASCADE,
        user_id    uuid NOT NULL,
        kind       text NOT NULL CHECK (kind IN ('like', 'helpful', 'not_helpful')),
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (post_id, user_id, kind)
);
CREATE INDEX post_reactions_user ON post_reactions (user_id);

-- What somebody has read and follows.
CREATE TABLE topic_readers (
        topic_id              uuid NOT NULL REFERENCES forum_topics ON DELETE CASCADE,
        user_id               uuid NOT NULL,
        last_read_post_number integer NOT NULL DEFAULT 0,
        level                 text NOT NULL DEFAULT 'normal' CHECK (level IN ('muted', 'normal', 'tracking', 'watching')),
        bookmarked            boolean NOT NULL DEFAULT false,
        viewed_at             timestamptz, -- the view that was counted last
        PRIMARY KEY (topic_id, user_id)
);
CREATE INDEX topic_readers_user ON topic_readers (user_id, level);
CREATE INDEX topic_readers_watching ON topic_readers (topic_id) WHERE level = 'watching';

CREATE TABLE poll_options (
        topic_id    uuid NOT NULL REFERENCES forum_topics ON DELETE CASCADE,
        number      integer NOT NULL,
        text        text NOT NULL,
        votes_count integer NOT NULL DEFAULT 0 CHECK (votes_count >= 0),
        PRIMARY KEY (topic_id, number)
);

CREATE TABLE poll_votes (
        topic_id uuid NOT NULL,
        user_id  uuid NOT NULL,
        number   integer NOT NULL,
        PRIMARY KEY (topic_id, user_id),
        FOREIGN KEY (topic_id, number) REFERENCES poll_options ON DELETE CASCADE
);
CREATE INDEX poll_votes_user ON poll_votes (user_id);
