/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/policy.h"

#include "sfp/mentor.pb-c.h"

#include <string.h>

static bool is_side(const Mentor__MatchRow *match, const char *side)
{
        return match->side != NULL && strcmp(match->side, side) == 0;
}

static bool may_accept(const void *facts)
{
        const Mentor__MatchRow *match = facts;
        return match->has_place && match->mentee_is_free;
}

/* The other side has said the same, or the time has come. */
static bool is_agreed(const Mentor__MatchRow *match, const char *action)
{
        bool is_said = match->agreed_action != NULL && strcmp(match->agreed_action, action) == 0;
        return is_side(match, "sys") || (is_said && !is_side(match, match->agreed_by));
}

static bool may_start(const void *match)
{
        return is_agreed(match, "start");
}

static bool may_complete(const void *match)
{
        return is_agreed(match, "complete");
}

/* clang-format off */
const struct transition mentor_transitions[] = {
        /* action       from                              actors       next              effects */
        {"register",   "new",                            "owner",     "listed"},
        {"hold",       "new listed unlisted",            "owner",     "pending_review", "waits_for_moderator"},
        {"list",       "unlisted",                       "owner",     "listed"},
        {"unlist",     "new listed",                     "owner",     "unlisted"},
        {"approve",    "pending_review",                 "mod",       "listed"},
        {"reject",     "pending_review",                 "mod",       "unlisted"},
        {"hide",       "listed unlisted",                "mod",       "hidden"},
        {"restore",    "hidden",                         "mod",       LIFECYCLE_PREVIOUS},
        {"suspend",    "listed unlisted pending_review", "sys",       "suspended",      "matches_end"},
        {"unsuspend",  "suspended",                      "sys",       LIFECYCLE_PREVIOUS},
        {"remove",     "listed unlisted pending_review hidden", "mod", "removed"},
        {"reinstate",  "removed",                        "mod",       LIFECYCLE_PREVIOUS},
        {"withdraw",   "listed unlisted pending_review hidden suspended removed", "owner sys", "withdrawn", "matches_end"},
        {"register",   "withdrawn",                      "owner",     "listed"},
        {"hold",       "withdrawn",                      "owner",     "pending_review", "waits_for_moderator"},
        {"unlist",     "withdrawn",                      "owner",     "unlisted"},
        {NULL},
};

#define PARTY "mentor mentee"

const struct transition match_transitions[] = {
        /* action           from                  actors        next         effects */
        {"request",        "new",                "mentee",     "requested", "mentor_is_asked"},
        {"accept",         "requested",          "mentor",     "active",    "takes_a_place", "place_left mentee_below_limit", may_accept},
        {"accept_on_trial", "requested",         "mentor",     "trial",     "takes_a_place", "place_left mentee_below_limit", may_accept},
        {"decline",        "requested",          "mentor",     "declined",  "next_choice_is_asked"},
        {"withdraw",       "requested",          "mentee sys", "withdrawn"},
        {"expire",         "requested",          "sys",        "expired",   "next_choice_is_asked"},
        {"agree_start",    "trial",              PARTY,        "trial",     "waits_for_the_other"},
        {"start",          "trial",              PARTY " sys", "active",    NULL, "both_agree", may_start},
        {"pause",          "trial active",       PARTY,        "paused"},
        {"resume",         "paused",             PARTY,        "active"},
        {"expire",         "paused",             "sys",        "ended",     "frees_a_place future_sessions_are_cancelled"},
        {"agree_complete", "active",             PARTY,        "active",    "waits_for_the_other"},
        {"complete",       "active",             PARTY " sys", "completed", "frees_a_place reviews_open", "both_agree", may_complete},
        {"end",            "trial active paused", PARTY " sys", "ended",    "frees_a_place future_sessions_are_cancelled reviews_open"},
        {NULL},
};
/* clang-format on */

static bool is_matched(const void *facts)
{
        return match_is_working(((const Mentor__SessionRow *)facts)->match_status);
}

static bool is_others_proposal(const Mentor__SessionRow *session)
{
        return session->side != NULL && strcmp(session->side, session->proposed_by) != 0;
}

static bool may_answer(const void *facts)
{
        const Mentor__SessionRow *session = facts;
        return is_others_proposal(session) && is_matched(session) && session->seconds_ahead > 0;
}

static bool may_decline(const void *session)
{
        return is_others_proposal(session);
}

static bool is_early(const void *session)
{
        return ((const Mentor__SessionRow *)session)->seconds_ahead >= LATE_S;
}

static bool may_move(const void *session)
{
        return is_early(session) && is_matched(session);
}

static bool is_late(const void *session)
{
        return !is_early(session);
}

static bool may_begin(const void *session)
{
        return ((const Mentor__SessionRow *)session)->seconds_ahead <= EARLY_START_S;
}

static bool is_absent(const void *session)
{
        return ((const Mentor__SessionRow *)session)->seconds_ahead <= -NO_SHOW_S;
}

/* clang-format off */
const struct transition session_transitions[] = {
        /* action           from                    actors          next              effects */
        {"propose",        "new",                  PARTY,          "proposed",       "time_is_held", "match_lives", is_matched},
        {"book",           "new",                  "mentee",       "scheduled",      "time_is_held reminders", "match_lives", is_matched},
        {"accept",         "proposed",             PARTY,          "scheduled",      "reminders", "proposed_by_the_other time_ahead", may_answer},
        {"counter",        "proposed",             PARTY,          "proposed",       "time_is_held", "proposed_by_the_other time_ahead", may_answer},
        {"decline",        "proposed",             PARTY,          "cancelled",      "time_is_free", "proposed_by_the_other", may_decline},
        {"retract",        "proposed",             PARTY " sys",   "cancelled",      "time_is_free"},
        {"expire",         "proposed scheduled",   "sys",          "expired",        "time_is_free"},
        {"reschedule",     "scheduled",            PARTY,          "proposed",       "time_is_held", "three_hours_ahead", may_move},
        {"cancel",         "scheduled",            PARTY " sys",   "cancelled",      "time_is_free", "three_hours_ahead", is_early},
        {"cancel_late",    "scheduled",            PARTY,          "late_cancelled", "time_is_free", "less_than_three_hours_ahead", is_late},
        {"call_off",       "scheduled in_progress", "sys",         "cancelled",      "time_is_free"},
        {"start",          "scheduled",            PARTY,          "in_progress",    NULL, "ten_minutes_before", may_begin},
        {"report_no_show", "scheduled",            PARTY,          "no_show",        "time_is_free", "ten_minutes_late", is_absent},
        {"finish",         "in_progress",          PARTY " sys",   "completed",      "sessions_completed feedback_opens"},
        {NULL},
};

const struct transition review_transitions[] = {
        /* action      from                              actors   next */
        {"seal",      "new",                            "party", "sealed"},
        {"hold",      "new",                            "party", "pending_review"},
        {"approve",   "pending_review",                 "mod",   "sealed"},
        {"reject",    "pending_review",                 "mod",   "removed"},
        {"reveal",    "sealed",                         "sys",   "revealed"},
        {"hide",      "revealed",                       "mod",   "hidden"},
        {"restore",   "hidden",                         "mod",   "revealed"},
        {"remove",    "sealed pending_review revealed hidden", "mod", "removed"},
        {"reinstate", "removed",                        "mod",   LIFECYCLE_PREVIOUS},
        {NULL},
};
/* clang-format on */

bool match_is_live(const char *state)
{
        return strcmp(state, "trial") == 0 || strcmp(state, "active") == 0 || strcmp(state, "paused") == 0;
}

bool match_is_working(const char *state)
{
        return state != NULL && (strcmp(state, "trial") == 0 || strcmp(state, "active") == 0);
}

bool session_is_open(const char *state)
{
        return strcmp(state, "proposed") == 0 || strcmp(state, "scheduled") == 0 || strcmp(state, "in_progress") == 0;
}

double rating_mean(int64_t sum, int64_t count, double platform_mean)
{
        return ((double)sum + RATING_PRIOR * platform_mean) / (double)(count + RATING_PRIOR);
}

const char *other_side(const char *side)
{
        return strcmp(side, "mentor") == 0 ? "mentee" : "mentor";
}
