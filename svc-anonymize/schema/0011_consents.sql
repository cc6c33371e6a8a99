-- What people have agreed to, and taken back: rows are added and never changed. Whose they are is a keyed tag. Each row is sealed
-- to the one before it of the same person by its hash (svc-anonymize/chain.h).
CREATE TABLE consents (
        id            uuid PRIMARY KEY,
        owner_tag     bytea NOT NULL,
        position      bigint NOT NULL, -- 1, 2, 3 ... of this person
        purpose       text NOT NULL,
        text_version  text NOT NULL,
        locale        text NOT NULL,
        channel       text NOT NULL,
        is_given      boolean NOT NULL,
        at_us         bigint NOT NULL, -- since 1970
        previous_hash bytea NOT NULL,
        hash          bytea NOT NULL,
        UNIQUE (owner_tag, position)
);
CREATE INDEX consents_latest ON consents (owner_tag, purpose, position DESC);
CREATE TRIGGER consents_stay BEFORE UPDATE ON consents FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The record of settings, too. Rows of before have no hash: the chain begins behind them.
ALTER TABLE privacy_changes ADD previous_hash bytea;
ALTER TABLE privacy_changes ADD hash bytea;
ALTER TABLE privacy_changes ADD position bigint NOT NULL DEFAULT 0;
CREATE INDEX privacy_changes_position ON privacy_changes (user_id, position DESC, id DESC);
CREATE TRIGGER privacy_changes_stay BEFORE UPDATE ON privacy_changes FOR EACH ROW EXECUTE FUNCTION refuse_change();
