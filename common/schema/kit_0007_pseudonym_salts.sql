-- What a person's pseudonyms are made with beside the service's key. Without its row nobody can say any more which of them were
-- theirs, whoever has the keys. Whose it is is a keyed tag.
CREATE TABLE pseudonym_salts (
        owner_tag bytea PRIMARY KEY,
        salt      bytea NOT NULL CHECK (length(salt) = 32)
);
