-- Answers to requests that carried an Idempotency-Key, written in the transaction of their effect. Nobody is named: the
-- principal is a keyed tag, and the answer is sealed.
CREATE TABLE idempotency_keys (
        principal    bytea NOT NULL,
        method       text NOT NULL,
        key          text NOT NULL,
        request_hash bytea NOT NULL,
        reply        bytea, -- NULL only while its transaction runs
        created_at   timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (principal, method, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
