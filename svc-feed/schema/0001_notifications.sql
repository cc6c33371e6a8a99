-- Notifications, the frames that go to sockets, and how people want to be told.

-- The last numbers given to a person. Locked first by whoever makes a notification or a frame for them.
CREATE TABLE notification_heads (
        user_id        uuid PRIMARY KEY,
        last_seq       bigint NOT NULL DEFAULT 0,
        last_frame_seq bigint NOT NULL DEFAULT 0
);

-- One for each person and event. actor_user_id: only who acted by name.
CREATE TABLE notifications (
        id            uuid PRIMARY KEY,
        user_id       uuid NOT NULL,
        seq           bigint NOT NULL, -- gapless for a person
        event_key     text NOT NULL,
        type          text NOT NULL,
        category      text NOT NULL,
        object_type   text,
        object_id     text,
        group_key     text NOT NULL,
        actor_user_id uuid,
        is_listed     boolean NOT NULL, -- false: it goes to the socket alone
        listed_at     timestamptz NOT NULL DEFAULT now(), -- a digest shows it later
        created_at    timestamptz NOT NULL DEFAULT now(),
        read_at       timestamptz,
        UNIQUE (user_id, seq),
        UNIQUE (user_id, event_key)
);
CREATE INDEX notifications_unread ON notifications (user_id, seq) WHERE is_listed AND read_at IS NULL;
CREATE INDEX notifications_group ON notifications (user_id, group_key, seq DESC);
CREATE INDEX notifications_actor ON notifications (actor_user_id) WHERE actor_user_id IS NOT NULL;
CREATE INDEX notifications_age ON notifications (created_at);

CREATE TABLE frames (
        user_id  uuid NOT NULL,
        seq      bigint NOT NULL, -- gapless for a person
        type     text NOT NULL,
        event_id uuid NOT NULL,
        at       timestamptz NOT NULL DEFAULT now(),
        data     text NOT NULL,
        PRIMARY KEY (user_id, seq)
);
CREATE INDEX frames_age ON frames (at);

CREATE TABLE notification_preferences (
        user_id   uuid PRIMARY KEY,
        time_zone text NOT NULL,
        strangers text NOT NULL CHECK (strangers IN ('everyone', 'connections')),
        version   bigint NOT NULL DEFAULT 1
);

-- What differs from how it is made.
CREATE TABLE notification_modes (
        user_id  uuid NOT NULL,
        category text NOT NULL,
        channel  text NOT NULL CHECK (channel IN ('in_app', 'ws', 'push', 'email')),
        mode     text NOT NULL CHECK (mode IN ('off', 'instant', 'hourly', 'daily', 'weekly')),
        PRIMARY KEY (user_id, category, channel)
);

CREATE TABLE quiet_hours (
        user_id      uuid NOT NULL,
        weekday      integer NOT NULL CHECK (weekday BETWEEN 1 AND 7),
        from_minute  integer NOT NULL CHECK (from_minute BETWEEN 0 AND 1439),
        until_minute integer NOT NULL CHECK (until_minute BETWEEN 0 AND 1439),
        PRIMARY KEY (user_id, weekday, from_minute)
);

-- Who follows and who mutes whom.
CREATE TABLE follows (
        user_id   uuid NOT NULL,
        target_id uuid NOT NULL,
        PRIMARY KEY (user_id, target_id)
);
CREATE INDEX follows_target ON follows (target_id);

CREATE TABLE mutes (
        user_id   uuid NOT NULL,
        target_id uuid NOT NULL,
        PRIMARY KEY (user_id, target_id)
);
CREATE INDEX mutes_target ON mutes (target_id);
