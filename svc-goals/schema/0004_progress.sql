-- Check-ins: what a share's public sees of its way.
CREATE TABLE share_progress (
        share_id   uuid NOT NULL REFERENCES anonymous_goal_shares ON DELETE CASCADE,
        on_date    date NOT NULL,
        percentage integer NOT NULL CHECK (percentage BETWEEN 0 AND 100),
        note       text, -- cleaned and ruled on
        PRIMARY KEY (share_id, on_date)
);

-- Orders of their own: by inspiration votes, then newness; by completion.
ALTER TABLE anonymous_goal_shares
        ADD inspiring_key bigint GENERATED ALWAYS AS (inspiration_votes * 100000000000::bigint + new_key / 1000000) STORED,
        ADD completed_key bigint NOT NULL DEFAULT 0; -- microseconds since 1970; 0: not completed
CREATE INDEX shares_inspiring ON anonymous_goal_shares (inspiring_key DESC, id DESC) WHERE is_public;
CREATE INDEX shares_completed ON anonymous_goal_shares (completed_key DESC, id DESC)
        WHERE is_public AND status = 'completed';
CREATE INDEX shares_template ON anonymous_goal_shares (template_id) WHERE template_id IS NOT NULL;
-- For the count of a demographic cell.
CREATE INDEX shares_cell ON anonymous_goal_shares (user_age_group, user_income_range, user_location_region)
        WHERE is_public;

-- Who does not see whose shares, in either direction of a block, as owners' tags. by_owner: the owner set it.
CREATE TABLE blocked_owners (
        viewer_tag bytea NOT NULL,
        owner_tag  bytea NOT NULL,
        by_viewer  boolean NOT NULL DEFAULT false,
        by_owner   boolean NOT NULL DEFAULT false,
        PRIMARY KEY (viewer_tag, owner_tag)
);
