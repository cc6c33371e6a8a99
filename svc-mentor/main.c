/* SPDX-License-Identifier: Apache-2.0 */
#include "common/content.h"
#include "common/counters.h"
#include "common/dashboard.h"
#include "common/personal.h"
#include "common/preview.h"
#include "common/service.h"
#include "sfp/mentor.pb-c.h"
#include "svc-mentor/match_states.h"
#include "svc-mentor/mentor_states.h"
#include "svc-mentor/reviews.h"
#include "svc-mentor/separation.h"
#include "svc-mentor/session_states.h"

extern const struct dashboard_series mentor_dashboards[];
extern const struct counter mentor_counters[];
extern const struct personal_table mentor_personal[];
extern const struct preview_kind mentor_previews[];
extern const struct rpc mentor_rpcs[];
extern const struct rpc mentor_list_rpcs[];
extern const struct rpc availability_rpcs[];
extern const struct rpc recommendation_rpcs[];
extern const struct rpc match_rpcs[];
extern const struct rpc match_state_rpcs[];
extern const struct rpc goal_rpcs[];
extern const struct rpc review_rpcs[];
extern const struct rpc session_rpcs[];
extern const struct rpc session_state_rpcs[];
extern const struct rpc feedback_rpcs[];

static const struct rpc *const tables[] = {mentor_rpcs, mentor_list_rpcs, availability_rpcs, recommendation_rpcs,
        match_rpcs, match_state_rpcs, goal_rpcs, review_rpcs, session_rpcs, session_state_rpcs, feedback_rpcs, NULL};

static const struct content_kind content[] = {
        {"mentor_profile", mentor_show, mentor_decide},
        {"mentor_review", review_show, review_decide},
        {0},
};

static const struct job_kind jobs[] = {
        {.name = "sweep_matches", .every_ms = 60000, .tick = sweep_matches},
        {.name = SETTLE_MATCH, .run = settle_match, .tries = 8},
        {.name = "sweep_sessions", .every_ms = 60000, .tick = sweep_sessions},
        {.name = "reveal_reviews", .every_ms = 300000, .tick = reveal_reviews},
        {.name = "refresh_ratings", .every_ms = 3600000, .tick = refresh_ratings},
        {.name = REMIND_SESSION, .run = remind_session, .tries = 8},
        {0},
};

static const struct service_definition mentor = {
        .name = "mentor",
        .purpose = "People who help each other on: mentors, matches, sessions.",
        .descriptor = &mentor__mentor__descriptor,
        .tables = tables,
        .migrations = service_migrations,
        .knows_people = true,
        .dashboards = mentor_dashboards,
        .consumers = separation_consumers,
        .counters = mentor_counters,
        .jobs = jobs,
        .content = content,
        .personal = mentor_personal,
        .previews = mentor_previews,
};

int main(int argc, char **argv)
{
        return service_main(argc, argv, &mentor);
}
