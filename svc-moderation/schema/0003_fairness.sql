-- An appeal is decided by somebody else than took the action or is concerned by it, whoever writes the row and whatever
-- its other columns say; and nobody's name is put in the place of whoever took it.
CREATE FUNCTION appeal_reviewer() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
        decided CONSTANT text[] := ARRAY['granted', 'partially_granted', 'denied'];
BEGIN
        IF NEW.reviewer_user_id IN (NEW.original_user_id, NEW.appellant_user_id)
                OR NEW.reviewer_user_id = (SELECT moderator_user_id FROM actions WHERE id = NEW.action_id) THEN
                RAISE EXCEPTION 'somebody else decides' USING ERRCODE = 'check_violation', CONSTRAINT = 'somebody_else_decides';
        END IF;
        IF NEW.state = ANY (decided) AND NEW.reviewer_user_id IS NULL
                AND (TG_OP = 'INSERT' OR OLD.state IS DISTINCT FROM NEW.state) THEN
                RAISE EXCEPTION 'somebody decides' USING ERRCODE = 'check_violation', CONSTRAINT = 'somebody_decides';
        END IF;
        RETURN NEW;
END $$;
CREATE TRIGGER appeal_reviewer BEFORE INSERT OR UPDATE ON appeals FOR EACH ROW EXECUTE FUNCTION appeal_reviewer();

CREATE FUNCTION keep_moderator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
        RAISE EXCEPTION 'who took an action stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'who_took_it_stays';
END $$;
CREATE TRIGGER keep_moderator BEFORE UPDATE OF moderator_user_id ON actions FOR EACH ROW
        WHEN (NEW.moderator_user_id IS DISTINCT FROM OLD.moderator_user_id AND NEW.moderator_user_id IS NOT NULL)
        EXECUTE FUNCTION keep_moderator();

-- Which action answered a report, so that its reversal takes back what the report had earned.
ALTER TABLE reports ADD COLUMN answered_by uuid REFERENCES actions,
        ADD COLUMN overturned_at timestamptz;
CREATE INDEX reports_answered ON reports (answered_by);
