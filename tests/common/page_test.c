/* SPDX-License-Identifier: Apache-2.0 */
/* ListShares over a table of the test's own. Several rows share a key, so that the id must decide. */
#include "common/db.h"
#include "common/page.h"
#include "sfp/goals.pb-c.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <string.h>

enum { SECOND_US = 1000000, ROWS = 120 };

static struct kit kit;
static struct db *db;
static Goals__ListSharesRequest in;

static void set_up(void)
{
        kit_open(&kit, "goals", NULL);
        kit_database(&kit);
        kit_sql(&kit,
                "CREATE TABLE rows (key bigint, id uuid DEFAULT gen_random_uuid(), title text, kind text);"
                "INSERT INTO rows (key, title, kind) SELECT n / 7 - 5, 'row ' || n, CASE WHEN n %% 2 = 0 THEN 'even' ELSE"
                " 'odd' END FROM generate_series(1, %d) n",
                ROWS);
        db = db_new(kit.database_url, 5 * SECOND_US);
        in = (Goals__ListSharesRequest)GOALS__LIST_SHARES_REQUEST__INIT;
}

static void tear_down(void)
{
        db_free(db);
        kit.call.db = NULL;
        kit_close(&kit);
}

static status list_by(const char *user, Goals__ShareList *out)
{
        struct call *call = kit_call(&kit, "sfp.goals.Goals.ListShares", 5 * SECOND_US);
        kit.caller.user_id = (char *)(size_t)user;
        call->db = db;
        db_begin(call, false);
        *out = (Goals__ShareList)GOALS__SHARE_LIST__INIT;
        status code = page_rows(call, &in.base, &out->base,
                "SELECT title AS goal_title, key AS page_key, id AS page_id FROM rows WHERE (key, id) < ($1, $2)"
                " AND ($3::text IS NULL OR kind = $3) ORDER BY key DESC, id DESC",
                in.goal_category);
        ck_assert_int_eq(db_end(call, code == STATUS_OK), STATUS_OK);
        return code;
}

static status list(Goals__ShareList *out)
{
        return list_by("8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11", out);
}

static void limit_to(int limit)
{
        in.has_limit = 1;
        in.limit = limit;
}

/* Goes on behind the page: the cursor outlives the call. */
static void turn(const Goals__ShareList *page)
{
        ck_assert_ptr_nonnull(page->next_cursor);
        in.cursor = arena_strdup(kit.arena, page->next_cursor);
}

/* All pages to the end; adds a row to the table, in front, after each. Returns how many rows were seen; none twice. */
static int walk(bool is_growing)
{
        Goals__ShareList page;
        bool seen[ROWS + 1] = {false};
        int n_seen = 0;
        do {
                ck_assert_int_eq(list(&page), STATUS_OK);
                for (size_t i = 0; i < page.n_items; i++) {
                        int number = (int)strtol(page.items[i]->goal_title + strlen("row "), NULL, 10);
                        ck_assert(!seen[number]);
                        seen[number] = true;
                        n_seen++;
                }
                if (page.has_more)
                        turn(&page);
                else
                        ck_assert_ptr_null(page.next_cursor);
                if (is_growing)
                        kit_sql(&kit, "INSERT INTO rows (key, title) VALUES (1000, 'row 0')");
        } while (page.has_more);
        return n_seen;
}

TEST(pages_of_every_size_give_every_row_once)
{
        static const int limits[] = {1, 7, 19, 20, 21, 50};
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
                in.cursor = NULL;
                limit_to(limits[i]);
                ck_assert_int_eq(walk(false), ROWS);
        }
}
END_TEST

TEST(rows_added_in_front_move_nothing)
{
        limit_to(7);
        ck_assert_int_eq(walk(true), ROWS);
}
END_TEST

TEST(a_page_holds_as_many_as_asked_for)
{
        Goals__ShareList page;
        ck_assert_int_eq(list(&page), STATUS_OK);
        ck_assert_uint_eq(page.n_items, 20);
        limit_to(50);
        ck_assert_int_eq(list(&page), STATUS_OK);
        ck_assert_uint_eq(page.n_items, 50);
        ck_assert(page.has_has_more && page.has_more);
}
END_TEST

TEST(the_last_page_says_so_even_when_it_is_full)
{
        Goals__ShareList page;
        limit_to(40);
        for (int i = 0; i < 3; i++) {
                ck_assert_int_eq(list(&page), STATUS_OK);
                ck_assert_uint_eq(page.n_items, 40);
                ck_assert_int_eq(page.has_more, i < 2);
                if (i < 2)
                        turn(&page);
        }
        ck_assert(page.has_has_more);
        ck_assert_ptr_null(page.next_cursor);
}
END_TEST

TEST(an_empty_list_is_a_page)
{
        Goals__ShareList page;
        in.goal_category = "neither";
        ck_assert_int_eq(list(&page), STATUS_OK);
        ck_assert_uint_eq(page.n_items, 0);
        ck_assert(page.has_has_more && !page.has_more);
}
END_TEST

TEST(a_filter_holds_over_all_pages)
{
        in.goal_category = "odd";
        limit_to(7);
        ck_assert_int_eq(walk(false), ROWS / 2);
}
END_TEST

TEST(an_offset_skips_rows)
{
        Goals__ShareList page, whole;
        limit_to(50);
        ck_assert_int_eq(list(&whole), STATUS_OK);
        const char *eleventh = arena_strdup(kit.arena, whole.items[10]->goal_title);
        limit_to(5);
        in.has_offset = 1;
        in.offset = 10;
        ck_assert_int_eq(list(&page), STATUS_OK);
        ck_assert_uint_eq(page.n_items, 5);
        ck_assert_str_eq(page.items[0]->goal_title, eleventh);
}
END_TEST

static void assert_bad_cursor(void)
{
        Goals__ShareList page;
        ck_assert_int_eq(list(&page), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(kit.call.problem, PROBLEM_BAD_CURSOR);
}

TEST(a_cursor_that_is_not_ours_is_refused)
{
        static const char *const bad[] = {"", "x", "AAAA", "not a cursor", "\xff"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                in.cursor = (char *)(size_t)bad[i];
                assert_bad_cursor();
        }
}
END_TEST

TEST(a_cursor_is_for_its_filters_and_its_caller)
{
        Goals__ShareList page;
        ck_assert_int_eq(list(&page), STATUS_OK);
        turn(&page);
        in.goal_category = "odd";
        assert_bad_cursor();
        in.goal_category = NULL;
        in.sort = "new";
        assert_bad_cursor();
        in = (Goals__ListSharesRequest)GOALS__LIST_SHARES_REQUEST__INIT;
        turn(&page);
        ck_assert_int_eq(list_by("00000000-0000-4000-8000-000000000000", &page), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(list_by(NULL, &page), STATUS_INVALID_ARGUMENT);
}
END_TEST

TEST(a_cursor_goes_on_with_pages_of_another_size)
{
        Goals__ShareList page;
        limit_to(5);
        ck_assert_int_eq(list(&page), STATUS_OK);
        turn(&page);
        limit_to(50);
        ck_assert_int_eq(list(&page), STATUS_OK);
        ck_assert_uint_eq(page.n_items, 50);
}
END_TEST

TEST(a_cursor_and_an_offset_exclude_each_other)
{
        Goals__ShareList page;
        ck_assert_int_eq(list(&page), STATUS_OK);
        turn(&page);
        in.has_offset = 1;
        in.offset = 1;
        assert_bad_cursor();
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/page", FORK, T(pages_of_every_size_give_every_row_once),
        T(rows_added_in_front_move_nothing), T(a_page_holds_as_many_as_asked_for),
        T(the_last_page_says_so_even_when_it_is_full), T(an_empty_list_is_a_page), T(a_filter_holds_over_all_pages),
        T(an_offset_skips_rows), T(a_cursor_that_is_not_ours_is_refused), T(a_cursor_is_for_its_filters_and_its_caller),
        T(a_cursor_goes_on_with_pages_of_another_size), T(a_cursor_and_an_offset_exclude_each_other))
