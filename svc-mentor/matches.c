/* SPDX-License-Identifier: Apache-2.0 */
/* Matches as their two parties see them. */
#include "common/db.h"
#include "common/page.h"
#include "common/people.h"
#include "common/rpc.h"
#include "svc-mentor/candidates.h"
#include "svc-mentor/locks.h"
#include "svc-mentor/match_states.h"
#include "svc-mentor/policy.h"
#include "svc-mentor/requests.h"
#include "svc-mentor/words.h"

#include <string.h>

#define MATCH_RPCS(RPC)                                                                                                \
        RPC(ListMatches, list_matches, Mentor__ListMatchesRequest, Mentor__MatchList)                                  \
        RPC(RequestMatch, request_match, Mentor__RequestMatchRequest, Mentor__Match)                                   \
        RPC(GetMatch, get_match, Mentor__GetMatchRequest, Mentor__Match)                                               \
        RPC(UpdateMatch, update_match, Mentor__UpdateMatchRequest, Mentor__Match)
RPC_DECLARE(MATCH_RPCS)

#define SCOPE "CASE WHEN m.is_anonymous THEN 'match:' || m.id END"
/* Which profile it was is no secret of an anonymous match: the mentee chose it, the mentor has it. */
#define MATCH_COLUMNS(viewer)                                                                                             \
        "m.id, m.mentor_profile_id, " AUTHOR_COLUMNS("mentor", "m.mentor_user_id", SCOPE) ", " AUTHOR_COLUMNS(            \
                "mentee", "m.mentee_user_id",                                                                             \
                SCOPE) ", CASE " viewer                                                                                   \
                       "::uuid WHEN m.mentor_user_id THEN 'mentor' ELSE 'mentee' END AS role, m.mentorship_type,"         \
                       " m.status, m.focus_areas, m.planned_duration_weeks, m.compatibility_score, m.sessions_completed," \
                       " m.goals_achieved, CASE WHEN m.is_anonymous THEN 0 ELSE 3 END AS identity_level, m.ends_on,"      \
                       " CASE WHEN m.status = 'requested' THEN m.expires_at END AS expires_at, m.agreed_action, m.agreed_by, m.version"

static const char SQL_LIST[] = "SELECT " MATCH_COLUMNS(
        "$3") ", m.new_key AS page_key, m.id AS page_id FROM mentorship_matches m"
              " WHERE (m.new_key, m.id) < ($1::bigint, $2::uuid) AND ((m.mentor_user_id = $3::uuid AND $4::text IS DISTINCT FROM 'mentee')"
              " OR (m.mentee_user_id = $3::uuid AND $4::text IS DISTINCT FROM 'mentor')) AND ($5::text IS NULL OR m.status = $5)"
              " ORDER BY m.new_key DESC, m.id DESC";
static const char SQL_GET[] = "SELECT " MATCH_COLUMNS("$2") " FROM mentorship_matches m WHERE m.id = $1";
/* number: live requests; real: whether one of them has ordered choices. */
static const char SQL_REQUESTS[] =
        "SELECT count(*) AS number, coalesce(bool_or(has_choices), false)::integer::float8 AS real FROM mentorship_matches"
        " WHERE mentee_user_id = $1 AND status = 'requested'";
static const char SQL_UPDATE[] =
        "UPDATE mentorship_matches SET version = version + 1,"
        " focus_areas = CASE WHEN cardinality($2::text[]) > 0 THEN $2::text[] ELSE focus_areas END,"
        " ends_on = CASE WHEN $3::integer IS NULL THEN ends_on ELSE ends_on + 7 * ($3::integer - planned_duration_weeks) END,"
        " planned_duration_weeks = coalesce($3::integer, planned_duration_weeks) WHERE id = $1";

static status show(struct call *call, const Mentor__MatchRow *match, Mentor__Match *out)
{
        TRY(db_one(call, &out->base, SQL_GET, match->id, call->caller->user_id));
        return words_open(call, match->id, &match->message, match->has_message, &out->message);
}

static status list_matches(struct call *call, const Mentor__ListMatchesRequest *in, Mentor__MatchList *out)
{
        return page_rows(call, &in->base, &out->base, SQL_LIST, call->caller->user_id, in->role, in->status);
}

static status get_match(struct call *call, const Mentor__GetMatchRequest *in, Mentor__Match *out)
{
        Mentor__MatchRow match = MENTOR__MATCH_ROW__INIT;
        TRY(match_load(call, in->match_id, false, &match));
        return show(call, &match, out);
}

static status check_requests(struct call *call, bool has_choices)
{
        Mentor__Id live = MENTOR__ID__INIT;
        TRY(db_one(call, &live.base, SQL_REQUESTS, call->caller->user_id));
        if (live.real > 0 || live.number >= (has_choices ? 1 : REQUESTS_MAX))
                return call_fail(call, STATUS_FAILED_PRECONDITION,
                        "wait for an answer: %d requests are open at a time, or one with further choices",
                        REQUESTS_MAX);
        return STATUS_OK;
}

static status check_choices(struct call *call, const Mentor__RequestMatchRequest *in)
{
        for (size_t i = 0; i < in->n_choices; i++) {
                bool is_twice = strcmp(in->choices[i], in->mentor_profile_id) == 0;
                for (size_t j = 0; j < i; j++)
                        is_twice |= strcmp(in->choices[i], in->choices[j]) == 0;
                if (is_twice)
                        return call_invalid(call, "choices", "not_allowed", "must name each mentor once");
        }
        return STATUS_OK;
}

static status send(struct call *call, const Mentor__RequestMatchRequest *in, const char *message, const char **id)
{
        Mentor__MenteeProfile seeker = MENTOR__MENTEE_PROFILE__INIT;
        TRY(seeker_load(call, call->caller->user_id, &seeker));
        bool is_anonymous =
                strcmp(in->mentorship_type, "anonymous") == 0 || strcmp(seeker.anonymous_level, "pseudonym") == 0;
        const struct request_spec spec = {call->caller->user_id, in->mentorship_type, is_anonymous, in->n_choices > 0,
                in->n_focus_areas, in->focus_areas, in->planned_duration_weeks, message, in->n_choices, in->choices};
        TRY(lock_mentee(call, call->caller->user_id));
        TRY(check_requests(call, in->n_choices > 0));
        return request_send(call, &spec, in->mentor_profile_id, id);
}

static status request_match(struct call *call, const Mentor__RequestMatchRequest *in, Mentor__Match *out)
{
        static const char *const names[] = {"message"};
        char *const texts[] = {in->message};
        struct review review = {.texts = (char *[]){NULL}};
        Mentor__MatchRow match = MENTOR__MATCH_ROW__INIT;
        const char *id;
        TRY(check_choices(call, in));
        if (in->message != NULL)
                TRY(words_clean(call, 1, names, texts, &review));
        TRY(send(call, in, review.texts[0], &id));
        TRY(match_load(call, id, false, &match));
        TRY(show(call, &match, out));
        out->n_notices = review.n_notices;
        out->notices = review.notices;
        return STATUS_OK;
}

static status update_match(struct call *call, const Mentor__UpdateMatchRequest *in, Mentor__Match *out)
{
        Mentor__MatchRow match = MENTOR__MATCH_ROW__INIT;
        TRY(match_load(call, in->match_id, true, &match));
        TRY(call_expect_version(call, match.version));
        if (strcmp(match.status, "requested") != 0 && !match_is_live(match.status))
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the match is %s", match.status);
        TRY(db_exec(call, SQL_UPDATE, match.id, db_texts(in->n_focus_areas, in->focus_areas),
                DB_OPTIONAL(in, planned_duration_weeks)));
        return show(call, &match, out);
}

RPC_TABLE(match_rpcs, MATCH_RPCS);
