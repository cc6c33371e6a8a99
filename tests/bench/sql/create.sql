-- The transaction of CreateShare (svc-goals/shares.c).
BEGIN;
SELECT gen_random_uuid() AS id \gset
INSERT INTO anonymous_goal_shares (id, goal_category, goal_title, goal_description, strategy_description, tips_and_lessons, tags, target_amount_range, current_progress_percentage, user_age_group, user_income_range, user_location_region, template_id, status, is_public, published_at, hot_key, new_key) SELECT :id, 'home', 'A flat in five years', 'Saving for a down payment with a friend, a bit every month.', 'Move a fixed amount on payday.', NULL, ARRAY['family'], 'USD 20,000-50,000', 10, NULL, NULL, NULL, NULL, 'published', p.is_public, CASE WHEN p.is_public THEN now() END, hot_key(0, 0, now()), (extract(epoch FROM clock_timestamp()) * 1000000)::bigint FROM (SELECT true AS is_public) p RETURNING id, goal_category, target_amount_range, current_progress_percentage, user_age_group, user_income_range, user_location_region, likes_count, inspiration_votes, is_verified_completion, template_id, status, version, published_at::date AS published_on;
INSERT INTO share_owners (share_id, owner_tag, owner_sealed) VALUES (:id, decode(:tag, 'hex'), decode(:tag, 'hex'));
COMMIT;
