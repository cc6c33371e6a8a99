-- Votes that are cast in step are shown to moderators, once a week for an author.
CREATE INDEX post_reactions_recent ON post_reactions (created_at);

CREATE TABLE vote_rings (
        post_id uuid NOT NULL REFERENCES forum_posts ON DELETE CASCADE, -- the one that moderators are shown
        kind    text NOT NULL,
        told_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (post_id, kind)
);
