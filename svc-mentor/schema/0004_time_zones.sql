-- Names of time zones as they were when this was made. pg_timezone_names reads a file for each of its rows: it is asked only
-- for a name that is not here.
CREATE TABLE time_zones (name text PRIMARY KEY);
INSERT INTO time_zones SELECT name FROM pg_timezone_names;
