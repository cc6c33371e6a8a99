/* SPDX-License-Identifier: Apache-2.0 */
#include "common/counters.h"
#include "common/service.h"
#include "sfp/goals.pb-c.h"
#include "svc-goals/archive.h"
#include "svc-goals/moderated.h"
#include "svc-goals/recheck.h"

extern const struct counter share_counters[];
extern const struct rpc share_rpcs[];
extern const struct rpc share_list_rpcs[];
extern const struct rpc share_state_rpcs[];
extern const struct rpc reaction_rpcs[];
extern const struct rpc template_rpcs[];

static const struct rpc *const tables[] = {
        share_rpcs, share_list_rpcs, share_state_rpcs, reaction_rpcs, template_rpcs, NULL};

static const struct job_kind jobs[] = {
        {.name = "archive_idle", .every_ms = 3600000, .tick = archive_idle},
        {.name = RECHECK_SHARE, .run = recheck_share}, /* asked for as long as it takes */
        {0},
};

static const struct service_definition goals = {
        .name = "goals",
        .purpose = "Goals shared without a name: shares, reactions, templates.",
        .descriptor = &goals__goals__descriptor,
        .tables = tables,
        .migrations = service_migrations,
        .counters = share_counters,
        .jobs = jobs,
        .content = goals_content,
        .knows_people = true,
};

int main(int argc, char **argv)
{
        return service_main(argc, argv, &goals);
}
