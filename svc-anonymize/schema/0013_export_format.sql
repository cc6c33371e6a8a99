-- What the link of an export gives; NULL of an erasure, and of an export of the version before this one, which is json.
ALTER TABLE privacy_jobs ADD COLUMN format text CHECK (format IN ('json', 'zip'));
