-- What happened, for whom it is meant, and how it was met.

-- Keys may be made of ids of people: what is kept of one is a keyed tag.
DELETE FROM notifications;
ALTER TABLE notifications ALTER COLUMN event_key TYPE bytea USING NULL;

-- Newness in seconds plus what interest is worth: ten times the interest is worth half a day.
CREATE FUNCTION activity_hot(interest integer, created_at timestamptz) RETURNS bigint
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN (extract(epoch FROM created_at) * 1000)::bigint
                + (45000000 * log(greatest(1, interest)::double precision))::bigint;

CREATE FUNCTION micros(at timestamptz) RETURNS bigint
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN (extract(epoch FROM at) * 1000000)::bigint;

CREATE TABLE activities (
        id               uuid PRIMARY KEY,
        actor_user_id    uuid, -- NULL: nobody by name
        type             text NOT NULL,
        object_type      text,
        object_id        text,
        group_id         text, -- whose members it is for, with visibility group
        text             text,
        visibility       text NOT NULL CHECK (visibility IN ('private', 'connections', 'group', 'community', 'anonymous')),
        status           text NOT NULL CHECK (status IN ('pending_review', 'published', 'hidden', 'removed')),
        is_automatic     boolean NOT NULL,               -- made of an event
        is_retracted     boolean NOT NULL DEFAULT false, -- what it is about is not to be seen
        event_id         uuid UNIQUE,
        likes_count      integer NOT NULL DEFAULT 0 CHECK (likes_count >= 0),
        celebrates_count integer NOT NULL DEFAULT 0 CHECK (celebrates_count >= 0),
        supports_count   integer NOT NULL DEFAULT 0 CHECK (supports_count >= 0),
        bookmarks_count  integer NOT NULL DEFAULT 0 CHECK (bookmarks_count >= 0),
        created_at       timestamptz NOT NULL DEFAULT now(),
        version          bigint NOT NULL DEFAULT 1,
        is_open          boolean GENERATED ALWAYS AS (status = 'published' AND NOT is_retracted
                                                      AND visibility IN ('community', 'anonymous')) STORED,
        interest         integer GENERATED ALWAYS AS (likes_count + celebrates_count + supports_count) STORED,
        hot_key          bigint GENERATED ALWAYS AS (activity_hot(likes_count + celebrates_count + supports_count, created_at)) STORED,
        new_key          bigint GENERATED ALWAYS AS (micros(created_at)) STORED
) WITH (fillfactor = 85);
CREATE INDEX activities_hot ON activities (hot_key DESC, id DESC) WHERE is_open;
CREATE INDEX activities_actor ON activities (actor_user_id, new_key DESC, id DESC);
CREATE INDEX activities_group ON activities (group_id, hot_key DESC) WHERE visibility = 'group';
CREATE INDEX activities_object ON activities (object_type, object_id);
-- What nobody did by name happened once.
CREATE UNIQUE INDEX activities_once ON activities (type, object_type, object_id) WHERE is_automatic AND actor_user_id IS NULL;

CREATE TABLE activity_reactions (
        activity_id uuid NOT NULL REFERENCES activities ON DELETE CASCADE,
        user_id     uuid NOT NULL,
        kind        text NOT NULL CHECK (kind IN ('like', 'celebrate', 'support', 'bookmark')),
        created_at  timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (activity_id, user_id, kind)
);
CREATE INDEX activity_reactions_user ON activity_reactions (user_id);
CREATE INDEX activity_reactions_age ON activity_reactions (created_at);

-- For whom somebody's activities are, by type; '*': the others.
CREATE TABLE activity_levels (
        user_id uuid NOT NULL,
        type    text NOT NULL,
        level   text NOT NULL,
        PRIMARY KEY (user_id, type)
);

-- Who is in which group, as the groups' events tell.
CREATE TABLE group_members (
        group_id text NOT NULL,
        user_id  uuid NOT NULL,
        PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_user ON group_members (user_id);
