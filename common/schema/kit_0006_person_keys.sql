-- A key for each person who has something sealed here, itself sealed by one of the service's keys. Without its row nothing that was
-- sealed under it opens any more, whoever has the service's keys. Whose it is is a keyed tag.
CREATE TABLE person_keys (
        id        uuid PRIMARY KEY, -- stands in what it has sealed
        owner_tag bytea NOT NULL UNIQUE,
        sealed    bytea NOT NULL,
        sealed_by bigint NOT NULL, -- the number of the service's key
        made_on   date NOT NULL DEFAULT current_date
);
CREATE INDEX person_keys_sealed_by ON person_keys (sealed_by);
