-- Who has looked at what is somebody's. Whose it is is a keyed tag; who looked is a role. Rows are added and never changed:
-- they go with their owner, or when their time is over.
CREATE TABLE personal_accesses (
        id         uuid PRIMARY KEY,
        owner_tag  bytea NOT NULL,
        purpose    text NOT NULL,
        actor_role text NOT NULL,
        source_key text NOT NULL UNIQUE, -- the look: recorded once, however often it is said
        at         timestamptz NOT NULL DEFAULT now(),
        new_key    bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
);
CREATE INDEX personal_accesses_owner ON personal_accesses (owner_tag, new_key DESC, id DESC);
CREATE INDEX personal_accesses_at ON personal_accesses (at);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
        RAISE 'rows of % are never changed', TG_TABLE_NAME;
END $$;
CREATE TRIGGER personal_accesses_stay BEFORE UPDATE ON personal_accesses FOR EACH ROW EXECUTE FUNCTION refuse_change();
