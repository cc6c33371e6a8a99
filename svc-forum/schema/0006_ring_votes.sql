-- The votes of a ring as they were found, so that moderators can take them out and put them back. One that is voided is
-- no reaction any more: it stands here, and nothing that counts reactions needs to know of it.
CREATE TABLE ring_votes (
        ring_post_id uuid NOT NULL,
        kind         text NOT NULL,
        post_id      uuid NOT NULL REFERENCES forum_posts ON DELETE CASCADE,
        user_id      uuid NOT NULL,
        created_at   timestamptz NOT NULL,
        is_voided    boolean NOT NULL DEFAULT false,
        PRIMARY KEY (ring_post_id, kind, post_id, user_id),
        FOREIGN KEY (ring_post_id, kind) REFERENCES vote_rings ON DELETE CASCADE
);
CREATE INDEX ring_votes_user ON ring_votes (user_id);
CREATE INDEX ring_votes_post ON ring_votes (post_id);
