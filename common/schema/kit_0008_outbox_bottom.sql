-- Where an event can wait for its number, so that it is looked for only there. The entry of a row in outbox_unnumbered
-- stays until the next vacuum though the row has its number: from the left end each turn would walk over all of these.
ALTER TABLE outbox_head
        ADD bottom   bigint NOT NULL DEFAULT 0,         -- none of an ordinal up to this waits
        ADD since    date NOT NULL DEFAULT '-infinity', -- and none of an earlier day
        ADD drawn    bigint NOT NULL DEFAULT 0,         -- the last ordinal that was drawn
        ADD drawn_at timestamptz NOT NULL DEFAULT now(); -- by then

-- As before (kit_0002_outbox.sql), between these. All of it in plans that are made once: the days in question are found
-- when a plan begins.
CREATE OR REPLACE FUNCTION outbox_number(most integer, OUT last bigint, OUT numbered bigint) LANGUAGE plpgsql
        SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET enable_hashjoin = off
        SET enable_mergejoin = off SET jit = off AS $$
DECLARE
        today date := (now() AT TIME ZONE 'UTC')::date;
        lowest bigint;
        earliest date;
        waiting bigint;
BEGIN
        numbered := 0;
        SELECT head, bottom, since INTO last, lowest, earliest FROM outbox_head;
        IF NOT EXISTS (SELECT FROM outbox WHERE day BETWEEN earliest AND today AND ordinal > lowest AND sequence IS NULL) THEN
                RETURN;
        END IF;
        SELECT head, bottom, since INTO last, lowest, earliest FROM outbox_head FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
                SELECT head INTO last FROM outbox_head;
                RETURN;
        END IF;
        WITH fresh AS MATERIALIZED (
                SELECT tableoid AS part, ctid AS place, type, last + row_number() OVER (ORDER BY ordinal) AS number
                FROM outbox WHERE day BETWEEN earliest AND today AND ordinal > lowest AND sequence IS NULL
                ORDER BY ordinal LIMIT most),
        linked AS MATERIALIZED (
                SELECT part, place, number, coalesce(lag(number) OVER (PARTITION BY type ORDER BY number),
                        (SELECT t.sequence FROM outbox_topics t WHERE t.type = f.type), 0) AS previous FROM fresh f),
        topics AS (
                INSERT INTO outbox_topics SELECT type, max(number) FROM fresh GROUP BY type
                ON CONFLICT (type) DO UPDATE SET sequence = excluded.sequence),
        changed AS (
                UPDATE outbox o SET sequence = l.number, previous = l.previous FROM linked l
                WHERE o.day BETWEEN earliest AND today AND o.tableoid = l.part AND o.ctid = l.place RETURNING 1)
        SELECT (SELECT count(*) FROM fresh), (SELECT count(*) FROM changed) INTO waiting, numbered;
        IF numbered <> waiting THEN
                RAISE 'rows of the outbox have moved'; -- rather late than with a gap
        END IF;
        last := last + numbered;
        UPDATE outbox_head SET head = last;
END $$;

-- Raises `bottom` to what had been drawn `patience` seconds ago and is numbered. A transaction that draws an ordinal and
-- commits later than that is looked for everywhere, here, and numbered from then on. Who finds the lock held comes again.
CREATE FUNCTION outbox_settle(patience integer) RETURNS void LANGUAGE plpgsql
        SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off AS $$
DECLARE
        today date := (now() AT TIME ZONE 'UTC')::date;
        waiting record;
        latest bigint;
BEGIN
        PERFORM FROM outbox_head FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
                RETURN;
        END IF;
        SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO latest FROM outbox_ordinal;
        SELECT ordinal, day INTO waiting FROM outbox WHERE sequence IS NULL ORDER BY ordinal LIMIT 1;
        UPDATE outbox_head SET bottom = least(bottom, waiting.ordinal - 1),
                since = least(waiting.day, today) - 1; -- a day begins within transactions
        UPDATE outbox_head SET bottom = greatest(bottom, least(drawn, waiting.ordinal - 1)), drawn = latest,
                drawn_at = clock_timestamp()
                WHERE drawn_at <= clock_timestamp() - make_interval(secs => patience);
END $$;
