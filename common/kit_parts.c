/* SPDX-License-Identifier: Apache-2.0 */
#include "common/kit_parts.h"

#include "common/consistency.h"
#include "common/content.h"
#include "common/control.h"
#include "common/health.h"
#include "common/personal.h"
#include "common/platform.h"
#include "common/preview.h"
#include "common/reflection.h"

#include <string.h>

static const char root[] = "sfp.";

const struct rpc *const *kit_part_tables(const char *package)
{
        for (const struct kit_part *part = kit_parts; part->package != NULL; part++)
                if (strcmp(part->package, package) == 0)
                        return part->tables;
        return NULL;
}

bool kit_part_is_control(const char *method, size_t length)
{
        if (length < strlen(root) || memcmp(method, root, strlen(root)) != 0)
                return false;
        method += strlen(root);
        length -= strlen(root);
        for (const struct kit_part *part = kit_parts; part->package != NULL; part++) {
                size_t size = strlen(part->package);
                if (part->is_control && size < length && memcmp(method, part->package, size) == 0 &&
                        method[size] == '.')
                        return true;
        }
        return false;
}

extern const struct rpc event_rpcs[];

static const struct rpc *const event_tables[] = {event_rpcs, NULL};
static const struct rpc *const consistency_tables[] = {consistency_rpcs, NULL};
static const struct rpc *const content_tables[] = {content_rpcs, NULL};
static const struct rpc *const personal_tables[] = {personal_rpcs, preview_rpcs, NULL};
static const struct rpc *const platform_tables[] = {platform_rpcs, NULL};
static const struct rpc *const health_tables[] = {health_rpcs, NULL};
static const struct rpc *const reflection_tables[] = {reflection_rpcs, NULL};
static const struct rpc *const control_tables[] = {control_rpcs, NULL};

const struct kit_part kit_parts[] = {
        {"health", health_tables, .is_control = true},
        {"reflection", reflection_tables, .is_control = true},
        {"admin", control_tables, .is_control = true},
        {"events", event_tables},
        {"consistency", consistency_tables},
        {"content", content_tables},
        {"personal", personal_tables},
        {"platform", platform_tables},
        {0},
};
