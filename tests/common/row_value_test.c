/* SPDX-License-Identifier: Apache-2.0 */
/* What the values of each type become, arrays among them. */
#include "sfp/goals.pb-c.h"
#include "sfp/moderation.pb-c.h"
#include "tests/common/handmade.h"

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

SUITE_WITH(handmade_begin, handmade_end, "common/row_value", FORK, T(text_of_every_kind_fills_a_string),
        T(whole_numbers_of_every_width_fill_a_number), T(a_number_too_large_for_its_field_is_refused),
        T(truth_fills_a_bool), T(reals_fill_a_double), T(bytes_fill_bytes),
        T(an_uuid_a_day_a_time_and_json_become_text), T(infinity_is_the_end_of_the_calendar),
        T(an_array_fills_a_repeated_field), T(an_empty_array_leaves_a_field_empty), T(an_array_of_times_is_texts),
        T(an_array_that_a_field_cannot_hold_is_refused), T(a_cut_array_is_refused_and_not_read_behind_its_end))
