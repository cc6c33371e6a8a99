/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/fields.h"
#include "sfp/goals.pb-c.h"
#include "tests/suite.h"

#include <string.h>

static struct arena *arena;
static struct schema *schema;
static char bad[FIELDS_PATH_SIZE];

static void set_up(void)
{
        arena = arena_new(0);
        schema = schema_new();
}

static void tear_down(void)
{
        schema_free(schema);
        arena_free(arena);
}

static bool read_fields(const char *text, const struct json_mask **out)
{
        return fields_read(arena, schema_message_find(schema, &goals__share_list__descriptor), text, out, bad);
}

/* A list of one share, as far as it is wanted. */
static const char *wanted(const char *text)
{
        const struct json_mask *mask;
        Goals__Share share = GOALS__SHARE__INIT, *shares[] = {&share};
        Goals__ShareList list = GOALS__SHARE_LIST__INIT;
        struct buffer out = buffer_in(arena);
        share.id = "x";
        share.goal_title = "A boat";
        list.n_items = 1;
        list.items = shares;
        list.next_cursor = "c";
        ck_assert_msg(read_fields(text, &mask), "%s: %s", text, bad);
        json_write_masked(&out, &list.base, mask);
        return buffer_text(&out);
}

TEST(only_what_is_named_is_written)
{
        ck_assert_str_eq(wanted("next_cursor"), "{\"next_cursor\":\"c\"}");
        ck_assert_str_eq(wanted("items.id"), "{\"items\":[{\"id\":\"x\"}]}");
        ck_assert_str_eq(wanted("items.id,next_cursor"), "{\"items\":[{\"id\":\"x\"}],\"next_cursor\":\"c\"}");
        ck_assert_str_eq(wanted("items.goal_title,items.id"), "{\"items\":[{\"id\":\"x\",\"goal_title\":\"A boat\"}]}");
        ck_assert_str_eq(wanted("items.tags"), "{\"items\":[{\"tags\":[]}]}");
        ck_assert_str_eq(wanted("has_more"), "{}");
}
END_TEST

TEST(what_is_wanted_whole_stays_whole)
{
        const char *whole = wanted("items");
        ck_assert_ptr_nonnull(strstr(whole, "goal_title"));
        ck_assert_str_eq(wanted("items,items.id"), whole);
        ck_assert_str_eq(wanted("items.id,items"), whole);
}
END_TEST

TEST(a_path_that_leads_nowhere_is_named)
{
        static const char *const rows[][2] = {{"nothing", "nothing"}, {"items.nothing", "items.nothing"},
                {"items.id.x", "items.id.x"}, {"", ""}, {"items,", ""}, {",items", ""}, {".items", ".items"},
                {"items.", "items."}, {"items..id", "items..id"}, {"Items", "Items"}, {"x\"y", "x"}, {"\xC3\xA4", ""},
                {"items id", "items"}};
        const struct json_mask *mask = NULL;
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                ck_assert_msg(!read_fields(rows[i][0], &mask), "%s", rows[i][0]);
                ck_assert_str_eq(bad, rows[i][1]);
        }
        ck_assert_ptr_null(mask);
}
END_TEST

TEST(there_are_bounds)
{
        const struct json_mask *mask;
        char *many = arena_zalloc(arena, 8 * FIELDS_PATHS_MAX + 16);
        for (int i = 0; i < FIELDS_PATHS_MAX; i++)
                memcpy(many + 6 * i, "items,", 6);
        many[6 * FIELDS_PATHS_MAX - 1] = '\0';
        ck_assert(read_fields(many, &mask));
        memcpy(many + 6 * FIELDS_PATHS_MAX - 1, ",items", 7);
        ck_assert(!read_fields(many, &mask));
        char *deep = arena_zalloc(arena, 10000);
        memset(deep, '.', 9999);
        ck_assert(!read_fields(deep, &mask));
        ck_assert_uint_lt(strlen(bad), FIELDS_PATH_SIZE);
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/fields", FORK, T(only_what_is_named_is_written),
        T(what_is_wanted_whole_stays_whole), T(a_path_that_leads_nowhere_is_named), T(there_are_bounds))
