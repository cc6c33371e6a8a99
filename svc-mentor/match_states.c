/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/match_states.h"

#include "common/db.h"
#include "common/rpc.h"
#include "common/transitions.h"
#include "svc-mentor/announce.h"
#include "svc-mentor/locks.h"
#include "svc-mentor/policy.h"
#include "svc-mentor/requests.h"
#include "svc-mentor/session_states.h"

#include <string.h>

#define MATCH_STATE_RPCS(RPC)                                                                                          \
        RPC(GetMatchTransitions, get_match_transitions, Sfp__GetTransitionsRequest, Sfp__Transitions)                  \
        RPC(PostMatchTransition, post_match_transition, Sfp__TransitionRequest, Sfp__TransitionResult)
RPC_DECLARE(MATCH_STATE_RPCS)

#define LIVE "('trial', 'active', 'paused')"

#define IS_DUE                                                                                                         \
        "((m.status IN ('requested', 'trial', 'paused') AND m.expires_at < now())"                                     \
        " OR (m.status = 'active' AND m.ends_on < current_date))"
#define SQL_ROW                                                                                                          \
        "SELECT m.id, m.mentor_profile_id, m.mentor_user_id, m.mentee_user_id, m.status, m.version, m.mentorship_type,"  \
        " m.is_anonymous, t.trial_days, t.live_matches < t.max_mentees AS has_place, m.agreed_action, m.agreed_by,"      \
        " (SELECT count(*) FROM mentorship_matches o WHERE o.mentee_user_id = m.mentee_user_id AND o.status IN " LIVE    \
        ") < 3 AS mentee_is_free, m.planned_duration_weeks, m.focus_areas, m.choices, m.message, m.last_session_number," \
        " m.over_at > now() - interval '" REVIEW_LIFE "' AND m.status IN ('completed', 'ended') AS is_review_open,"      \
        " coalesce(" IS_DUE ", false) AS is_due,"                                                                        \
        " CASE $2::text WHEN m.mentor_user_id::text THEN 'mentor' WHEN m.mentee_user_id::text THEN 'mentee'"             \
        " WHEN 'sys' THEN 'sys' END AS side"                                                                             \
        " FROM mentorship_matches m JOIN mentor_profiles t ON t.id = m.mentor_profile_id WHERE m.id = $1"
static const char SQL_LOAD[] = SQL_ROW " AND $2::text IN (m.mentor_user_id::text, m.mentee_user_id::text)";
static const char SQL_LOAD_OWN[] = SQL_ROW;
static const char SQL_MOVE[] =
        "UPDATE mentorship_matches SET status = $3, version = $2::bigint + 1, agreed_action = $4, agreed_by = $5,"
        " began_at = CASE WHEN $3 IN ('trial', 'active') THEN coalesce(began_at, now()) ELSE began_at END,"
        " ends_on = CASE WHEN $3 IN ('trial', 'active') THEN coalesce(ends_on, current_date + 7 * planned_duration_weeks)"
        "  ELSE ends_on END, over_at = CASE WHEN $3 IN " LIVE " THEN NULL ELSE now() END,"
        " expires_at = CASE $3 WHEN 'trial' THEN coalesce(CASE WHEN status = 'trial' THEN expires_at END,"
        "  now() + $6::integer * interval '1 day') WHEN 'paused' THEN now() + interval '" PAUSE_LIFE
        "' END WHERE id = $1";
static const char SQL_PLACES[] = "UPDATE mentor_profiles SET live_matches = live_matches + $2::integer WHERE id = $1";
static const char SQL_RIVALS[] =
        "SELECT id FROM mentorship_matches WHERE mentee_user_id = $1 AND status = 'requested' AND id <> $2 ORDER BY id";
/* One that came when the others were locked already, and is in somebody's hands, waits like those that come later. */
static const char SQL_TURNED_AWAY[] =
        "SELECT m.id FROM mentorship_matches m JOIN mentor_profiles t ON t.id = m.mentor_profile_id"
        " WHERE m.mentor_profile_id = $1 AND m.status = 'requested' AND t.live_matches >= t.max_mentees ORDER BY m.id"
        " FOR UPDATE OF m SKIP LOCKED";
static const char SQL_DUE[] = "SELECT m.id FROM mentorship_matches m WHERE " IS_DUE " LIMIT 200";

status match_load(struct call *call, const char *id, bool is_locked, Mentor__MatchRow *out)
{
        if (is_locked)
                TRY(lock_match(call, id));
        return db_one(call, &out->base, SQL_LOAD, id, call->caller->user_id);
}

status match_load_own(struct call *call, const char *id, Mentor__MatchRow *out)
{
        return db_one(call, &out->base, SQL_LOAD_OWN, id, "sys");
}

static struct lifecycle_subject subject_of(const Mentor__MatchRow *match)
{
        return (struct lifecycle_subject){match->id, match->status, match->version, match->side, match, 0};
}

static status load(struct call *call, const char *id, bool is_locked, struct lifecycle_subject *out)
{
        Mentor__MatchRow *match = arena_alloc(call->arena, sizeof *match);
        mentor__match_row__init(match);
        TRY(match_load(call, id, is_locked, match));
        *out = subject_of(match);
        return STATUS_OK;
}

static status step_all(struct call *call, const char *sql, const char *first, const char *second, const char *action)
{
        Mentor__IdList rows = MENTOR__ID_LIST__INIT;
        TRY(second == NULL ? db_rows(call, &rows.base, "items", sql, first)
                           : db_rows(call, &rows.base, "items", sql, first, second));
        for (size_t i = 0; i < rows.n_items; i++) {
                Mentor__MatchRow match = MENTOR__MATCH_ROW__INIT;
                TRY(match_load_own(call, rows.items[i]->id, &match));
                TRY(match_step(call, &match, action));
        }
        return STATUS_OK;
}

/* The mentee's other requests are void; a mentor who is full turns the others away. */
static status clear_requests(struct call *call, const Mentor__MatchRow *match)
{
        if (match->mentee_user_id != NULL)
                TRY(step_all(call, SQL_RIVALS, match->mentee_user_id, match->id, "withdraw"));
        return step_all(call, SQL_TURNED_AWAY, match->mentor_profile_id, NULL, "expire");
}

static status follow(struct call *call, const Mentor__MatchRow *match, const struct lifecycle_step *step)
{
        bool was_live = match_is_live(step->from), is_live = match_is_live(step->to);
        bool was_asked = strcmp(step->from, "requested") == 0;
        bool is_refused = strcmp(step->to, "declined") == 0 || strcmp(step->to, "expired") == 0;
        if (was_live != is_live)
                TRY(db_later(call, NULL, SQL_PLACES, match->mentor_profile_id, is_live ? 1 : -1));
        if (was_live && !is_live)
                TRY(sessions_call_off(call, match->id));
        if (was_asked && is_live)
                return clear_requests(call, match);
        return was_asked && is_refused ? request_next(call, match) : STATUS_OK;
}

/* What one side has agreed to, as it is stored after a step. */
static const char *agreement_of(const char *action)
{
        if (strcmp(action, "agree_start") == 0)
                return "start";
        return strcmp(action, "agree_complete") == 0 ? "complete" : NULL;
}

static status apply(struct call *call, const struct lifecycle_subject *subject, const struct lifecycle_step *step)
{
        const Mentor__MatchRow *match = subject->facts;
        const char *agreed = agreement_of(step->transition->action);
        TRY(db_later(call, NULL, SQL_MOVE, match->id, match->version, step->to, agreed,
                agreed == NULL ? NULL : match->side, match->trial_days));
        TRY(announce_match(call, match, step->from, step->to));
        return follow(call, match, step);
}

const struct lifecycle match_lifecycle = {
        .kind = "match",
        .transitions = match_transitions,
        .load = load,
        .apply = apply,
};

status match_step(struct call *call, Mentor__MatchRow *match, const char *action)
{
        struct lifecycle_step step;
        struct lifecycle_subject subject = subject_of(match);
        TRY(lifecycle_step(call, &match_lifecycle, &subject, action, NULL, &step));
        TRY(apply(call, &subject, &step));
        match->status = (char *)(size_t)step.to;
        return STATUS_OK;
}

status match_break(struct call *call, const char *id)
{
        Mentor__MatchRow match = MENTOR__MATCH_ROW__INIT;
        TRY(match_load_own(call, id, &match));
        if (strcmp(match.status, "requested") == 0)
                return match_step(call, &match, "withdraw");
        return match_is_live(match.status) ? match_step(call, &match, "end") : STATUS_OK;
}

/* What a client calls accept, start and complete is one of two steps. */
static const char *action_of(const Mentor__MatchRow *match, const char *action)
{
        bool is_said = match->agreed_action != NULL && strcmp(match->agreed_action, action) == 0 &&
                       strcmp(match->agreed_by, match->side) != 0;
        if (strcmp(action, "accept") == 0)
                return match->trial_days > 0 ? "accept_on_trial" : action;
        if (strcmp(action, "start") == 0 && !is_said)
                return "agree_start";
        return strcmp(action, "complete") == 0 && !is_said ? "agree_complete" : action;
}

static status get_match_transitions(struct call *call, const Sfp__GetTransitionsRequest *in, Sfp__Transitions *out)
{
        return transitions_get(call, &match_lifecycle, in, out);
}

/* Who the two are and whether it was a request does not change; the rest is read again behind the locks. */
static status post_match_transition(struct call *call, const Sfp__TransitionRequest *in, Sfp__TransitionResult *out)
{
        Mentor__MatchRow seen = MENTOR__MATCH_ROW__INIT, match = MENTOR__MATCH_ROW__INIT;
        Sfp__TransitionRequest request = *in;
        TRY(match_load(call, in->id, false, &seen));
        TRY(lock_step(call, &seen));
        TRY(match_load(call, in->id, false, &match));
        request.action = (char *)(size_t)action_of(&match, in->action);
        return transitions_post(call, &match_lifecycle, &request, out);
}

/* What was due in front of the locks may not be any more. */
status settle_match(struct call *call, const struct due_job *job)
{
        static const struct {
                const char *state, *action;
        } due[] = {{"requested", "expire"}, {"trial", "start"}, {"paused", "expire"}, {"active", "complete"}};
        Mentor__MatchRow seen = MENTOR__MATCH_ROW__INIT, match = MENTOR__MATCH_ROW__INIT;
        status found = match_load_own(call, job->key, &seen);
        if (found == STATUS_NOT_FOUND)
                return STATUS_OK;
        TRY(found);
        TRY(lock_step(call, &seen));
        TRY(match_load_own(call, job->key, &match));
        if (!match.is_due)
                return STATUS_OK;
        for (size_t i = 0; i < sizeof due / sizeof *due; i++)
                if (strcmp(match.status, due[i].state) == 0)
                        return match_step(call, &match, due[i].action);
        return STATUS_OK;
}

status sweep_matches(struct call *call)
{
        Mentor__IdList rows = MENTOR__ID_LIST__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_DUE));
        for (size_t i = 0; i < rows.n_items; i++)
                TRY(job_schedule(call, SETTLE_MATCH, rows.items[i]->id, 0, (ProtobufCBinaryData){0, NULL}));
        return STATUS_OK;
}

RPC_TABLE(match_state_rpcs, MATCH_STATE_RPCS);
