/* SPDX-License-Identifier: Apache-2.0 */
/* What the two want to reach, and how far they are. A goal is achieved when both have said so. */
#include "common/db.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-mentor/announce.h"
#include "svc-mentor/match_states.h"
#include "svc-mentor/policy.h"
#include "svc-mentor/words.h"

#include <string.h>

#define GOAL_RPCS(RPC)                                                                                                 \
        RPC(ListGoals, list_goals, Mentor__GetMatchRequest, Mentor__GoalList)                                          \
        RPC(CreateGoal, create_goal, Mentor__CreateGoalRequest, Mentor__Goal)                                          \
        RPC(UpdateGoal, update_goal, Mentor__UpdateGoalRequest, Mentor__Goal)                                          \
        RPC(DeleteGoal, delete_goal, Mentor__DeleteGoalRequest, Sfp__Empty)                                            \
        RPC(GetProgress, get_progress, Mentor__GetMatchRequest, Mentor__Progress)
RPC_DECLARE(GOAL_RPCS)

enum { GOALS_MAX = 20 };

#define GOAL_COLUMNS "id, title, target_date, mentor_confirmed, mentee_confirmed, achieved_at, version"
static const char SQL_LIST[] = "SELECT " GOAL_COLUMNS " FROM match_goals WHERE match_id = $1 ORDER BY id";
static const char SQL_GET[] = "SELECT " GOAL_COLUMNS " FROM match_goals WHERE id = $1 AND match_id = $2";
static const char SQL_COUNT[] = "SELECT count(*) AS number FROM match_goals WHERE match_id = $1";
static const char SQL_INSERT[] = "INSERT INTO match_goals (id, match_id, title, target_date) VALUES ($1, $2, $3, $4)";
static const char SQL_UPDATE[] =
        "UPDATE match_goals SET title = coalesce($2, title), target_date = coalesce($3::date, target_date),"
        " mentor_confirmed = n.mentor, mentee_confirmed = n.mentee, version = version + 1,"
        " achieved_at = CASE WHEN n.mentor AND n.mentee THEN coalesce(achieved_at, now()) END"
        " FROM (SELECT CASE WHEN $4 = 'mentor' THEN coalesce($5::boolean, g.mentor_confirmed) ELSE g.mentor_confirmed END AS mentor,"
        "  CASE WHEN $4 = 'mentee' THEN coalesce($5::boolean, g.mentee_confirmed) ELSE g.mentee_confirmed END AS mentee"
        "  FROM match_goals g WHERE g.id = $1) n WHERE id = $1";
static const char SQL_ACHIEVED[] =
        "UPDATE mentorship_matches SET goals_achieved = goals_achieved + $2::integer WHERE id = $1 RETURNING goals_achieved AS number";
static const char SQL_DELETE[] = "DELETE FROM match_goals WHERE id = $1";
static const char SQL_PROGRESS[] =
        "SELECT m.sessions_completed, m.goals_achieved,"
        " (SELECT count(*) FROM mentorship_sessions s WHERE s.match_id = m.id AND s.status = 'scheduled')::integer AS sessions_ahead,"
        " (SELECT count(*) FROM match_goals g WHERE g.match_id = m.id)::integer AS goals_total,"
        " i.open AS action_items_open, i.done AS action_items_done,"
        " (SELECT avg(f.rating)::float8 FROM mentorship_sessions s JOIN session_feedback f ON f.session_id = s.id"
        "  WHERE s.match_id = m.id AND (SELECT count(*) FROM session_feedback b WHERE b.session_id = s.id) = 2) AS satisfaction,"
        " CASE WHEN m.began_at IS NOT NULL THEN least(100, greatest(0, round(100 * extract(epoch FROM coalesce(m.over_at, now())"
        "  - m.began_at) / (604800 * m.planned_duration_weeks))))::integer END AS time_percentage"
        " FROM mentorship_matches m CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE a.state = 'open')::integer AS open,"
        "  count(*) FILTER (WHERE a.state = 'done')::integer AS done FROM mentorship_sessions s"
        "  JOIN session_action_items a ON a.session_id = s.id WHERE s.match_id = m.id) i WHERE m.id = $1";

static status load_working(struct call *call, const char *match_id, Mentor__MatchRow *match)
{
        TRY(match_load(call, match_id, true, match));
        if (!match_is_working(match->status))
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the match is %s", match->status);
        return STATUS_OK;
}

static status clean_title(struct call *call, char **title)
{
        static const char *const names[] = {"title"};
        struct review review;
        char *const texts[] = {*title};
        if (*title == NULL)
                return STATUS_OK;
        TRY(words_clean(call, 1, names, texts, &review));
        *title = review.texts[0];
        return STATUS_OK;
}

static status list_goals(struct call *call, const Mentor__GetMatchRequest *in, Mentor__GoalList *out)
{
        Mentor__MatchRow match = MENTOR__MATCH_ROW__INIT;
        TRY(match_load(call, in->match_id, false, &match));
        return db_rows(call, &out->base, "items", SQL_LIST, match.id);
}

static status create_goal(struct call *call, const Mentor__CreateGoalRequest *in, Mentor__Goal *out)
{
        Mentor__MatchRow seen = MENTOR__MATCH_ROW__INIT, match = MENTOR__MATCH_ROW__INIT;
        Mentor__Id count = MENTOR__ID__INIT;
        char *title = in->title;
        char id[UUID_SIZE];
        uuid_v7(id);
        TRY(match_load(call, in->match_id, false, &seen));
        TRY(clean_title(call, &title));
        TRY(load_working(call, in->match_id, &match));
        TRY(db_one(call, &count.base, SQL_COUNT, match.id));
        if (count.number >= GOALS_MAX)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "a match has at most %d goals", GOALS_MAX);
        TRY(db_exec(call, SQL_INSERT, id, match.id, title, in->target_date));
        return db_one(call, &out->base, SQL_GET, id, match.id);
}

/* What both have said stays said. */
static status check_open(struct call *call, const Mentor__Goal *goal)
{
        if (goal->achieved_at != NULL)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the goal is achieved");
        return STATUS_OK;
}

static status update_goal(struct call *call, const Mentor__UpdateGoalRequest *in, Mentor__Goal *out)
{
        Mentor__MatchRow seen = MENTOR__MATCH_ROW__INIT, match = MENTOR__MATCH_ROW__INIT;
        Mentor__Goal old = MENTOR__GOAL__INIT;
        Mentor__Id achieved = MENTOR__ID__INIT;
        char *title = in->title;
        TRY(match_load(call, in->match_id, false, &seen));
        TRY(clean_title(call, &title));
        TRY(load_working(call, in->match_id, &match));
        TRY(db_one(call, &old.base, SQL_GET, in->goal_id, match.id));
        TRY(call_expect_version(call, old.version));
        TRY(check_open(call, &old));
        TRY(db_exec(call, SQL_UPDATE, in->goal_id, title, in->target_date, match.side, DB_OPTIONAL(in, achieved)));
        TRY(db_one(call, &out->base, SQL_GET, in->goal_id, match.id));
        TRY(db_one(call, &achieved.base, SQL_ACHIEVED, match.id, (int)(out->achieved_at != NULL)));
        out->has_goals_achieved = 1;
        out->goals_achieved = (int)achieved.number;
        return out->achieved_at != NULL ? announce_goal(call, &match, in->goal_id) : STATUS_OK;
}

static status delete_goal(struct call *call, const Mentor__DeleteGoalRequest *in, Sfp__Empty *out)
{
        (void)out;
        Mentor__MatchRow match = MENTOR__MATCH_ROW__INIT;
        Mentor__Goal old = MENTOR__GOAL__INIT;
        TRY(load_working(call, in->match_id, &match));
        TRY(db_one(call, &old.base, SQL_GET, in->goal_id, match.id));
        TRY(call_expect_version(call, old.version));
        TRY(check_open(call, &old));
        return db_exec(call, SQL_DELETE, in->goal_id);
}

static status get_progress(struct call *call, const Mentor__GetMatchRequest *in, Mentor__Progress *out)
{
        Mentor__MatchRow match = MENTOR__MATCH_ROW__INIT;
        TRY(match_load(call, in->match_id, false, &match));
        return db_one(call, &out->base, SQL_PROGRESS, match.id);
}

RPC_TABLE(goal_rpcs, GOAL_RPCS);
