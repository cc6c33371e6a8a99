/* SPDX-License-Identifier: Apache-2.0 */
/* One row more than asked for is fetched: if it is there, there is a next page. */
#include "common/page.h"

#include "common/clock.h"
#include "common/cursor.h"
#include "common/field.h"
#include "common/row.h"
#include "common/service.h"

#include <stdlib.h>
#include <string.h>

enum { LIMIT_SMALL = 20, LIMIT_MAX = 50, VALUES_MAX = 32 };

static const struct cursor before_first = {.key = INT64_MAX, .id = "ffffffff-ffff-ffff-ffff-ffffffffffff"};

struct page {
        struct cursor after;
        int limit;
        int offset;
        uint8_t *scope; /* what the cursor is bound to */
        size_t scope_size;
};

static const ProtobufCFieldDescriptor *field_named(const ProtobufCMessage *message, const char *name)
{
        const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
        if (field == NULL)
                abort(); /* a proto of ours without the fields of a list */
        return field;
}

static int number_of(const ProtobufCMessage *in, const char *name)
{
        return *(int32_t *)field_place(in, field_named(in, name));
}

/* Method, caller and every filter: the request without what changes from page to page. A list that is the same for all
 * is kept for all, and its cursors with it. */
static void bind_scope(struct call *call, const ProtobufCMessage *in, struct page *page)
{
        ProtobufCMessage *filters = arena_alloc(call->arena, in->descriptor->sizeof_message);
        memcpy(filters, in, in->descriptor->sizeof_message);
        *(char **)field_place(filters, field_named(in, "cursor")) = NULL;
        field_set_text(filters, "count", NULL);
        *(protobuf_c_boolean *)field_quantifier(filters, field_named(in, "limit")) = 0;
        *(protobuf_c_boolean *)field_quantifier(filters, field_named(in, "offset")) = 0;
        bool is_shared = call->method->rules->cache != NULL && call->method->rules->cache->shared;
        const char *user = call->caller->user_id == NULL || is_shared ? "" : call->caller->user_id;
        size_t method_size = strlen(call->method->name) + 1;
        size_t user_size = strlen(user) + 1;
        page->scope = arena_alloc(call->arena, method_size + user_size + protobuf_c_message_get_packed_size(filters));
        memcpy(page->scope, call->method->name, method_size);
        memcpy(page->scope + method_size, user, user_size);
        page->scope_size =
                method_size + user_size + protobuf_c_message_pack(filters, page->scope + method_size + user_size);
}

static status open_page(struct call *call, const ProtobufCMessage *in, struct page *page)
{
        const char *cursor = *(char **)field_place(in, field_named(in, "cursor"));
        *page = (struct page){
                .after = before_first, .limit = number_of(in, "limit"), .offset = number_of(in, "offset")};
        bind_scope(call, in, page);
        if (cursor == NULL)
                return STATUS_OK;
        if (page->offset > 0)
                return call_problem(call, PROBLEM_BAD_CURSOR, "a cursor and an offset exclude each other");
        if (!cursor_open(call->arena, call->service->cursor_key, page->scope, page->scope_size, cursor,
                    clock_unix_us() / 1000000, &page->after))
                return call_problem(call, PROBLEM_BAD_CURSOR,
                        "the cursor is not one of this list, or has expired: begin again without it");
        return STATUS_OK;
}

/* Two limits and the offsets in use are all there is, so plans are few and each knows its limit. */
static const char *limited(struct call *call, const char *sql, const struct page *page)
{
        int limit = (page->limit <= LIMIT_SMALL ? LIMIT_SMALL : LIMIT_MAX) + 1;
        if (page->offset == 0)
                return arena_printf(call->arena, "%s LIMIT %d", sql, limit);
        return arena_printf(call->arena, "%s LIMIT %d OFFSET %d", sql, limit, page->offset);
}

static int64_t big_endian_i64(const char *bytes)
{
        uint64_t value = 0;
        for (int i = 0; i < 8; i++)
                value = value << 8 | (uint8_t)bytes[i];
        return (int64_t)value;
}

static char *next_cursor(struct call *call, const struct page *page, const PGresult *result, int last)
{
        struct cursor cursor;
        cursor.key = big_endian_i64(PQgetvalue(result, last, PQfnumber(result, "page_key")));
        uuid_format((const uint8_t *)PQgetvalue(result, last, PQfnumber(result, "page_id")), cursor.id);
        return cursor_seal(call->arena, call->service->cursor_key, page->scope, page->scope_size, &cursor,
                clock_unix_us() / 1000000);
}

static void set_has_more(ProtobufCMessage *out, bool has_more)
{
        const ProtobufCFieldDescriptor *field = field_named(out, "has_more");
        *(protobuf_c_boolean *)field_place(out, field) = has_more;
        *(protobuf_c_boolean *)field_quantifier(out, field) = 1;
}

/* The whole list, from its beginning, as far as it is counted. `all` are the values of the page's statement. */
static status count_all(struct call *call, ProtobufCMessage *out, const char *sql, struct db_value *all, int count)
{
        PGresult *result;
        all[0] = db_integer(before_first.key);
        all[1] = db_text(before_first.id);
        const char *counting =
                arena_printf(call->arena, "SELECT count(*) FROM (%s LIMIT %d) AS counted", sql, PAGE_COUNT_MAX + 1);
        TRY(db_run_result(call, &result, counting, all, count));
        int64_t total = big_endian_i64(PQgetvalue(result, 0, 0));
        field_set_text(out, "total_count",
                total > PAGE_COUNT_MAX ? arena_printf(call->arena, "%d+", PAGE_COUNT_MAX)
                                       : arena_printf(call->arena, "%d", (int)total));
        return STATUS_OK;
}

status page_run(struct call *call, const ProtobufCMessage *in, ProtobufCMessage *out, const char *sql,
        const struct db_value *values, int count)
{
        struct page page;
        struct db_value all[VALUES_MAX];
        PGresult *result;
        TRY(open_page(call, in, &page));
        memcpy(all, values, (size_t)count * sizeof *all);
        all[0] = db_integer(page.after.key);
        all[1] = db_text(page.after.id);
        TRY(db_run_result(call, &result, limited(call, sql, &page), all, count));

        int rows = PQntuples(result) < page.limit ? PQntuples(result) : page.limit;
        bool has_more = PQntuples(result) > page.limit;
        TRY(row_read_all(call->arena, result, rows, out, "items"));
        set_has_more(out, has_more);
        if (has_more)
                *(char **)field_place(out, field_named(out, "next_cursor")) =
                        next_cursor(call, &page, result, rows - 1);
        return field_text(in, "count") == NULL ? STATUS_OK : count_all(call, out, sql, all, count);
}
