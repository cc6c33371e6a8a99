/* SPDX-License-Identifier: Apache-2.0 */
#include "common/content.h"
#include "common/counters.h"
#include "common/dashboard.h"
#include "common/personal.h"
#include "common/service.h"
#include "sfp/groups.pb-c.h"
#include "svc-groups/group_states.h"
#include "svc-groups/participation_states.h"
#include "svc-groups/schedule.h"

extern const struct dashboard_series groups_dashboards[];
extern const struct counter group_counters[];
extern const struct content_kind group_content[];
extern const struct personal_table group_personal[];
extern const struct rpc group_rpcs[];
extern const struct rpc group_list_rpcs[];
extern const struct rpc group_state_rpcs[];
extern const struct rpc participant_rpcs[];
extern const struct rpc participation_state_rpcs[];
extern const struct rpc plan_rpcs[];
extern const struct rpc contribution_rpcs[];
extern const struct rpc progress_rpcs[];
extern const struct rpc milestone_rpcs[];
extern const struct rpc celebration_rpcs[];

static const struct rpc *const tables[] = {group_rpcs, group_list_rpcs, group_state_rpcs, participant_rpcs,
        participation_state_rpcs, plan_rpcs, contribution_rpcs, progress_rpcs, milestone_rpcs, celebration_rpcs, NULL};

static const struct job_kind jobs[] = {
        {.name = "remind_of_schedule", .every_ms = 60000, .tick = remind_of_schedule},
        {.name = "watch_deadlines", .every_ms = 3600000, .tick = watch_deadlines},
        {.name = SETTLE_GROUP, .run = settle_group},
        {.name = SETTLE_PARTICIPATION, .run = settle_participation},
        {0},
};

static const struct service_definition groups = {
        .name = "groups",
        .purpose = "People who save for one goal together.",
        .descriptor = &groups__groups__descriptor,
        .tables = tables,
        .migrations = service_migrations,
        .knows_people = true,
        .dashboards = groups_dashboards,
        .counters = group_counters,
        .jobs = jobs,
        .content = group_content,
        .personal = group_personal,
};

int main(int argc, char **argv)
{
        return service_main(argc, argv, &groups);
}
