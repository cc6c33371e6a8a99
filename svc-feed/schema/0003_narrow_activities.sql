-- What somebody tells their connections is found by who told it.
CREATE INDEX activities_connections ON activities (actor_user_id, hot_key DESC) WHERE visibility = 'connections';
