/* SPDX-License-Identifier: Apache-2.0 */
#include "common/events.h"
#include "sfp/moderation.pb-c.h"
#include "svc-moderation/checks.h"
#include "svc-moderation/share_counts.h"

extern const struct rpc check_rpcs[];

static const struct rpc *const tables[] = {check_rpcs, NULL};

#define PLACE(member) offsetof(struct moderation_config, member)
static const struct config_item config[] = {
        {"MODERATION_CONFIDENCE_THRESHOLD", CONFIG_REAL, PLACE(confidence_threshold), "0.8", 0, 1,
                "how sure moderation must be to act by itself"},
        {"ENABLE_AUTO_MODERATION", CONFIG_BOOL, PLACE(is_automatic), "true", 0, 0,
                "false: nothing is refused by machine, people look instead"},
        {0},
};

static const struct event_consumer consumers[] = {
        {"transparency", "goals", "goals.share.", count_share_event},
        {0},
};

static status open_moderation(struct service *service)
{
        static struct moderation moderation;
        service->state = &moderation;
        return rules_new(&moderation.rules);
}

static void close_moderation(struct service *service)
{
        struct moderation *moderation = service->state;
        rules_free(moderation->rules);
}

static const struct service_definition definition = {
        .name = "moderation",
        .purpose = "Rules on texts before anybody else sees them.",
        .descriptor = &moderation__moderation__descriptor,
        .tables = tables,
        .config = config,
        .config_size = sizeof(struct moderation_config),
        .migrations = service_migrations,
        .consumers = consumers,
        .open = open_moderation,
        .close = close_moderation,
};

int main(int argc, char **argv)
{
        return service_main(argc, argv, &definition);
}
