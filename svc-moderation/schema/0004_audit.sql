-- What the desk has done, record by record. Each holds a hash over what it says and the hash of the one before it:
-- SHA-256 over the previous hash (32 zero bytes for the first) and then, for each field in its order, its length as a
-- big-endian u32 and its bytes; an absent field is as the empty one.
CREATE TABLE audit_entries (
        id            uuid PRIMARY KEY,
        position      bigint UNIQUE, -- from 1 without a gap; given with the hash
        at_us         bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
        actor_role    text NOT NULL,
        actor_tag     text, -- of a moderator, keyed: the same for one person, and nobody without the key; NULL: of others
        kind          text NOT NULL,
        resource_id   text NOT NULL,
        what          text NOT NULL,
        from_state    text,
        to_state      text,
        policy        text, -- the rule of the guidelines
        rule_version  text, -- of the machine
        score         text,
        previous_hash bytea,
        hash          bytea
);
CREATE INDEX audit_entries_resource ON audit_entries (resource_id);

CREATE FUNCTION audit_field(value text) RETURNS bytea
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN int4send(octet_length(coalesce(value, ''))) || convert_to(coalesce(value, ''), 'UTF8');

-- In the order that docs/moderation.md gives.
CREATE FUNCTION audit_hash(previous bytea, e audit_entries) RETURNS bytea
        LANGUAGE sql STABLE PARALLEL SAFE
        RETURN sha256(previous || audit_field(e.id::text) || audit_field(e.position::text) || audit_field(e.at_us::text)
                || audit_field(e.actor_role) || audit_field(e.actor_tag) || audit_field(e.kind)
                || audit_field(e.resource_id) || audit_field(e.what) || audit_field(e.from_state)
                || audit_field(e.to_state) || audit_field(e.policy) || audit_field(e.rule_version) || audit_field(e.score));

-- At the end of the transaction, when it waits for nothing else: so two of them never wait for each other.
CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
        last audit_entries;
        mine audit_entries;
BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended('moderation audit', 0));
        SELECT * INTO last FROM audit_entries WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1;
        SELECT * INTO mine FROM audit_entries WHERE id = NEW.id;
        mine.position := coalesce(last.position, 0) + 1;
        mine.previous_hash := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
        UPDATE audit_entries SET position = mine.position, previous_hash = mine.previous_hash,
                hash = audit_hash(mine.previous_hash, mine) WHERE id = mine.id;
        RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER audit_chain AFTER INSERT ON audit_entries
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_chain();

CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
        IF TG_OP = 'UPDATE' THEN
                IF OLD.hash IS NULL THEN
                        RETURN NEW;
                END IF;
        END IF;
        RAISE EXCEPTION 'what the desk has done is not rewritten' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_keep();
CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION audit_keep();
