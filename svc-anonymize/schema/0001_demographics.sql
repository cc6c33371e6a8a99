-- What bands are made of, one row a person, sealed; found by a keyed tag, never by the person's id.
CREATE TABLE demographics (
        owner_tag  bytea PRIMARY KEY,
        sealed     bytea NOT NULL,
        updated_on date NOT NULL DEFAULT current_date
);
