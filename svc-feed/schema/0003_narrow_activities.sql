-- What is for some alone is ranked apart from what is open to all, and is read without it.
CREATE INDEX activities_narrow ON activities (hot_key DESC) WHERE NOT is_open AND status = 'published' AND NOT is_retracted;
