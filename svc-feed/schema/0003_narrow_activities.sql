-- What somebody tells their connections is found by who told it.
CREATE INDEX activities_connections ON activities (actor_user_id, hot_key DESC) WHERE visibility = 'connections';
-- What is for some alone, by who told it: the rest of what somebody told may be any number.
CREATE INDEX activities_narrow ON activities (actor_user_id, hot_key DESC)
        WHERE status = 'published' AND NOT is_retracted AND NOT is_open;
