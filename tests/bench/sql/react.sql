-- The transaction of SetReaction (svc-goals/reactions.c).
\set n random(1, 100000)
BEGIN;
SELECT coalesce(o.is_owner, false) AS is_owner FROM anonymous_goal_shares s LEFT JOIN LATERAL (SELECT true AS is_owner FROM share_owners WHERE share_id = s.id AND owner_tag = decode(:tag, 'hex') LIMIT 1) o ON true WHERE s.id = md5(:n::text)::uuid AND (s.is_public OR o.is_owner);
WITH changed AS (INSERT INTO share_reactions (share_id, kind, actor_tag) SELECT s.id, 'inspiration', decode(:tag, 'hex') FROM anonymous_goal_shares s WHERE s.id = md5(:n::text)::uuid AND s.is_public ON CONFLICT DO NOTHING RETURNING kind) UPDATE anonymous_goal_shares s SET likes_count = s.likes_count + c.likes, inspiration_votes = s.inspiration_votes + c.inspirations, hot_key = hot_key(s.likes_count + c.likes, s.inspiration_votes + c.inspirations, s.published_at) FROM (SELECT count(*) FILTER (WHERE kind = 'like')::integer AS likes, count(*) FILTER (WHERE kind = 'inspiration')::integer AS inspirations FROM changed) c WHERE s.id = md5(:n::text)::uuid AND s.is_public RETURNING likes_count, inspiration_votes;
COMMIT;
