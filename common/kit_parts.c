/* SPDX-License-Identifier: Apache-2.0 */
#include "common/kit_parts.h"

#include <string.h>

extern const struct rpc event_rpcs[];

static const struct rpc *const event_tables[] = {event_rpcs, NULL};

const struct kit_part kit_parts[] = {
        {"events", event_tables},
        {0},
};

const struct rpc *const *kit_part_tables(const char *package)
{
        for (const struct kit_part *part = kit_parts; part->package != NULL; part++)
                if (strcmp(part->package, package) == 0)
                        return part->tables;
        return NULL;
}
