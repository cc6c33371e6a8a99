-- The accepted post of a topic that a moderator has taken away: when that is taken back it is accepted again.
ALTER TABLE forum_posts ADD COLUMN was_best_answer boolean NOT NULL DEFAULT false;
