/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of topics. The statement is put together from the filters given, so that each combination has a plan of its
 * own. */
#include "common/buffer.h"
#include "common/field.h"
#include "common/page.h"
#include "common/rpc.h"
#include "sfp/forum.pb-c.h"
#include "svc-forum/topic_columns.h"
#include "svc-forum/viewer.h"

#include <string.h>

#define TOPIC_LIST_RPCS(RPC) RPC(ListTopics, list_topics, Forum__ListTopicsRequest, Forum__TopicList)
RPC_DECLARE(TOPIC_LIST_RPCS)

enum { VALUES_MAX = 16, FIRST_VALUES = 4 /* page key, page id, viewer, is moderator */ };

/* What a text filter of the request adds to WHERE; %d is the place of its value. */
static const struct {
        const char *field;
        const char *condition;
} conditions[] = {
        {"category_id", " AND t.category_id = $%d"},
        {"post_type", " AND t.post_type = $%d"},
        {"status", " AND t.status = $%d"},
        {"tag", " AND t.tags @> ARRAY[$%d::text]"},
};

/* What the word of `filter` adds. Whoever mutes a topic does not care what is new in it. */
static const struct {
        const char *name;
        const char *condition;
} filters[] = {
        {"unread",
                " AND t.last_post_number > coalesce(r.last_read_post_number, 0) AND r.level IS DISTINCT FROM 'muted'"},
        {"unanswered", " AND t.post_type = 'question' AND NOT t.is_solved AND t.posts_count = 0"},
        {"watching",
                " AND t.id IN (SELECT topic_id FROM topic_readers WHERE user_id = $3::text::uuid AND level = 'watching')"},
        {"mine", " AND t.created_by_user_id = $3::text::uuid AND t.status NOT IN ('deleted', 'removed')"},
};

static const struct {
        const char *name;
        const char *key;
} sorts[] = {
        {"hot", "t.hot_key"},
        {"new", "t.new_key"},
        {"active", "t.active_key"},
        {"top", "t.top_key"},
        {"controversial", "t.controversial_key"},
};

static const char *sort_key(const char *name)
{
        for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
                if (strcmp(sorts[i].name, name) == 0)
                        return sorts[i].key;
        return sorts[0].key;
}

static bool is_mine(const Forum__ListTopicsRequest *in)
{
        return in->filter != NULL && strcmp(in->filter, "mine") == 0;
}

static void add_filters(const Forum__ListTopicsRequest *in, struct buffer *sql, struct db_value *values, int *count)
{
        for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
                const char *value = field_text(&in->base, conditions[i].field);
                if (value == NULL)
                        continue;
                values[(*count)++] = db_text(value);
                buffer_printf(sql, conditions[i].condition, *count);
        }
        for (size_t i = 0; in->filter != NULL && i < sizeof filters / sizeof *filters; i++)
                if (strcmp(filters[i].name, in->filter) == 0)
                        buffer_puts(sql, filters[i].condition);
        if (in->has_solved)
                buffer_puts(sql, in->solved ? " AND t.is_solved" : " AND NOT t.is_solved");
}

static const char *write_statement(
        struct call *call, const Forum__ListTopicsRequest *in, struct db_value *values, int *count)
{
        struct buffer sql = buffer_in(call->arena);
        const char *key = sort_key(in->sort);
        buffer_printf(&sql,
                "SELECT " TOPIC_COLUMNS ", " IS_TOPIC_OWNER("$3") " AS \"viewer.is_owner\", " IS_TOPIC_MODERATOR("$3",
                        "$4") " AS \"viewer.is_moderator\", %s AS page_key, t.id AS page_id FROM forum_topics t" READER_JOIN("$3") " WHERE (%s, t.id) < ($1::bigint, $2::uuid)",
                key, key);
        if (!is_mine(in))
                buffer_puts(&sql, " AND t.is_listed AND " NOT_BLOCKED("$3", "t.created_by_user_id"));
        add_filters(in, &sql, values, count);
        buffer_printf(&sql, " ORDER BY %s DESC, t.id DESC", key);
        return buffer_text(&sql);
}

static status list_topics(struct call *call, const Forum__ListTopicsRequest *in, Forum__TopicList *out)
{
        struct db_value values[VALUES_MAX] = {
                [2] = db_text(call->caller->user_id), [3] = db_integer(call_is_moderator(call))};
        int count = FIRST_VALUES;
        const char *sql = write_statement(call, in, values, &count);
        return page_run(call, &in->base, &out->base, sql, values, count);
}

RPC_TABLE(topic_list_rpcs, TOPIC_LIST_RPCS);
