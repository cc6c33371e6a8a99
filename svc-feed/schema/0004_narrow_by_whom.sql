-- What is for some alone is found by who told it, not among everybody's: the rest of what somebody told may be any number.
DROP INDEX activities_narrow;
CREATE INDEX activities_narrow ON activities (actor_user_id, hot_key DESC)
        WHERE status = 'published' AND NOT is_retracted AND NOT is_open;
CREATE INDEX activities_connections ON activities (actor_user_id, hot_key DESC) WHERE visibility = 'connections';
