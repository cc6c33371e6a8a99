-- 100,000 public shares with ids that can be computed from a number, so that pgbench can pick one at random.
SET search_path = goals;
INSERT INTO anonymous_goal_shares (id, goal_category, goal_title, goal_description, target_amount_range,
        current_progress_percentage, user_age_group, user_income_range, user_location_region, strategy_description,
        tips_and_lessons, tags, status, is_public, published_at, hot_key, new_key)
SELECT md5(n::text)::uuid, (ARRAY['home', 'travel', 'education', 'debt_payoff', 'retirement'])[n % 5 + 1],
        'Goal number ' || n, 'A believable description of some length, so that a row is as wide as rows are: ' || md5(n::text),
        'USD 2,000-5,000', n % 101, '25-29', '50k-75k', 'Pacific', 'Move a fixed amount on payday, before anything else.',
        'Start small and never skip a month.', ARRAY['tag' || n % 50], 'published', true,
        now() - n * interval '1 second', hot_key(0, 0, now() - n * interval '1 second'),
        (extract(epoch FROM now() - n * interval '1 second') * 1000000)::bigint
FROM generate_series(1, :rows) n ON CONFLICT DO NOTHING;
ANALYZE anonymous_goal_shares, share_reactions, share_owners;
