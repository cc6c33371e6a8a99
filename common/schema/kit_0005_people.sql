-- What a service knows of people from the events of svc-anonymize and svc-moderation, so that a list needs nobody else.
-- Filled where service_definition.knows_people is set.

-- Those with a profile, as others see them.
CREATE TABLE people (
        user_id          uuid PRIMARY KEY,
        profile_id       uuid NOT NULL UNIQUE,
        display_name     text,
        avatar_url       text,
        experience_level text NOT NULL DEFAULT 'newcomer'
);

-- Who is invisible to whom. A block makes a row in each direction: by_user says that user_id set it, by_other that
-- other_id did.
CREATE TABLE blocks (
        user_id  uuid NOT NULL,
        other_id uuid NOT NULL,
        by_user  boolean NOT NULL DEFAULT false,
        by_other boolean NOT NULL DEFAULT false,
        PRIMARY KEY (user_id, other_id)
);

-- Whose writes are refused until when.
CREATE TABLE sanctions (
        user_id     uuid NOT NULL,
        sanction_id uuid NOT NULL,
        kind        text NOT NULL,
        until_at    timestamptz, -- NULL: until it is lifted
        PRIMARY KEY (user_id, sanction_id)
);

ALTER TABLE idempotency_keys ADD success integer;
