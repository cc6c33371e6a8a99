-- What services have confirmed of each export and erasure that is done, in one chain of hashes (svc-anonymize/chain.h). No row says
-- whose it was.
CREATE TABLE receipts (
        position bigint PRIMARY KEY,
        job_id   uuid NOT NULL UNIQUE,
        root     bytea NOT NULL,
        at       timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER receipts_stay BEFORE UPDATE ON receipts FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Who is found by name: those who want to be.
CREATE INDEX user_social_profiles_name ON user_social_profiles (lower(display_name) text_pattern_ops);
