/* SPDX-License-Identifier: Apache-2.0 */
#include "common/kit_parts.h"

#include <string.h>

const struct kit_part kit_parts[] = {
        {0},
};

const struct rpc *const *kit_part_tables(const char *package)
{
        for (const struct kit_part *part = kit_parts; part->package != NULL; part++)
                if (strcmp(part->package, package) == 0)
                        return part->tables;
        return NULL;
}
