-- Whose erasure a restored backup has undone, by the keyed tag of privacy_jobs. Written by whoever restores.
CREATE TABLE erasures_again (
        owner_tag bytea PRIMARY KEY,
        mode      text NOT NULL CHECK (mode IN ('delete', 'anonymize')),
        walk      uuid -- among the people, which looks for them; NULL: none has begun
);
CREATE INDEX erasures_again_new ON erasures_again (owner_tag) WHERE walk IS NULL;
