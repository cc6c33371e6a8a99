-- A version to come, as this one sees it: a table more, and a column more in what is used most.
CREATE TABLE of_next (id bigint PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT now());
DO $$
BEGIN
        EXECUTE format('ALTER TABLE %I ADD COLUMN of_next text NOT NULL DEFAULT ''next''', (ARRAY[
                'anonymous_goal_shares', 'user_social_profiles', 'cases', 'forum_topics', 'notifications', 'group_savings_goals',
                'mentor_profiles', 'peer_comparisons'])[array_position(ARRAY[
                'goals', 'anonymize', 'moderation', 'forum', 'feed', 'groups', 'mentor', 'peers'], current_schema()::text)]);
END $$;
