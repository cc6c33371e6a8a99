/* SPDX-License-Identifier: Apache-2.0 */
#include "common/service.h"
#include "sfp/goals.pb-c.h"
#include "svc-goals/recheck.h"

extern const struct rpc share_rpcs[];
extern const struct rpc share_list_rpcs[];
extern const struct rpc reaction_rpcs[];
extern const struct rpc template_rpcs[];

static const struct rpc *const tables[] = {share_rpcs, share_list_rpcs, reaction_rpcs, template_rpcs, NULL};

static const struct service_task tasks[] = {
        {"recheck_pending", 1000, recheck_pending},
        {0},
};

static const struct service_definition goals = {
        .name = "goals",
        .purpose = "Goals shared without a name: shares, reactions, templates.",
        .descriptor = &goals__goals__descriptor,
        .tables = tables,
        .migrations = service_migrations,
        .tasks = tasks,
};

int main(int argc, char **argv)
{
        return service_main(argc, argv, &goals);
}
