/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/session_states.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/rpc.h"
#include "common/transitions.h"
#include "svc-mentor/announce.h"
#include "svc-mentor/locks.h"
#include "svc-mentor/policy.h"

#include <string.h>

#define SESSION_STATE_RPCS(RPC)                                                                                        \
        RPC(GetSessionTransitions, get_session_transitions, Mentor__GetSessionRequest, Sfp__Transitions)               \
        RPC(PostSessionTransition, post_session_transition, Mentor__SessionTransitionRequest, Sfp__TransitionResult)
RPC_DECLARE(SESSION_STATE_RPCS)

#define SQL_ROW                                                                                                               \
        "SELECT s.id, s.match_id, m.mentor_user_id, m.mentee_user_id, s.status, s.version, s.proposed_by, s.planned_minutes," \
        " floor(extract(epoch FROM s.scheduled_start_time - now()))::bigint AS seconds_ahead, s.scheduled_start_time,"        \
        " s.session_number, m.is_anonymous, m.status AS match_status, t.buffer_minutes,"                                      \
        " s.status = 'completed' AND s.ended_at > now() - interval '" REVIEW_LIFE "' AS is_feedback_open,"                    \
        " CASE $2::text WHEN m.mentor_user_id::text THEN 'mentor' WHEN m.mentee_user_id::text THEN 'mentee'"                  \
        " WHEN 'sys' THEN 'sys' END AS side FROM mentorship_sessions s JOIN mentorship_matches m ON m.id = s.match_id"        \
        " JOIN mentor_profiles t ON t.id = m.mentor_profile_id WHERE s.id = $1"
static const char SQL_LOAD[] = SQL_ROW " AND $2::text IN (m.mentor_user_id::text, m.mentee_user_id::text)";
static const char SQL_LOAD_OWN[] = SQL_ROW;
static const char SQL_LOCK_PEOPLE[] =
        "SELECT pg_advisory_xact_lock(h.h) FROM (SELECT hashtextextended(u, 1) AS h FROM unnest(ARRAY[$1::text, $2::text]) u"
        " WHERE u IS NOT NULL ORDER BY 1) h";
static const char SQL_LOCK[] = "SELECT FROM mentorship_sessions WHERE id = $1 FOR UPDATE";
/* Between a mentor's sessions is the pause they ask for. */
static const char SQL_HOLD[] =
        "INSERT INTO session_holds (session_id, user_id, during) SELECT $1, p.user_id,"
        " tstzrange($4::timestamptz, $4::timestamptz + p.minutes * interval '1 minute')"
        " FROM (VALUES ($2::uuid, $5::integer + $6::integer), ($3::uuid, $5::integer)) AS p (user_id, minutes)"
        " WHERE p.user_id IS NOT NULL";
static const char SQL_RELEASE[] = "DELETE FROM session_holds WHERE session_id = $1";
/* A number once, in the order of scheduling, without a gap: the match is locked. */
static const char SQL_NUMBER[] =
        "WITH next AS (UPDATE mentorship_matches m SET last_session_number = last_session_number + 1 FROM mentorship_sessions s"
        "  WHERE s.id = $1 AND s.session_number IS NULL AND m.id = s.match_id RETURNING m.last_session_number)"
        " UPDATE mentorship_sessions s SET session_number = next.last_session_number FROM next WHERE s.id = $1";
static const char SQL_MOVE[] =
        "UPDATE mentorship_sessions SET status = $3, version = $2::bigint + 1,"
        " scheduled_start_time = coalesce($4::timestamptz, scheduled_start_time),"
        " proposed_by = CASE WHEN $4::timestamptz IS NULL THEN proposed_by ELSE coalesce($5, proposed_by) END,"
        " proposed_at = CASE WHEN $4::timestamptz IS NULL THEN proposed_at ELSE now() END, at_fault = coalesce($6, at_fault),"
        " started_at = CASE WHEN $3 = 'in_progress' THEN now() ELSE started_at END,"
        " ended_at = CASE WHEN $3 = 'completed' THEN now() ELSE ended_at END,"
        " actual_duration_minutes = CASE WHEN $3 = 'completed' THEN"
        "  round(extract(epoch FROM now() - started_at) / 60)::integer ELSE actual_duration_minutes END WHERE id = $1";
static const char SQL_COUNT[] =
        "UPDATE mentorship_matches SET sessions_completed = sessions_completed + 1 WHERE id = $1";
static const char SQL_OPEN_OF_MATCH[] =
        "SELECT id FROM mentorship_sessions WHERE match_id = $1 AND status IN ('proposed', 'scheduled', 'in_progress') ORDER BY id";
static const char SQL_DUE[] =
        "SELECT id FROM mentorship_sessions WHERE (status = 'proposed' AND least(proposed_at + interval '" PROPOSAL_LIFE
        "', scheduled_start_time) < now()) OR (status = 'scheduled' AND scheduled_start_time"
        " + planned_minutes * interval '1 minute' + interval '" EXPIRE_AFTER "' < now())"
        " OR (status = 'in_progress' AND scheduled_start_time + planned_minutes * interval '1 minute'"
        " + interval '" FINISH_AFTER "' < now()) ORDER BY match_id, id LIMIT 50";
static const char SQL_IS_START[] =
        "SELECT ($1::timestamptz > now() AND $1::timestamptz < now() + interval '1 year')::integer AS number";

/* Hours before the start, and the key of the reminder. */
static const struct {
        int hours;
        const char *key;
} reminders[] = {{24, "a"}, {1, "b"}};

enum { REMINDERS = sizeof reminders / sizeof *reminders };

static status load_own(struct call *call, const char *id, Mentor__SessionRow *out)
{
        mentor__session_row__init(out);
        return db_one(call, &out->base, SQL_LOAD_OWN, id, "sys");
}

static status lock_people(struct call *call, const char *mentor, const char *mentee, const char *match_id)
{
        TRY(db_later(call, NULL, SQL_LOCK_PEOPLE, mentor, mentee));
        return lock_match(call, match_id);
}

status session_lock_people(struct call *call, const Mentor__MatchRow *match)
{
        return lock_people(call, match->mentor_user_id, match->mentee_user_id, match->id);
}

/* Who is in it does not change; what else there is of it is read again behind the locks. */
status session_load(struct call *call, const char *id, bool is_locked, Mentor__SessionRow *out)
{
        TRY(db_one(call, &out->base, SQL_LOAD, id, call->caller->user_id));
        if (!is_locked)
                return STATUS_OK;
        TRY(lock_people(call, out->mentor_user_id, out->mentee_user_id, out->match_id));
        TRY(db_later(call, NULL, SQL_LOCK, id));
        mentor__session_row__init(out);
        return db_one(call, &out->base, SQL_LOAD, id, call->caller->user_id);
}

static status release(struct call *call, const Mentor__SessionRow *session)
{
        for (int i = 0; i < REMINDERS; i++)
                TRY(job_cancel(
                        call, REMIND_SESSION, arena_printf(call->arena, "%s %s", session->id, reminders[i].key)));
        return db_later(call, NULL, SQL_RELEASE, session->id);
}

status session_hold(struct call *call, const Mentor__SessionRow *session)
{
        status held = db_exec(call, SQL_HOLD, session->id, session->mentor_user_id, session->mentee_user_id,
                session->scheduled_start_time, session->planned_minutes, session->buffer_minutes);
        if (held == STATUS_FAILED_PRECONDITION)
                return call_problem(call, PROBLEM_SLOT_TAKEN, "one of you has something else at that time");
        return held;
}

static status schedule_reminders(struct call *call, const Mentor__SessionRow *session)
{
        int64_t start = clock_unix_us() + session->seconds_ahead * 1000000;
        for (int i = 0; i < REMINDERS; i++) {
                int64_t due = start - reminders[i].hours * INT64_C(3600000000);
                const char *key = arena_printf(call->arena, "%s %s", session->id, reminders[i].key);
                if (due > clock_unix_us())
                        TRY(job_schedule(call, REMIND_SESSION, key, due, (ProtobufCBinaryData){0, NULL}));
        }
        return STATUS_OK;
}

status session_scheduled(struct call *call, const Mentor__SessionRow *session)
{
        TRY(db_exec(call, SQL_NUMBER, session->id));
        TRY(schedule_reminders(call, session));
        return announce_scheduled(call, session);
}

status session_check_start(struct call *call, const char *field, const char *start)
{
        Mentor__Id is_start = MENTOR__ID__INIT;
        TRY(db_one(call, &is_start.base, SQL_IS_START, start));
        return is_start.number ? STATUS_OK
                               : call_invalid(call, field, "out_of_range", "must be in the future, within a year");
}

static struct lifecycle_subject subject_of(const Mentor__SessionRow *session)
{
        return (struct lifecycle_subject){session->id, session->status, session->version, session->side, session, 0};
}

static status load(struct call *call, const char *id, bool is_locked, struct lifecycle_subject *out)
{
        Mentor__SessionRow *session = arena_alloc(call->arena, sizeof *session);
        mentor__session_row__init(session);
        TRY(session_load(call, id, is_locked, session));
        *out = subject_of(session);
        return STATUS_OK;
}

/* Who missed it: whoever cancels late, or did not come. */
static const char *fault_of(const Mentor__SessionRow *session, const char *state)
{
        if (strcmp(state, "late_cancelled") == 0)
                return session->side;
        return strcmp(state, "no_show") == 0 ? other_side(session->side) : NULL;
}

/* The time moves, stays or is free again, as the new state asks for. */
static status move_time(struct call *call, Mentor__SessionRow *session, const char *state, const char *new_start)
{
        if (new_start == NULL && session_is_open(state))
                return STATUS_OK;
        TRY(release(call, session));
        if (new_start == NULL)
                return STATUS_OK;
        session->scheduled_start_time = (char *)(size_t)new_start;
        return session_hold(call, session);
}

static status follow(
        struct call *call, const Mentor__SessionRow *session, const struct lifecycle_step *step, const char *new_start)
{
        if (new_start != NULL)
                return announce_rescheduled(call, session);
        TRY(announce_session(call, session, step->from, step->to));
        if (strcmp(step->to, "scheduled") == 0)
                return session_scheduled(call, session);
        return strcmp(step->to, "completed") == 0 ? db_exec(call, SQL_COUNT, session->match_id) : STATUS_OK;
}

static status apply_at(
        struct call *call, Mentor__SessionRow *session, const struct lifecycle_step *step, const char *new_start)
{
        bool is_party = strcmp(session->side, "sys") != 0;
        TRY(move_time(call, session, step->to, new_start));
        TRY(db_exec(call, SQL_MOVE, session->id, session->version, step->to, new_start, is_party ? session->side : NULL,
                fault_of(session, step->to)));
        return follow(call, session, step, new_start);
}

static status apply(struct call *call, const struct lifecycle_subject *subject, const struct lifecycle_step *step)
{
        return apply_at(call, (Mentor__SessionRow *)(size_t)subject->facts, step, NULL);
}

const struct lifecycle session_lifecycle = {
        .kind = "session",
        .transitions = session_transitions,
        .load = load,
        .apply = apply,
};

static status step_own(struct call *call, const char *id, const char *(*action_of)(const char *state))
{
        Mentor__SessionRow session;
        struct lifecycle_step step;
        TRY(db_later(call, NULL, SQL_LOCK, id));
        TRY(load_own(call, id, &session));
        const char *action = action_of(session.status);
        if (action == NULL)
                return STATUS_OK;
        struct lifecycle_subject subject = subject_of(&session);
        TRY(lifecycle_step(call, &session_lifecycle, &subject, action, NULL, &step));
        return apply(call, &subject, &step);
}

static const char *end_of(const char *state)
{
        if (strcmp(state, "proposed") == 0)
                return "retract";
        return session_is_open(state) ? "call_off" : NULL;
}

status sessions_call_off(struct call *call, const char *match_id)
{
        Mentor__IdList rows = MENTOR__ID_LIST__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_OPEN_OF_MATCH, match_id));
        for (size_t i = 0; i < rows.n_items; i++)
                TRY(step_own(call, rows.items[i]->id, end_of));
        return STATUS_OK;
}

static const char *overdue_step(const char *state)
{
        if (strcmp(state, "in_progress") == 0)
                return "finish";
        return session_is_open(state) ? "expire" : NULL;
}

status sweep_sessions(struct call *call)
{
        Mentor__IdList rows = MENTOR__ID_LIST__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_DUE));
        for (size_t i = 0; i < rows.n_items; i++) {
                Mentor__SessionRow session;
                TRY(load_own(call, rows.items[i]->id, &session));
                TRY(lock_match(call, session.match_id));
                TRY(step_own(call, rows.items[i]->id, overdue_step));
        }
        return STATUS_OK;
}

status remind_session(struct call *call, const struct due_job *job)
{
        Mentor__SessionRow session;
        const char *id = arena_strndup(call->arena, job->key, strcspn(job->key, " "));
        status found = load_own(call, id, &session);
        if (found == STATUS_NOT_FOUND)
                return STATUS_OK;
        TRY(found);
        return strcmp(session.status, "scheduled") == 0 ? announce_reminder(call, &session) : STATUS_OK;
}

static status get_session_transitions(struct call *call, const Mentor__GetSessionRequest *in, Sfp__Transitions *out)
{
        Sfp__GetTransitionsRequest request = SFP__GET_TRANSITIONS_REQUEST__INIT;
        request.id = in->session_id;
        return transitions_get(call, &session_lifecycle, &request, out);
}

/* A cancellation in the last hours is a late one. */
static const char *action_of(const Mentor__SessionRow *session, const char *action)
{
        return strcmp(action, "cancel") == 0 && session->seconds_ahead < LATE_S ? "cancel_late" : action;
}

static status check_new_start(struct call *call, const Mentor__SessionTransitionRequest *in)
{
        bool is_move = strcmp(in->action, "counter") == 0 || strcmp(in->action, "reschedule") == 0;
        if (is_move != (in->new_start != NULL))
                return call_invalid(call, "new_start", is_move ? "required" : "not_allowed",
                        "belongs to counter and reschedule, and only there");
        return is_move ? session_check_start(call, "new_start", in->new_start) : STATUS_OK;
}

static status move(struct call *call, const Mentor__SessionTransitionRequest *in, Mentor__SessionRow *session)
{
        struct lifecycle_step step;
        struct lifecycle_subject subject = subject_of(session);
        call->is_rehearsal = in->dry_run;
        if (in->dry_run)
                return lifecycle_plan(call, &session_lifecycle, &subject, in->action, &step);
        TRY(lifecycle_step(call, &session_lifecycle, &subject, in->action, in->reason, &step));
        return apply_at(call, session, &step, in->new_start);
}

static status post_session_transition(
        struct call *call, const Mentor__SessionTransitionRequest *in, Sfp__TransitionResult *out)
{
        Mentor__SessionRow session = MENTOR__SESSION_ROW__INIT;
        Sfp__TransitionRequest request = SFP__TRANSITION_REQUEST__INIT;
        TRY(check_new_start(call, in));
        TRY(session_load(call, in->session_id, true, &session));
        if (in->new_start != NULL) {
                if (in->expected_version != session.version)
                        return call_problem(
                                call, PROBLEM_VERSION_MISMATCH, "its version is %lld", (long long)session.version);
                TRY(move(call, in, &session));
                out->state = (char *)(size_t) "proposed";
                out->has_version = 1;
                out->version = session.version + 1;
                return STATUS_OK;
        }
        request.id = in->session_id;
        request.action = (char *)(size_t)action_of(&session, in->action);
        request.reason = in->reason;
        request.expected_version = in->expected_version;
        request.dry_run = in->dry_run;
        return transitions_post(call, &session_lifecycle, &request, out);
}

RPC_TABLE(session_state_rpcs, SESSION_STATE_RPCS);
