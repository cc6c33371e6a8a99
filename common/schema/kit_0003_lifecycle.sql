-- How resources came to the state they are in, written in the transaction of each step. Nobody is named: an actor is a
-- role, and a reason, which is free text, is sealed.
CREATE TABLE lifecycle_history (
        kind        text NOT NULL,
        resource_id uuid NOT NULL,
        version     bigint NOT NULL,  -- of the resource, once the step is done
        step        integer NOT NULL, -- from 0: one change may take several
        from_state  text NOT NULL,
        to_state    text NOT NULL,
        action      text NOT NULL,
        actor_role  text NOT NULL,
        reason      bytea,
        at          timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (resource_id, kind, version, step)
);
