/* SPDX-License-Identifier: Apache-2.0 */
/* The values of a statement: they go in and come out as they were, or are refused. */
#include "common/uuid.h"
#include "sfp/moderation.pb-c.h"
#include "tests/common/items.h"

TEST(texts_come_back_as_they_were)
{
        static const char *const texts[] = {"", "x", "'; DROP TABLE items; --", "\"quoted\" \\ back\\slash",
                "line\nbreak\ttab", "\u00e9\u20ac\U0001f600", "{a,b}", "NULL", "$1"};
        struct call *call = begin(false);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
                Goals__Share out = GOALS__SHARE__INIT;
                ck_assert_int_eq(db_one(call, &out.base, "SELECT $1::text AS goal_title", texts[i]), STATUS_OK);
                ck_assert_str_eq(out.goal_title, texts[i]);
        }
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(numbers_come_back_as_they_were)
{
        static const int64_t numbers[] = {0, 1, -1, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN};
        static const double reals[] = {0, 0.1, -1e300, 1.0 / 3, 4.9e-324};
        struct call *call = begin(false);
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
                Goals__Share out = GOALS__SHARE__INIT;
                ck_assert_int_eq(db_one(call, &out.base, "SELECT $1::bigint AS version", numbers[i]), STATUS_OK);
                ck_assert_int_eq(out.version, numbers[i]);
        }
        for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
                Moderation__CheckReply out = MODERATION__CHECK_REPLY__INIT;
                ck_assert_int_eq(db_one(call, &out.base, "SELECT $1::float8 AS confidence_score", reals[i]), STATUS_OK);
                ck_assert_double_eq(out.confidence_score, reals[i]);
        }
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(bytes_come_back_as_they_were)
{
        uint8_t bytes[256];
        static const size_t sizes[] = {0, 1, 256};
        for (size_t i = 0; i < sizeof bytes; i++)
                bytes[i] = (uint8_t)i;
        struct call *call = begin(false);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
                Goals__PendingText out = GOALS__PENDING_TEXT__INIT;
                const ProtobufCBinaryData in = {.len = sizes[i], .data = bytes};
                ck_assert_int_eq(db_one(call, &out.base, "SELECT $1::bytea AS sealed", in), STATUS_OK);
                ck_assert(out.has_sealed);
                ck_assert_uint_eq(out.sealed.len, sizes[i]);
                ck_assert_mem_eq(out.sealed.data, bytes, sizes[i]);
        }
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(arrays_come_back_as_they_were)
{
        char *texts[] = {"", "plain", "with, comma", "{brace}", "\"quote\"", "back\\slash", "NULL", "\u20ac", " "};
        enum { COUNT = sizeof texts / sizeof *texts };
        struct call *call = begin(false);
        for (size_t count = 0; count <= COUNT; count++) {
                Goals__Share out = GOALS__SHARE__INIT;
                ck_assert_int_eq(
                        db_one(call, &out.base, "SELECT $1::text[] AS tags", db_texts(count, texts)), STATUS_OK);
                ck_assert_uint_eq(out.n_tags, count);
                for (size_t i = 0; i < count; i++)
                        ck_assert_str_eq(out.tags[i], texts[i]);
        }
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(uuids_come_back_as_they_were)
{
        uint8_t bytes[3][16];
        const uint8_t *uuids[] = {bytes[0], bytes[1], bytes[2]};
        struct call *call = begin(false);
        for (size_t i = 0; i < sizeof bytes; i++)
                bytes[i / 16][i % 16] = (uint8_t)(i * 85);
        for (size_t count = 0; count <= 3; count++) {
                Goals__Share out = GOALS__SHARE__INIT;
                ck_assert_int_eq(
                        db_one(call, &out.base, "SELECT $1::uuid[] AS tags", db_uuids(count, uuids)), STATUS_OK);
                ck_assert_uint_eq(out.n_tags, count);
                for (size_t i = 0; i < count; i++) {
                        char expected[UUID_SIZE];
                        uuid_format(bytes[i], expected);
                        ck_assert_str_eq(out.tags[i], expected);
                }
        }
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(null_goes_in_and_comes_out_as_absent)
{
        Goals__Share in = GOALS__SHARE__INIT, out = GOALS__SHARE__INIT;
        struct call *call = begin(false);
        ck_assert_int_eq(db_one(call, &out.base,
                                 "SELECT $1::text AS goal_title, $2::bigint AS version, $3::int AS likes_count,"
                                 " $1 IS NULL AND $2 IS NULL AND $3 IS NULL AS is_verified_completion",
                                 in.goal_title, DB_OPTIONAL(&in, version), db_null()),
                STATUS_OK);
        ck_assert_ptr_null(out.goal_title);
        ck_assert(!out.has_version && !out.has_likes_count);
        ck_assert(out.is_verified_completion);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(a_value_of_a_wrong_form_is_refused_and_not_a_mistake_of_ours)
{
        Goals__Share out = GOALS__SHARE__INIT;
        struct call *call = begin(false);
        ck_assert_int_eq(db_one(call, &out.base, "SELECT $1::uuid AS id", "no uuid"), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(db_one(call, &out.base, "SELECT $1::text AS id", "\xff"), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        assert_usable();
}
END_TEST

TEST(more_values_than_a_statement_takes_fail_the_call_alone)
{
        struct db_value values[40];
        for (int i = 0; i < 40; i++)
                values[i] = db_integer(i);
        struct call *call = begin(true);
        ck_assert_int_ne(db_run_result(call, NULL, "SELECT 1", values, 40), STATUS_OK);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        assert_usable();
}
END_TEST

SUITE_WITH(items_begin, items_end, "common/db_value", FORK, T(texts_come_back_as_they_were),
        T(numbers_come_back_as_they_were), T(bytes_come_back_as_they_were), T(arrays_come_back_as_they_were),
        T(uuids_come_back_as_they_were), T(null_goes_in_and_comes_out_as_absent),
        T(a_value_of_a_wrong_form_is_refused_and_not_a_mistake_of_ours),
        T(more_values_than_a_statement_takes_fail_the_call_alone))
