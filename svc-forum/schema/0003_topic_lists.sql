-- An index for each order of a category, and for what is rare or far from the beginning of every list. Posting in an open
-- topic does not touch those of the states.
CREATE INDEX forum_topics_category_top ON forum_topics (category_id, top_key DESC, id DESC) WHERE is_listed;
CREATE INDEX forum_topics_category_controversial ON forum_topics (category_id, controversial_key DESC, id DESC) WHERE is_listed;
CREATE INDEX forum_topics_type_hot ON forum_topics (post_type, hot_key DESC, id DESC) WHERE is_listed;
CREATE INDEX forum_topics_solved_hot ON forum_topics (hot_key DESC, id DESC) WHERE is_listed AND is_solved;
CREATE INDEX forum_topics_status_hot ON forum_topics (status, hot_key DESC, id DESC) WHERE status IN ('closed', 'locked', 'archived');
CREATE INDEX forum_topics_status_new ON forum_topics (status, new_key DESC, id DESC) WHERE status IN ('closed', 'locked', 'archived');
CREATE INDEX forum_topics_status_active ON forum_topics (status, active_key DESC, id DESC) WHERE status IN ('closed', 'locked', 'archived');
CREATE INDEX forum_topics_unanswered_hot ON forum_topics (hot_key DESC, id DESC)
        WHERE is_listed AND post_type = 'question' AND NOT is_solved AND posts_count = 0;
CREATE INDEX forum_topics_unanswered_new ON forum_topics (new_key DESC, id DESC)
        WHERE is_listed AND post_type = 'question' AND NOT is_solved AND posts_count = 0;
CREATE INDEX forum_topics_unanswered_top ON forum_topics (top_key DESC, id DESC)
        WHERE is_listed AND post_type = 'question' AND NOT is_solved AND posts_count = 0;
