/* SPDX-License-Identifier: Apache-2.0 */
/* Which columns fill which fields of a message, which are refused, and lists of rows. */
#include "sfp/goals.pb-c.h"
#include "sfp/moderation.pb-c.h"
#include "tests/common/handmade.h"

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

TEST(all_rows_fill_a_list)
{
        static const struct column columns[] = {{"goal_title", TEXT, "a", 1}, {"viewer.liked", BOOL, "\1", 1}};
        Goals__ShareList list = GOALS__SHARE_LIST__INIT;
        ck_assert_int_eq(row_read_all(handmade.arena, result_of(columns, 2, 3), 3, &list.base, "items"), STATUS_OK);
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
        ck_assert_int_eq(row_read_all(handmade.arena, result_of(&column, 1, 0), 0, &list.base, "items"), STATUS_OK);
        ck_assert_uint_eq(list.n_items, 0);
}
END_TEST

TEST(a_list_needs_a_repeated_message)
{
        static const struct column column = {"goal_title", TEXT, "a", 1};
        Goals__ShareList list = GOALS__SHARE_LIST__INIT;
        Goals__Share share = GOALS__SHARE__INIT;
        const PGresult *result = result_of(&column, 1, 1);
        ck_assert_int_eq(row_read_all(handmade.arena, result, 1, &list.base, "no_such_field"), STATUS_INTERNAL);
        ck_assert_int_eq(row_read_all(handmade.arena, result, 1, &list.base, "next_cursor"), STATUS_INTERNAL);
        ck_assert_int_eq(row_read_all(handmade.arena, result, 1, &share.base, "tags"), STATUS_INTERNAL);
        ck_assert_int_eq(row_read_all(handmade.arena, result, 1, &share.base, "viewer"), STATUS_INTERNAL);
}
END_TEST

SUITE_WITH(handmade_begin, handmade_end, "common/row", FORK, T(null_leaves_a_field_absent), T(a_dot_fills_a_part),
        T(a_column_without_a_field_is_refused), T(a_column_of_another_type_than_its_field_is_refused),
        T(a_value_of_another_size_than_its_type_is_refused), T(the_columns_of_a_page_are_passed_over),
        T(more_columns_than_a_row_can_have_are_refused), T(all_rows_fill_a_list), T(no_rows_are_an_empty_list),
        T(a_list_needs_a_repeated_message))
