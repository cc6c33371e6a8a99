/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of shares. The statement is put together from the filters given, so that each combination has a plan of its
 * own. */
#include "common/buffer.h"
#include "common/field.h"
#include "common/page.h"
#include "common/rpc.h"
#include "common/service.h"
#include "svc-goals/goals_config.h"
#include "svc-goals/identity.h"
#include "svc-goals/pending.h"
#include "svc-goals/share_columns.h"

#include <string.h>

#define SHARE_LIST_RPCS(RPC) RPC(ListShares, list_shares, Goals__ListSharesRequest, Goals__ShareList)
RPC_DECLARE(SHARE_LIST_RPCS)

enum { VALUES_MAX = 16, FIRST_VALUES = 4 /* page key, page id, actor, owner */ };

/* What a text filter of the request adds to WHERE; %d is the place of its value. */
static const struct {
        const char *field;
        const char *condition;
} filters[] = {
        {"goal_category", " AND s.goal_category = $%d"},
        {"user_age_group", " AND s.user_age_group = $%d"},
        {"user_income_range", " AND s.user_income_range = $%d"},
        {"user_location_region", " AND s.user_location_region = $%d"},
        {"tag", " AND s.tags @> ARRAY[$%d::text]"},
        {"q", " AND s.search @@ plainto_tsquery('simple', $%d)"},
};

static const struct {
        const char *name;
        const char *key;
} sorts[] = {
        {"hot", "s.hot_key"},
        {"new", "s.new_key"},
        {"inspiring", "s.inspiring_key"},
        {"completed", "s.completed_key"},
};

/* The filters by what shares say of people: a cell of fewer than MIN_COHORT_SIZE owners is no answer. */
static const char *const cell[] = {"user_age_group", "user_income_range", "user_location_region"};

enum { CELL = sizeof cell / sizeof *cell, CELL_LOOKED_AT = 1000 };

static const char *sort_key(const Goals__ListSharesRequest *in)
{
        for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
                if (strcmp(sorts[i].name, in->sort) == 0)
                        return sorts[i].key;
        return sorts[0].key;
}

static const char *filter_value(const Goals__ListSharesRequest *in, const char *name)
{
        const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field_by_name(in->base.descriptor, name);
        return *(char *const *)field_place(&in->base, field);
}

/* Counts owners, and no further than it must. */
static void add_cell(const struct call *call, const Goals__ListSharesRequest *in, struct buffer *sql,
        struct db_value *values, int *count)
{
        const struct goals_config *config = call->service->config;
        bool is_asked = false;
        for (size_t i = 0; i < CELL; i++)
                is_asked |= filter_value(in, cell[i]) != NULL;
        if (!is_asked)
                return;
        buffer_puts(sql, " AND (SELECT count(DISTINCT w.owner_tag) FROM (SELECT c.id FROM anonymous_goal_shares c"
                         " WHERE c.is_public");
        for (size_t i = 0; i < CELL; i++) {
                const char *value = filter_value(in, cell[i]);
                if (value == NULL)
                        continue;
                values[(*count)++] = db_text(value);
                buffer_printf(sql, " AND c.%s = $%d", cell[i], *count);
        }
        buffer_printf(sql, " LIMIT %d) c JOIN share_owners w ON w.share_id = c.id) >= %lld", CELL_LOOKED_AT,
                (long long)config->min_cohort_size);
}

static void add_filters(const Goals__ListSharesRequest *in, struct buffer *sql, struct db_value *values, int *count)
{
        for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
                const char *value = filter_value(in, filters[i].field);
                if (value == NULL)
                        continue;
                values[(*count)++] = db_text(value);
                buffer_printf(sql, filters[i].condition, *count);
        }
        if (in->has_verified)
                buffer_puts(sql, in->verified ? " AND s.is_verified_completion" : " AND NOT s.is_verified_completion");
}

static const char *write_statement(
        struct call *call, const Goals__ListSharesRequest *in, const char *key, struct db_value *values, int *count)
{
        struct buffer sql = buffer_in(call->arena);
        buffer_printf(&sql,
                "SELECT " SHARE_COLUMNS ", %s AS page_key, s.id AS page_id FROM " SHARE_SOURCE(
                        "$3", "$4") " WHERE (%s, s.id) < ($1::bigint, $2::uuid)",
                key, key);
        buffer_puts(&sql, in->owner == NULL ? " AND s.is_public AND " NOT_BLOCKED_OWNER("$4")
                                            : " AND s.id IN (SELECT share_id FROM share_owners WHERE owner_tag = $4)");
        if (in->owner == NULL && strcmp(in->sort, "completed") == 0)
                buffer_puts(&sql, " AND s.status = 'completed'");
        add_filters(in, &sql, values, count);
        if (in->owner == NULL)
                add_cell(call, in, &sql, values, count);
        buffer_printf(&sql, " ORDER BY %s DESC, s.id DESC", key);
        return buffer_text(&sql);
}

static status list_shares(struct call *call, const Goals__ListSharesRequest *in, Goals__ShareList *out)
{
        struct db_value values[VALUES_MAX] = {
                [2] = db_bytes(identity_actor(call)), [3] = db_bytes(identity_owner(call))};
        int count = FIRST_VALUES;
        const char *key = in->owner == NULL ? sort_key(in) : "s.new_key";
        const char *sql = write_statement(call, in, key, values, &count);
        TRY(page_run(call, &in->base, &out->base, sql, values, count));
        return pending_show(call, out->n_items, out->items);
}

RPC_TABLE(share_list_rpcs, SHARE_LIST_RPCS);
