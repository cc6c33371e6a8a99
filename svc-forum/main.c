/* SPDX-License-Identifier: Apache-2.0 */
#include "common/content.h"
#include "common/counters.h"
#include "common/dashboard.h"
#include "common/personal.h"
#include "common/preview.h"
#include "common/service.h"
#include "sfp/forum.pb-c.h"
#include "svc-forum/challenge_states.h"
#include "svc-forum/closing.h"
#include "svc-forum/telling.h"
#include "svc-forum/vote_rings.h"

extern const struct dashboard_series forum_dashboards[];
extern const struct content_kind forum_content[];
extern const struct counter forum_counters[];
extern const struct personal_table forum_personal[];
extern const struct preview_kind forum_previews[];
extern const struct rpc best_answer_rpcs[];
extern const struct rpc category_rpcs[];
extern const struct rpc challenge_rpcs[];
extern const struct rpc leaderboard_rpcs[];
extern const struct rpc participation_rpcs[];
extern const struct rpc poll_rpcs[];
extern const struct rpc post_rpcs[];
extern const struct rpc reaction_rpcs[];
extern const struct rpc reading_rpcs[];
extern const struct rpc ring_vote_rpcs[];
extern const struct rpc search_rpcs[];
extern const struct rpc topic_list_rpcs[];
extern const struct rpc topic_rpcs[];
extern const struct rpc topic_state_rpcs[];

static const struct rpc *const tables[] = {best_answer_rpcs, category_rpcs, challenge_rpcs, leaderboard_rpcs,
        participation_rpcs, poll_rpcs, post_rpcs, reaction_rpcs, reading_rpcs, ring_vote_rpcs, search_rpcs,
        topic_list_rpcs, topic_rpcs, topic_state_rpcs, NULL};

static const struct job_kind jobs[] = {
        {.name = CLOSE_SOLVED, .run = close_solved},
        {.name = START_CHALLENGE, .run = start_challenge},
        {.name = END_CHALLENGE, .run = end_challenge},
        {.name = TELL_REPLY, .run = tell_reply, .tries = 20},
        {.name = TELL_ACCEPTED, .run = tell_accepted, .tries = 20},
        {.name = "look_for_rings", .every_ms = VOTE_RINGS_EVERY_MS, .tick = look_for_rings},
        {.name = "archive_idle", .every_ms = 3600000, .tick = archive_idle},
        {0},
};

static const struct service_definition forum = {
        .name = "forum",
        .purpose = "What people ask, answer and do together: categories, topics, posts, challenges.",
        .descriptor = &forum__forum__descriptor,
        .tables = tables,
        .migrations = service_migrations,
        .counters = forum_counters,
        .jobs = jobs,
        .content = forum_content,
        .personal = forum_personal,
        .previews = forum_previews,
        .knows_people = true,
        .dashboards = forum_dashboards,
};

int main(int argc, char **argv)
{
        return service_main(argc, argv, &forum);
}
