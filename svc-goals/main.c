/* SPDX-License-Identifier: Apache-2.0 */
#include "common/counters.h"
#include "common/dashboard.h"
#include "common/personal.h"
#include "common/preview.h"
#include "common/service.h"
#include "sfp/goals.pb-c.h"
#include "svc-goals/archive.h"
#include "svc-goals/blocks.h"
#include "svc-goals/goals_config.h"
#include "svc-goals/moderated.h"
#include "svc-goals/owner_news.h"
#include "svc-goals/recheck.h"
#include "svc-goals/sharing.h"

extern const struct dashboard_series goals_dashboards[];
extern const struct counter share_counters[];
extern const struct personal_table goals_personal[];
extern const struct preview_kind goals_previews[];
extern const struct rpc inspiration_rpcs[];
extern const struct rpc progress_rpcs[];
extern const struct rpc share_rpcs[];
extern const struct rpc share_list_rpcs[];
extern const struct rpc share_state_rpcs[];
extern const struct rpc reaction_rpcs[];
extern const struct rpc template_rpcs[];

static const struct rpc *const tables[] = {share_rpcs, share_list_rpcs, share_state_rpcs, reaction_rpcs, progress_rpcs,
        inspiration_rpcs, template_rpcs, NULL};

#define PLACE(member) offsetof(struct goals_config, member)
static const struct config_item config[] = {
        {"MIN_COHORT_SIZE", CONFIG_INT, PLACE(min_cohort_size), "10", 2, 1000000,
                "people that a demographic cell must hold before it is spoken of"},
        {0},
};

static const struct event_consumer consumers[] = {
        {"blocked_owners", "anonymize", "profile.relationship.changed", take_block},
        {"sharing_level", "anonymize", "profile.privacy.changed", sharing_take_setting},
        {0},
};

static const struct job_kind jobs[] = {
        {.name = "archive_idle", .every_ms = 3600000, .tick = archive_idle},
        {.name = RECHECK_SHARE, .run = recheck_share}, /* asked for as long as it takes */
        {.name = OWNER_NEWS, .run = owner_news},
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
        .config = config,
        .config_size = sizeof(struct goals_config),
        .consumers = consumers,
        .personal = goals_personal,
        .previews = goals_previews,
        .content = goals_content,
        .knows_people = true,
        .dashboards = goals_dashboards,
};

int main(int argc, char **argv)
{
        return service_main(argc, argv, &goals);
}
