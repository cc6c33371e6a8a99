/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of groups. Each combination of filters is a statement of its own, with a plan of its own. */
#include "common/buffer.h"
#include "common/page.h"
#include "common/rpc.h"
#include "sfp/groups.pb-c.h"
#include "svc-groups/group_columns.h"

#define GROUP_LIST_RPCS(RPC) RPC(ListGroups, list_groups, Groups__ListGroupsRequest, Groups__GroupList)
RPC_DECLARE(GROUP_LIST_RPCS)

enum { VALUES_MAX = 8, FIRST_VALUES = 3 /* page key, page id, caller */ };

static const char SQL_LIST[] = "SELECT " GROUP_COLUMNS ", g.new_key AS page_key, g.id AS page_id FROM " GROUP_SOURCE(
        "$3") FOUNDER_JOIN " WHERE (g.new_key, g.id) < ($1::bigint, $2::uuid)";
static const char IS_MINE[] = " AND p.id IS NOT NULL";
static const char IS_LISTED[] = " AND g.status IN ('open', 'active', 'reached') AND " GROUP_IS_LISTED("$3");

static void add_filter(
        struct buffer *sql, const char *condition, const char *value, struct db_value *values, int *count)
{
        if (value == NULL)
                return;
        values[(*count)++] = db_text(value);
        buffer_printf(sql, condition, *count);
}

static status list_groups(struct call *call, const Groups__ListGroupsRequest *in, Groups__GroupList *out)
{
        struct db_value values[VALUES_MAX] = {[2] = db_text(call->caller->user_id)};
        int count = FIRST_VALUES;
        struct buffer sql = buffer_in(call->arena);
        buffer_puts(&sql, SQL_LIST);
        buffer_puts(&sql, in->mine ? IS_MINE : IS_LISTED);
        add_filter(&sql, " AND g.goal_type = $%d", in->goal_type, values, &count);
        add_filter(&sql, " AND g.status = $%d", in->status, values, &count);
        buffer_puts(&sql, " ORDER BY g.new_key DESC, g.id DESC");
        return page_run(call, &in->base, &out->base, buffer_text(&sql), values, count);
}

RPC_TABLE(group_list_rpcs, GROUP_LIST_RPCS);
