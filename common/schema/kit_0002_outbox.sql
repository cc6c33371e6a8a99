-- The domain events this service has published, and those of others it has taken.

-- A row is inserted in the transaction of the change it speaks of; outbox_number() gives it its sequence afterwards,
-- dense and in the order of commits. Nothing may read by `ordinal`: ordinals are drawn before the commit.
CREATE SEQUENCE outbox_ordinal;
CREATE TABLE outbox (
        day          date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date,
        ordinal      bigint NOT NULL DEFAULT nextval('outbox_ordinal'),
        sequence     bigint, -- NULL: not numbered yet
        previous     bigint,
        id           uuid NOT NULL,
        type         text NOT NULL,
        subject      text,
        time         timestamptz NOT NULL DEFAULT clock_timestamp(),
        dataschema   text NOT NULL,
        partitionkey text NOT NULL,
        hash         integer NOT NULL, -- of the partition key; never negative
        traceparent  text NOT NULL,
        actorclass   text NOT NULL,
        privacyclass text NOT NULL,
        causationid  text,
        data         bytea NOT NULL
) PARTITION BY RANGE (day);
CREATE INDEX outbox_sequence ON outbox (sequence) WHERE sequence IS NOT NULL;
CREATE INDEX outbox_unnumbered ON outbox (ordinal) WHERE sequence IS NULL;

-- The one row whose lock is the right to number: `head` is the last sequence given, events up to `floor` are dropped.
CREATE TABLE outbox_head (
        is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
        head    bigint NOT NULL DEFAULT 0,
        floor   bigint NOT NULL DEFAULT 0
);
INSERT INTO outbox_head DEFAULT VALUES;

-- The last sequence of each topic.
CREATE TABLE outbox_topics (
        type     text PRIMARY KEY,
        sequence bigint NOT NULL
);

-- How far the groups of other services, and the bridge to a broker, have come; for the retention.
CREATE TABLE outbox_readers (
        reader   text NOT NULL,
        shard    integer NOT NULL,
        sequence bigint NOT NULL,
        moved_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (reader, shard)
);

-- Numbers committed rows, at most `most`. The lock is taken in one statement and the numbering done in later ones: only
-- a statement that begins under the lock sees all that the last holder has numbered. Who finds the lock held has nothing
-- to do. Nobody else changes an unnumbered row, so it is found again by its place (ctid). The planner's idea of a table
-- that changes this fast is wrong: it is told to use index and place, and not to compile what looks dear only because of
-- that.
CREATE FUNCTION outbox_number(most integer, OUT last bigint, OUT numbered bigint) LANGUAGE plpgsql
        SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET enable_hashjoin = off
        SET enable_mergejoin = off SET jit = off AS $$
DECLARE
        fresh record;
        changed bigint;
BEGIN
        numbered := 0;
        SELECT head INTO last FROM outbox_head;
        IF NOT EXISTS (SELECT FROM outbox WHERE sequence IS NULL) THEN
                RETURN;
        END IF;
        PERFORM FROM outbox_head FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
                RETURN;
        END IF;
        SELECT head INTO last FROM outbox_head;
        FOR fresh IN
                SELECT c.part, array_agg(c.place) AS places, array_agg(c.number) AS numbers, array_agg(c.previous) AS previous
                FROM (SELECT o.part, o.place, o.number, coalesce(lag(o.number) OVER (PARTITION BY o.type ORDER BY o.number),
                                (SELECT t.sequence FROM outbox_topics t WHERE t.type = o.type), 0) AS previous
                        FROM (SELECT tableoid::regclass AS part, ctid AS place, type,
                                        last + row_number() OVER (ORDER BY ordinal) AS number
                                FROM outbox WHERE sequence IS NULL ORDER BY ordinal LIMIT most) o) c
                GROUP BY c.part
        LOOP
                EXECUTE format('UPDATE %s o SET sequence = f.number, previous = f.previous'
                        ' FROM unnest($1, $2, $3) f (place, number, previous) WHERE o.ctid = f.place', fresh.part)
                        USING fresh.places, fresh.numbers, fresh.previous;
                GET DIAGNOSTICS changed = ROW_COUNT;
                IF changed <> cardinality(fresh.places) THEN
                        RAISE 'rows of % have moved', fresh.part; -- rather late than with a gap
                END IF;
                numbered := numbered + changed;
        END LOOP;
        last := last + numbered;
        INSERT INTO outbox_topics SELECT type, max(sequence) FROM outbox
                WHERE sequence > last - numbered AND sequence <= last GROUP BY type
                ON CONFLICT (type) DO UPDATE SET sequence = excluded.sequence;
        UPDATE outbox_head SET head = last;
END $$;

-- Makes the partitions of today and the days ahead. ATTACH, unlike PARTITION OF, does not shut out who writes.
CREATE FUNCTION outbox_make_days(ahead integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
        today date := (now() AT TIME ZONE 'UTC')::date;
        place text;
BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('sfp outbox days ' || current_schema()));
        FOR i IN 0..ahead LOOP
                place := 'outbox_' || to_char(today + i, 'YYYYMMDD');
                CONTINUE WHEN to_regclass(place) IS NOT NULL;
                EXECUTE format('CREATE TABLE %I (LIKE outbox INCLUDING DEFAULTS)', place);
                EXECUTE format('ALTER TABLE outbox ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', place, today + i,
                        today + i + 1);
        END LOOP;
END $$;
SELECT outbox_make_days(7);

-- Drops days that ended more than `keep` hours ago and that every reader has behind it; a reader that has not moved for
-- `patience` hours is not waited for. Never waits long for a lock: it comes again.
CREATE FUNCTION outbox_drop_days(keep integer, patience integer, OUT days bigint, OUT abandoned bigint) LANGUAGE plpgsql AS $$
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
        FOR place IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'outbox'::regclass
                AND to_date(right(c.relname, 8), 'YYYYMMDD') + 1 <= (now() AT TIME ZONE 'UTC') - make_interval(hours => keep)
                ORDER BY c.relname
        LOOP
                EXECUTE format('SELECT coalesce(max(sequence), 0), count(*) = count(sequence) FROM %I', place)
                        INTO latest, is_numbered;
                EXIT WHEN NOT is_numbered OR latest > slowest;
                EXECUTE format('DROP TABLE %I', place);
                UPDATE outbox_head SET floor = greatest(floor, latest);
                days := days + 1;
        END LOOP;
END $$;

-- Where this service's consumer groups are in the outboxes of others. The row's lock is the right to apply; it is moved
-- in the transaction of the effects.
CREATE TABLE event_cursors (
        group_name text NOT NULL,
        source     text NOT NULL,
        shard      integer NOT NULL,
        shards     integer NOT NULL,
        sequence   bigint, -- NULL: from the oldest event there is
        tries      integer NOT NULL DEFAULT 0, -- failed attempts at the next event
        due_at     timestamptz NOT NULL DEFAULT now(),
        moved_at   timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (group_name, source, shard)
);

-- Events that a group has given up; written in the transaction that moves the cursor over them.
CREATE TABLE event_dead (
        group_name text NOT NULL,
        source     text NOT NULL,
        id         uuid NOT NULL,
        type       text NOT NULL,
        sequence   bigint NOT NULL,
        event      bytea NOT NULL, -- packed CloudEvent
        reason     text NOT NULL,
        tries      integer NOT NULL,
        died_at    timestamptz NOT NULL DEFAULT now(),
        is_due     boolean NOT NULL DEFAULT false, -- somebody has asked for another attempt
        PRIMARY KEY (group_name, source, id)
);
