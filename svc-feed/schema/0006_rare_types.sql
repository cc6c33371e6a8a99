-- Who asks for a type that is rare finds it without looking through all the others. What is_open is made of: for a query
-- that says it so this index alone is in the right order, and the planner cannot take a rare type for a usual one.
CREATE INDEX activities_type ON activities (type, hot_key DESC, id DESC)
        WHERE status = 'published' AND NOT is_retracted AND visibility IN ('community', 'anonymous');
