-- As before (kit_0002_outbox.sql), but the name of a relation is read as a day only when it is known to be one: a planner
-- that joined in the other order read all names there are, failed, and no day was dropped any more.
CREATE OR REPLACE FUNCTION outbox_drop_days(keep integer, patience integer, OUT days bigint, OUT abandoned bigint) LANGUAGE plpgsql AS $$
DECLARE
        slowest bigint;
        latest bigint;
        is_numbered boolean;
        place text;
BEGIN
        days := 0;
        SET LOCAL lock_timeout = '200ms';
        PERFORM pg_advisory_xact_lock(hashtext('sfp outbox days ' || current_schema()));
        SELECT min(sequence) INTO slowest FROM outbox_readers WHERE moved_at > now() - make_interval(hours => patience)
                OR sequence >= (SELECT head FROM outbox_head);
        SELECT count(*) INTO abandoned FROM outbox_readers WHERE moved_at <= now() - make_interval(hours => patience)
                AND sequence < (SELECT head FROM outbox_head);
        FOR place IN WITH places AS MATERIALIZED (SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                        WHERE i.inhparent = 'outbox'::regclass)
                SELECT relname FROM places WHERE to_date(right(relname, 8), 'YYYYMMDD') + 1
                        <= (now() AT TIME ZONE 'UTC') - make_interval(hours => keep) ORDER BY relname
        LOOP
                EXECUTE format('SELECT coalesce(max(sequence), 0), count(*) = count(sequence) FROM %I', place)
                        INTO latest, is_numbered;
                EXIT WHEN NOT is_numbered OR latest > slowest;
                EXECUTE format('DROP TABLE %I', place);
                UPDATE outbox_head SET floor = greatest(floor, latest);
                days := days + 1;
        END LOOP;
END $$;
