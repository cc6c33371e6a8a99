/* SPDX-License-Identifier: Apache-2.0 */
/* Rows made by hand, in the binary format, so that no server is needed. */
#include "common/row.h"
#include "sfp/goals.pb-c.h"
#include "sfp/moderation.pb-c.h"
#include "tests/suite.h"

#include <stdbool.h>
#include <string.h>

enum {
        BOOL = 16,
        BYTEA = 17,
        NAME = 19,
        INT8 = 20,
        INT2 = 21,
        INT4 = 23,
        TEXT = 25,
        FLOAT4 = 700,
        FLOAT8 = 701,
        BPCHAR = 1042,
        VARCHAR = 1043,
        DATE = 1082,
        TIMESTAMPTZ = 1184,
        INTERVAL = 1186,
        NUMERIC = 1700,
        UUID = 2950,
        JSONB = 3802,
        TEXTS = 1009,
        INT4S = 1007
};

struct column {
        char *name;
        Oid type;
        const char *bytes; /* NULL: SQL NULL */
        int size;
};

static struct arena *arena;

static void set_up(void)
{
        arena = arena_new(0);
}

static void tear_down(void)
{
        arena_free(arena);
}

static void clear_result(void *result)
{
        PQclear(result);
}

/* A result of `rows` rows, all alike. libpq copies values into blocks of its own, where a sanitizer does not see reads
 * behind them: read_exact does. */
static PGresult *result_of(const struct column *columns, int count, int rows)
{
        PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
        PGresAttDesc attributes[80];
        memset(attributes, 0, sizeof attributes);
        for (int c = 0; c < count; c++)
                attributes[c] = (PGresAttDesc){.name = columns[c].name, .format = 1, .typid = columns[c].type};
        ck_assert_int_eq(PQsetResultAttrs(result, count, attributes), 1);
        for (int row = 0; row < rows; row++)
                for (int c = 0; c < count; c++)
                        ck_assert_int_eq(PQsetvalue(result, row, c, (char *)(size_t)columns[c].bytes,
                                                 columns[c].bytes == NULL ? -1 : columns[c].size),
                                1);
        arena_defer(arena, clear_result, result);
        return result;
}

static status read_row(const struct column *columns, int count, ProtobufCMessage *out)
{
        return row_read(arena, result_of(columns, count, 1), 0, out);
}

static status read_one(struct column column, ProtobufCMessage *out)
{
        return read_row(&column, 1, out);
}

#define READ_ONE(out, ...) read_one((struct column){__VA_ARGS__}, &(out)->base)

TEST(text_of_every_kind_fills_a_string)
{
        static const int types[] = {TEXT, NAME, VARCHAR, BPCHAR};
        for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
                Goals__Share out = GOALS__SHARE__INIT;
                ck_assert_int_eq(READ_ONE(&out, "goal_title", (Oid)types[i], "a title", 7), STATUS_OK);
                ck_assert_str_eq(out.goal_title, "a title");
        }
}
END_TEST

TEST(whole_numbers_of_every_width_fill_a_number)
{
        static const struct {
                int type, size;
                const char *bytes;
                int64_t value;
        } rows[] = {{INT2, 2, "\xff\xfe", -2}, {INT2, 2, "\x7f\xff", 32767}, {INT4, 4, "\xff\xff\xff\xfe", -2},
                {INT4, 4, "\x7f\xff\xff\xff", INT32_MAX}, {INT8, 8, "\xff\xff\xff\xff\xff\xff\xff\xfe", -2}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                Goals__Share out = GOALS__SHARE__INIT;
                ck_assert_int_eq(READ_ONE(&out, "version", (Oid)rows[i].type, rows[i].bytes, rows[i].size), STATUS_OK);
                ck_assert_int_eq(out.has_version, 1);
                ck_assert_int_eq(out.version, rows[i].value);
                ck_assert_int_eq(
                        READ_ONE(&out, "likes_count", (Oid)rows[i].type, rows[i].bytes, rows[i].size), STATUS_OK);
                ck_assert_int_eq(out.has_likes_count, 1);
                ck_assert_int_eq(out.likes_count, rows[i].value);
        }
        Goals__Share out = GOALS__SHARE__INIT;
        ck_assert_int_eq(READ_ONE(&out, "version", INT8, "\x7f\xff\xff\xff\xff\xff\xff\xff", 8), STATUS_OK);
        ck_assert_int_eq(out.version, INT64_MAX);
}
END_TEST

TEST(a_number_too_large_for_its_field_is_refused)
{
        Goals__Share share = GOALS__SHARE__INIT;
        Moderation__Span span = MODERATION__SPAN__INIT;
        ck_assert_int_eq(READ_ONE(&share, "likes_count", INT8, "\0\0\0\1\0\0\0\1", 8), STATUS_INTERNAL);
        ck_assert_int_eq(READ_ONE(&share, "likes_count", INT8, "\0\0\0\0\x80\0\0\0", 8), STATUS_INTERNAL);
        ck_assert_int_eq(READ_ONE(&span, "start", INT4, "\xff\xff\xff\xff", 4), STATUS_INTERNAL);
        ck_assert_int_eq(READ_ONE(&span, "start", INT8, "\0\0\0\0\xff\xff\xff\xff", 8), STATUS_OK);
        ck_assert_uint_eq(span.start, UINT32_MAX);
}
END_TEST

TEST(truth_fills_a_bool)
{
        Goals__Share out = GOALS__SHARE__INIT;
        ck_assert_int_eq(READ_ONE(&out, "is_verified_completion", BOOL, "\1", 1), STATUS_OK);
        ck_assert(out.has_is_verified_completion && out.is_verified_completion);
        ck_assert_int_eq(READ_ONE(&out, "is_verified_completion", BOOL, "\0", 1), STATUS_OK);
        ck_assert(out.has_is_verified_completion && !out.is_verified_completion);
}
END_TEST

TEST(reals_fill_a_double)
{
        Moderation__CheckReply out = MODERATION__CHECK_REPLY__INIT;
        ck_assert_int_eq(READ_ONE(&out, "confidence_score", FLOAT8, "\x3f\xd0\0\0\0\0\0\0", 8), STATUS_OK);
        ck_assert(out.has_confidence_score);
        ck_assert_double_eq(out.confidence_score, 0.25);
        ck_assert_int_eq(READ_ONE(&out, "confidence_score", FLOAT4, "\xbf\0\0\0", 4), STATUS_OK);
        ck_assert_double_eq(out.confidence_score, -0.5);
        ck_assert_int_eq(READ_ONE(&out, "confidence_score", INT4, "\0\0\0\7", 4), STATUS_OK);
        ck_assert_double_eq(out.confidence_score, 7);
}
END_TEST

TEST(bytes_fill_bytes)
{
        Goals__PendingText out = GOALS__PENDING_TEXT__INIT;
        ck_assert_int_eq(READ_ONE(&out, "sealed", BYTEA, "a\0b", 3), STATUS_OK);
        ck_assert(out.has_sealed);
        ck_assert_uint_eq(out.sealed.len, 3);
        ck_assert_mem_eq(out.sealed.data, "a\0b", 3);
        ck_assert_int_eq(READ_ONE(&out, "sealed", BYTEA, "", 0), STATUS_OK);
        ck_assert_uint_eq(out.sealed.len, 0);
}
END_TEST

TEST(an_uuid_a_day_a_time_and_json_become_text)
{
        Goals__Share out = GOALS__SHARE__INIT;
        ck_assert_int_eq(
                READ_ONE(&out, "id", UUID, "\x8d\x7f\x2f\x8e\x0b\x1c\x4a\x57\x9c\x0a\x0f\x6b\x5d\x3f\x2a\x11", 16),
                STATUS_OK);
        ck_assert_str_eq(out.id, "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11");
        ck_assert_int_eq(READ_ONE(&out, "published_on", DATE, "\0\0\0\x3b", 4), STATUS_OK);
        ck_assert_str_eq(out.published_on, "2000-02-29");
        ck_assert_int_eq(READ_ONE(&out, "published_on", DATE, "\xff\xff\xff\xff", 4), STATUS_OK);
        ck_assert_str_eq(out.published_on, "1999-12-31");
        ck_assert_int_eq(READ_ONE(&out, "status", TIMESTAMPTZ, "\0\0\0\0\0\0\0\1", 8), STATUS_OK);
        ck_assert_str_eq(out.status, "2000-01-01T00:00:00.000001Z");
        ck_assert_int_eq(READ_ONE(&out, "goal_title", JSONB, "\1{\"a\": 1}", 9), STATUS_OK);
        ck_assert_str_eq(out.goal_title, "{\"a\": 1}");
}
END_TEST

TEST(infinity_is_the_end_of_the_calendar)
{
        Goals__Share out = GOALS__SHARE__INIT;
        ck_assert_int_eq(READ_ONE(&out, "status", TIMESTAMPTZ, "\x7f\xff\xff\xff\xff\xff\xff\xff", 8), STATUS_OK);
        ck_assert_str_eq(out.status, "9999-12-31T23:59:59.999999Z");
        ck_assert_int_eq(READ_ONE(&out, "status", TIMESTAMPTZ, "\x80\0\0\0\0\0\0\0", 8), STATUS_OK);
        ck_assert_str_eq(out.status, "0000-01-01T00:00:00Z");
        ck_assert_int_eq(READ_ONE(&out, "published_on", DATE, "\x7f\xff\xff\xff", 4), STATUS_OK);
        ck_assert_str_eq(out.published_on, "9999-12-31");
        ck_assert_int_eq(READ_ONE(&out, "published_on", DATE, "\x80\0\0\0", 4), STATUS_OK);
        ck_assert_str_eq(out.published_on, "0000-01-01");
}
END_TEST

TEST(null_leaves_a_field_absent)
{
        static const struct column columns[] = {{"goal_title", TEXT, NULL, 0}, {"likes_count", INT4, NULL, 0},
                {"tags", TEXTS, NULL, 0}, {"viewer.liked", BOOL, NULL, 0}};
        Goals__Share out = GOALS__SHARE__INIT;
        ck_assert_int_eq(read_row(columns, 4, &out.base), STATUS_OK);
        ck_assert_ptr_null(out.goal_title);
        ck_assert(!out.has_likes_count);
        ck_assert_uint_eq(out.n_tags, 0);
        ck_assert_ptr_null(out.viewer);
}
END_TEST

TEST(a_dot_fills_a_part)
{
        static const struct column columns[] = {{"viewer.liked", BOOL, "\1", 1}, {"goal_title", TEXT, "a", 1},
                {"viewer.is_owner", BOOL, "\0", 1}, {"viewer.inspired", BOOL, NULL, 0}};
        Goals__Share out = GOALS__SHARE__INIT;
        ck_assert_int_eq(read_row(columns, 4, &out.base), STATUS_OK);
        ck_assert_ptr_nonnull(out.viewer);
        ck_assert(out.viewer->has_liked && out.viewer->liked);
        ck_assert(out.viewer->has_is_owner && !out.viewer->is_owner);
        ck_assert(!out.viewer->has_inspired);
        ck_assert_str_eq(out.goal_title, "a");
}
END_TEST

TEST(a_column_without_a_field_is_refused)
{
        static char *const names[] = {"no_such_field", "viewer.no_such_field", "no_such_part.liked", "goal_title.x",
                "tags.x", "viewer", ".liked", "viewer.", "",
                "a_part_with_a_name_of_more_than_sixty_four_characters_that_no_message_has.liked"};
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
                Goals__Share out = GOALS__SHARE__INIT;
                ck_assert_msg(READ_ONE(&out, names[i], TEXT, "a", 1) == STATUS_INTERNAL, "%s", names[i]);
        }
}
END_TEST

TEST(a_column_of_another_type_than_its_field_is_refused)
{
        static const struct column bad[] = {{"goal_title", INT4, "\0\0\0\1", 4}, {"goal_title", BYTEA, "a", 1},
                {"likes_count", TEXT, "1", 1}, {"likes_count", FLOAT8, "\0\0\0\0\0\0\0\0", 8},
                {"is_verified_completion", TEXT, "t", 1}, {"goal_title", NUMERIC, "\0\0\0\0\0\0\0\0", 8},
                {"goal_title", INTERVAL, "\0\0\0\0\0\0\0\0", 8}, {"tags", TEXT, "{a,b}", 5}};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                Goals__Share out = GOALS__SHARE__INIT;
                ck_assert_msg(read_one(bad[i], &out.base) == STATUS_INTERNAL, "%zu", i);
        }
}
END_TEST

TEST(the_columns_of_a_page_are_passed_over)
{
        static const struct column columns[] = {
                {"page_key", INT8, "\0\0\0\0\0\0\0\1", 8}, {"goal_title", TEXT, "a", 1}};
        Goals__Share out = GOALS__SHARE__INIT;
        ck_assert_int_eq(read_row(columns, 2, &out.base), STATUS_OK);
        ck_assert_str_eq(out.goal_title, "a");
}
END_TEST

TEST(more_columns_than_a_row_can_have_are_refused)
{
        struct column columns[65];
        for (int i = 0; i < 65; i++)
                columns[i] = (struct column){"goal_title", TEXT, "a", 1};
        Goals__Share out = GOALS__SHARE__INIT;
        ck_assert_int_eq(read_row(columns, 64, &out.base), STATUS_OK);
        ck_assert_int_eq(read_row(columns, 65, &out.base), STATUS_INTERNAL);
}
END_TEST

#define HEAD(dimensions, type, count) dimensions "\0\0\0\0" type count "\0\0\0\1"
#define ONE                           "\0\0\0\1"
#define TEXT_OID                      "\0\0\0\x19"
static const char two_tags[] = HEAD(ONE, TEXT_OID, "\0\0\0\2") "\0\0\0\3one"
                                                               "\0\0\0\5three";
enum { TWO_TAGS_SIZE = sizeof two_tags - 1 };

TEST(an_array_fills_a_repeated_field)
{
        Goals__Share out = GOALS__SHARE__INIT;
        ck_assert_int_eq(READ_ONE(&out, "tags", TEXTS, two_tags, TWO_TAGS_SIZE), STATUS_OK);
        ck_assert_uint_eq(out.n_tags, 2);
        ck_assert_str_eq(out.tags[0], "one");
        ck_assert_str_eq(out.tags[1], "three");
}
END_TEST

TEST(an_empty_array_leaves_a_field_empty)
{
        Goals__Share out = GOALS__SHARE__INIT;
        ck_assert_int_eq(READ_ONE(&out, "tags", TEXTS, "\0\0\0\0\0\0\0\0" TEXT_OID, 12), STATUS_OK);
        ck_assert_uint_eq(out.n_tags, 0);
}
END_TEST

TEST(an_array_of_times_is_texts)
{
        static const char bytes[] = HEAD(ONE, "\0\0\4\xa0", ONE) "\0\0\0\10\0\0\0\0\0\0\0\0";
        Goals__Share out = GOALS__SHARE__INIT;
        ck_assert_int_eq(READ_ONE(&out, "tags", 1185, bytes, sizeof bytes - 1), STATUS_OK);
        ck_assert_uint_eq(out.n_tags, 1);
        ck_assert_str_eq(out.tags[0], "2000-01-01T00:00:00Z");
}
END_TEST

TEST(an_array_that_a_field_cannot_hold_is_refused)
{
        static const struct {
                const char *bytes;
                int size;
        } bad[] = {
                {HEAD(ONE, TEXT_OID, ONE) "\xff\xff\xff\xff", 24},                 /* a NULL in it */
                {HEAD("\0\0\0\2", TEXT_OID, ONE) "\0\0\0\1\0\0\0\1\0\0\0\1a", 33}, /* two dimensions */
                {HEAD(ONE, "\0\0\0\x17", ONE) "\0\0\0\4\0\0\0\7", 28},             /* of numbers */
                {HEAD(ONE, "\0\0\6\xa4", ONE) "\0\0\0\0", 24},                     /* of an unknown type */
                {HEAD(ONE, TEXT_OID, "\x7f\xff\xff\xff") "\0\0\0\1a", 25},         /* a count without elements */
                {HEAD(ONE, TEXT_OID, "\xff\xff\xff\xff") "\0\0\0\1a", 25},
                {HEAD(ONE, TEXT_OID, ONE) "\x7f\xff\xff\xff"
                                          "a",
                        25}, /* an element without bytes */
                {HEAD(ONE, TEXT_OID, ONE) "\0\0\0\2a", 25},
                {HEAD(ONE, TEXT_OID, ONE) "\0\0\0\1ab", 26}, /* bytes behind it */
        };
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                Goals__Share out = GOALS__SHARE__INIT;
                ck_assert_msg(READ_ONE(&out, "tags", TEXTS, bad[i].bytes, bad[i].size) == STATUS_INTERNAL, "%zu", i);
                ck_assert_uint_eq(out.n_tags, 0);
        }
}
END_TEST

TEST(a_cut_array_is_refused_and_not_read_behind_its_end)
{
        for (int size = 0; size < TWO_TAGS_SIZE; size++) {
                Goals__Share out = GOALS__SHARE__INIT;
                ck_assert_msg(READ_ONE(&out, "tags", TEXTS, two_tags, size) == STATUS_INTERNAL, "%d", size);
                ck_assert_uint_eq(out.n_tags, 0);
        }
}
END_TEST

TEST(a_value_of_another_size_than_its_type_is_refused)
{
        static const struct column bad[] = {{"is_verified_completion", BOOL, "", 0}, {"likes_count", INT4, "\0\0\1", 3},
                {"version", INT8, "\0\0\0\0\0\0\0\0\1", 9}, {"version", INT8, "", 0}, {"id", UUID, "too short", 9},
                {"id", UUID, "", 0}, {"published_on", DATE, "\0", 1}, {"status", TIMESTAMPTZ, "\0\0\0\1", 4},
                {"goal_title", JSONB, "", 0}};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                Goals__Share out = GOALS__SHARE__INIT;
                ck_assert_msg(read_one(bad[i], &out.base) == STATUS_INTERNAL, "%zu", i);
        }
        Moderation__CheckReply out = MODERATION__CHECK_REPLY__INIT;
        ck_assert_int_eq(READ_ONE(&out, "confidence_score", FLOAT8, "\0\0\0\0", 4), STATUS_INTERNAL);
}
END_TEST

TEST(all_rows_fill_a_list)
{
        static const struct column columns[] = {{"goal_title", TEXT, "a", 1}, {"viewer.liked", BOOL, "\1", 1}};
        Goals__ShareList list = GOALS__SHARE_LIST__INIT;
        ck_assert_int_eq(row_read_all(arena, result_of(columns, 2, 3), 3, &list.base, "items"), STATUS_OK);
        ck_assert_uint_eq(list.n_items, 3);
        for (size_t i = 0; i < 3; i++) {
                ck_assert_str_eq(list.items[i]->goal_title, "a");
                ck_assert(list.items[i]->viewer->liked);
        }
        ck_assert_ptr_ne(list.items[0]->viewer, list.items[1]->viewer);
}
END_TEST

TEST(no_rows_are_an_empty_list)
{
        static const struct column column = {"goal_title", TEXT, "a", 1};
        Goals__ShareList list = GOALS__SHARE_LIST__INIT;
        ck_assert_int_eq(row_read_all(arena, result_of(&column, 1, 0), 0, &list.base, "items"), STATUS_OK);
        ck_assert_uint_eq(list.n_items, 0);
}
END_TEST

TEST(a_list_needs_a_repeated_message)
{
        static const struct column column = {"goal_title", TEXT, "a", 1};
        Goals__ShareList list = GOALS__SHARE_LIST__INIT;
        Goals__Share share = GOALS__SHARE__INIT;
        const PGresult *result = result_of(&column, 1, 1);
        ck_assert_int_eq(row_read_all(arena, result, 1, &list.base, "no_such_field"), STATUS_INTERNAL);
        ck_assert_int_eq(row_read_all(arena, result, 1, &list.base, "next_cursor"), STATUS_INTERNAL);
        ck_assert_int_eq(row_read_all(arena, result, 1, &share.base, "tags"), STATUS_INTERNAL);
        ck_assert_int_eq(row_read_all(arena, result, 1, &share.base, "viewer"), STATUS_INTERNAL);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/row", FORK, T(text_of_every_kind_fills_a_string),
        T(whole_numbers_of_every_width_fill_a_number), T(a_number_too_large_for_its_field_is_refused),
        T(truth_fills_a_bool), T(reals_fill_a_double), T(bytes_fill_bytes),
        T(an_uuid_a_day_a_time_and_json_become_text), T(infinity_is_the_end_of_the_calendar),
        T(null_leaves_a_field_absent), T(a_dot_fills_a_part), T(a_column_without_a_field_is_refused),
        T(a_column_of_another_type_than_its_field_is_refused), T(the_columns_of_a_page_are_passed_over),
        T(more_columns_than_a_row_can_have_are_refused), T(an_array_fills_a_repeated_field),
        T(an_empty_array_leaves_a_field_empty), T(an_array_of_times_is_texts),
        T(an_array_that_a_field_cannot_hold_is_refused), T(a_cut_array_is_refused_and_not_read_behind_its_end),
        T(a_value_of_another_size_than_its_type_is_refused), T(all_rows_fill_a_list), T(no_rows_are_an_empty_list),
        T(a_list_needs_a_repeated_message))
