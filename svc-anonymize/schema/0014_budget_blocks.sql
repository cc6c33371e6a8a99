-- Who is in which cell of a month, many people a row: a month of a million people is some ten thousand rows, not a million.

-- People whose tags begin with the same byte and who were enrolled together: 20 bytes each, a tag of 16 bytes and the number of a
-- cell in 4, big-endian, in the order of the tags. What was said first of a person and month counts, which is the lowest place. The
-- same said again has the same digest, and is there already. An erasure cuts the person out of the row.
CREATE TABLE budget_blocks (
        bucket smallint NOT NULL, -- the first byte of all tags in it
        period text NOT NULL,
        digest bytea NOT NULL,    -- of the people as they were enrolled
        place  bigint GENERATED ALWAYS AS IDENTITY,
        people bytea NOT NULL,
        PRIMARY KEY (bucket, period, digest)
);
CREATE INDEX budget_blocks_period ON budget_blocks (period);
-- Tags and digests are random: there is nothing to compress.
ALTER TABLE budget_blocks ALTER COLUMN people SET STORAGE EXTERNAL;

-- What was enrolled before stays where it is, is read and erased there, and goes when its time is over.
ALTER TABLE budget_people RENAME TO budget_people_before;

-- The cell of the person whose tag begins at `place`, from 1, of a block's people.
CREATE FUNCTION budget_cell_at(people bytea, place integer) RETURNS integer LANGUAGE sql IMMUTABLE AS
$$ SELECT get_byte(people, place + 15) << 24 | get_byte(people, place + 16) << 16 | get_byte(people, place + 17) << 8
        | get_byte(people, place + 18) $$;

-- Somebody's cells, one a month that was released.
CREATE FUNCTION budget_cells_of(tag bytea) RETURNS TABLE (period text, cell_id integer) LANGUAGE sql STABLE AS $$
        SELECT p.period, p.cell_id FROM release_months m JOIN budget_people_before p ON p.period = m.period AND p.owner_tag = tag
        UNION
        (SELECT DISTINCT ON (b.period) b.period, budget_cell_at(b.people, position(tag IN b.people)) FROM budget_blocks b
         WHERE b.bucket = get_byte(tag, 0) AND position(tag IN b.people) > 0 ORDER BY b.period, b.place)
$$;

-- For the version before this one, which may run beside it for a while: what it reads, enrols and erases under the name that it
-- knows is what this version reads, enrols and erases. It enrols in the rows of before, of which nobody needs to know; an erasure
-- that it serves takes people out of both. Its reads of months that this version enrols take longer, since they open all of it.
CREATE VIEW budget_people AS
        SELECT owner_tag, period, cell_id FROM budget_people_before
        UNION ALL
        (SELECT DISTINCT ON (period, owner_tag) owner_tag, period, cell_id FROM (
                SELECT substring(b.people FROM n + 1 FOR 16) AS owner_tag, b.period, budget_cell_at(b.people, n + 1) AS cell_id, b.place
                FROM budget_blocks b CROSS JOIN generate_series(0, length(b.people) - 20, 20) n) p
         ORDER BY period, owner_tag, place);

CREATE FUNCTION budget_people_enrol() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
        INSERT INTO budget_people_before (owner_tag, period, cell_id) VALUES (NEW.owner_tag, NEW.period, NEW.cell_id)
        ON CONFLICT DO NOTHING;
        RETURN CASE WHEN FOUND THEN NEW END;
END $$;
CREATE TRIGGER budget_people_enrol INSTEAD OF INSERT ON budget_people FOR EACH ROW EXECUTE FUNCTION budget_people_enrol();

CREATE FUNCTION budget_people_erase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
        DELETE FROM budget_people_before p WHERE p.period = OLD.period AND p.owner_tag = OLD.owner_tag;
        UPDATE budget_blocks b SET people = overlay(b.people PLACING ''::bytea FROM position(OLD.owner_tag IN b.people) FOR 20)
        WHERE b.bucket = get_byte(OLD.owner_tag, 0) AND b.period = OLD.period AND position(OLD.owner_tag IN b.people) > 0;
        RETURN OLD;
END $$;
CREATE TRIGGER budget_people_erase INSTEAD OF DELETE ON budget_people FOR EACH ROW EXECUTE FUNCTION budget_people_erase();
