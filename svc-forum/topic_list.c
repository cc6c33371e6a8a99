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

/* What a word of the request adds to WHERE. The word itself stands there, so that the plan knows how many such topics
 * there are. Whoever mutes a topic does not care what is new in it. */
static const struct {
        const char *field;
        const char *word;
        const char *condition;
} words[] = {
        {"post_type", "question", " AND t.post_type = 'question'"},
        {"post_type", "discussion", " AND t.post_type = 'discussion'"},
        {"post_type", "tip", " AND t.post_type = 'tip'"},
        {"post_type", "success_story", " AND t.post_type = 'success_story'"},
        {"post_type", "poll", " AND t.post_type = 'poll'"},
        {"status", "open", " AND t.status = 'open'"},
        {"status", "closed", " AND t.status = 'closed'"},
        {"status", "locked", " AND t.status = 'locked'"},
        {"status", "archived", " AND t.status = 'archived'"},
        {"filter", "unread",
                " AND (r.level IS NULL OR (r.level <> 'muted' AND t.last_post_number > r.last_read_post_number))"},
        {"filter", "unanswered", " AND t.post_type = 'question' AND NOT t.is_solved AND t.posts_count = 0"},
        {"filter", "watching",
                " AND t.id = ANY (ARRAY(SELECT topic_id FROM topic_readers WHERE user_id = $3::text::uuid AND level = 'watching'))"},
        {"filter", "mine", " AND t.created_by_user_id = $3::text::uuid AND t.status NOT IN ('deleted', 'removed')"},
};

/* Where topics are looked for. A tag may be everybody's or one topic's, which no plan knows before: first it is looked
 * for among those that come next in order; when they do not fill the page it is rare, and all that have it are put in
 * order. */
static const char ANYWHERE[] = "forum_topics t";
#define NEARBY                                                                                                         \
        "(SELECT * FROM forum_topics t WHERE t.is_listed AND (%s, t.id) < ($1::bigint, $2::uuid)"                      \
        " ORDER BY %s DESC, t.id DESC LIMIT 2000) t"
static const char BY_TAG[] = "(SELECT * FROM forum_topics WHERE is_listed AND tags @> ARRAY[$5::text] OFFSET 0) t";

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

/* The tag's value is the first: BY_TAG knows its place. */
static void add_filters(const Forum__ListTopicsRequest *in, struct buffer *sql, struct db_value *values, int *count)
{
        if (in->tag != NULL) {
                values[(*count)++] = db_text(in->tag);
                buffer_printf(sql, " AND $%d::text = ANY (t.tags)", *count);
        }
        if (in->category_id != NULL) {
                values[(*count)++] = db_text(in->category_id);
                buffer_printf(sql, " AND t.category_id = $%d", *count);
        }
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
                const char *word = field_text(&in->base, words[i].field);
                if (word != NULL && strcmp(word, words[i].word) == 0)
                        buffer_puts(sql, words[i].condition);
        }
        if (in->has_solved)
                buffer_puts(sql, in->solved ? " AND t.is_solved" : " AND NOT t.is_solved");
}

static status list_from(
        struct call *call, const Forum__ListTopicsRequest *in, Forum__TopicList *out, const char *source)
{
        struct db_value values[VALUES_MAX] = {
                [2] = db_text(call->caller->user_id), [3] = db_integer(call_is_moderator(call))};
        int count = FIRST_VALUES;
        struct buffer sql = buffer_in(call->arena);
        const char *key = sort_key(in->sort);
        buffer_printf(&sql,
                "SELECT " TOPIC_COLUMNS ", " IS_TOPIC_OWNER("$3") " AS \"viewer.is_owner\", " IS_TOPIC_MODERATOR("$3",
                        "$4") " AS \"viewer.is_moderator\", %s AS page_key, t.id AS page_id FROM %s" READER_JOIN("$3") " WHERE (%s, t.id) < ($1::bigint, $2::uuid)",
                key, source, key);
        if (!is_mine(in))
                buffer_puts(&sql, " AND t.is_listed AND " NOT_BLOCKED("$3", "t.created_by_user_id"));
        add_filters(in, &sql, values, &count);
        buffer_printf(&sql, " ORDER BY %s DESC, t.id DESC", key);
        return page_run(call, &in->base, &out->base, buffer_text(&sql), values, count);
}

static status list_topics(struct call *call, const Forum__ListTopicsRequest *in, Forum__TopicList *out)
{
        const char *key = sort_key(in->sort);
        if (in->tag == NULL || is_mine(in))
                return list_from(call, in, out, ANYWHERE);
        TRY(list_from(call, in, out, arena_printf(call->arena, NEARBY, key, key)));
        if (out->has_more)
                return STATUS_OK;
        forum__topic_list__init(out);
        return list_from(call, in, out, BY_TAG);
}

RPC_TABLE(topic_list_rpcs, TOPIC_LIST_RPCS);
