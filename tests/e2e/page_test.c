/* SPDX-License-Identifier: Apache-2.0 */
/* Lists page by page: nothing twice, nothing left out, whatever is written meanwhile; and a cursor is good for nothing
 * but the list it came with. */
#include "tests/e2e/database.h"
#include "tests/e2e/program.h"
#include "tests/e2e/sharing.h"

#include "common/base64.h"
#include "common/clock.h"
#include "common/schema.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { SHARES = 1000, IDS_MAX = 8000, PAGES_MAX = 4000 };

/* The ids of a list, in order. */
struct ids {
        int count;
        int n_pages;
        const char *all[IDS_MAX];
};

/* A thousand shares, twenty of which have the same keys. */
static void insert_shares(void)
{
        sql(text("INSERT INTO goals.anonymous_goal_shares (id, goal_category, goal_title, goal_description, tags,"
                 " user_age_group, status, is_public, published_at, hot_key, new_key)"
                 " SELECT gen_random_uuid(), CASE WHEN n %% 4 = 0 THEN 'vehicle' ELSE 'travel' END, 'Bulk ' || n,"
                 " CASE WHEN n %% 50 = 0 THEN 'a marsupial' END, CASE WHEN n %% 10 = 0 THEN '{bulk,ten}'::text[]"
                 " ELSE '{bulk}' END, CASE WHEN n %% 5 = 0 THEN '45-49' END, 'published', true,"
                 " now() - n * interval '1 minute',"
                 " (extract(epoch FROM now()) * 1000)::bigint - (n / 20) * 60000,"
                 " (extract(epoch FROM now()) * 1000000)::bigint - (n / 20) * 60000000::bigint"
                 " FROM generate_series(1, %d) n",
                SHARES));
        sql("INSERT INTO goals.share_owners (share_id, owner_tag, owner_sealed)"
            " SELECT id, decode(md5(id::text), 'hex'), '' FROM goals.anonymous_goal_shares WHERE 'bulk' = ANY (tags)");
}

static void begin(void)
{
        scene_begin();
        insert_shares();
}

static void end(void)
{
        sql("DELETE FROM goals.anonymous_goal_shares WHERE 'bulk' = ANY (tags) OR goal_title = 'While you read'");
        scene_end();
}

static void add_items(struct answer page, struct ids *ids)
{
        const cJSON *item;
        cJSON_ArrayForEach(item, value_at(page, "items"))
        {
                ck_assert_int_lt(ids->count, IDS_MAX);
                ids->all[ids->count++] = cJSON_GetObjectItem(item, "id")->valuestring;
        }
        ids->n_pages++;
}

/* Follows a list to its end. */
static struct ids *follow(struct user user, const char *list, int limit)
{
        struct ids *ids = arena_zalloc(scene_arena(), sizeof *ids);
        struct answer page = get(user, text("%s&limit=%d", list, limit));
        expect_status(page, 200);
        add_items(page, ids);
        while (has(page, "next_cursor")) {
                ck_assert(is_true_at(page, "has_more"));
                ck_assert_int_eq(length_at(page, "items"), limit);
                ck_assert_int_lt(ids->n_pages, PAGES_MAX);
                page = get(user, text("%s&limit=%d&cursor=%s", list, limit, text_at(page, "next_cursor")));
                expect_status(page, 200);
                add_items(page, ids);
        }
        ck_assert(!is_true_at(page, "has_more"));
        return ids;
}

static int by_text(const void *left, const void *right)
{
        return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The lines of a text, as a set. */
static struct ids *lines_of(char *lines)
{
        char *rest = NULL;
        struct ids *ids = arena_zalloc(scene_arena(), sizeof *ids);
        for (char *line = strtok_r(lines, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
                ids->all[ids->count++] = line;
        return ids;
}

static void sort(struct ids *ids)
{
        qsort(ids->all, (size_t)ids->count, sizeof *ids->all, by_text);
}

static void expect_no_repeats(struct ids *ids)
{
        sort(ids);
        for (int i = 1; i < ids->count; i++)
                ck_assert_msg(strcmp(ids->all[i - 1], ids->all[i]) != 0, "%s is there twice", ids->all[i]);
}

static void expect_all_of(struct ids *expected, struct ids *ids)
{
        for (int i = 0; i < expected->count; i++)
                ck_assert_msg(
                        bsearch(&expected->all[i], ids->all, (size_t)ids->count, sizeof *ids->all, by_text) != NULL,
                        "%s was left out", expected->all[i]);
}

struct writer {
        struct user user;
        atomic_bool must_stop;
        atomic_int n_written;
};

static void *keep_sharing(void *arg)
{
        static const char body[] = JSON({"goal_category" : "travel", "goal_title" : "While you read"});
        struct writer *writer = arg;
        struct arena *arena = arena_new(1UL << 30);
        struct client *client = client_open(arena, false);
        while (!atomic_load(&writer->must_stop)) {
                const struct request request = {"POST", "/goal-sharing/", writer->user, body, sizeof body - 1, NULL};
                if (client_ask(client, &request).status == 201)
                        atomic_fetch_add(&writer->n_written, 1);
                pause_ms(10);
        }
        client_close(client);
        arena_free(arena);
        return NULL;
}

/* Every share that is there at the beginning is seen once; new ones may be seen, once. */
static void expect_whole_while_others_share(const char *sort_name, int limit)
{
        pthread_t thread;
        struct writer writer = {.user = new_user()};
        struct user bob = new_user();
        struct ids *before = lines_of(sql_text("SELECT id FROM goals.anonymous_goal_shares WHERE is_public"));
        ck_assert_int_eq(pthread_create(&thread, NULL, keep_sharing, &writer), 0);
        double until = now_s() + 15;
        struct ids *seen;
        int n_meanwhile;
        do { /* a walk beside which nothing was written shows nothing */
                int n_before = atomic_load(&writer.n_written);
                seen = follow(bob, text("/goal-sharing/?sort=%s", sort_name), limit);
                n_meanwhile = atomic_load(&writer.n_written) - n_before;
        } while (n_meanwhile == 0 && now_s() < until);
        atomic_store(&writer.must_stop, true);
        pthread_join(thread, NULL);
        ck_assert_msg(n_meanwhile > 0, "nothing was written meanwhile");
        ck_assert_int_ge(before->count, SHARES);
        expect_no_repeats(seen);
        expect_all_of(before, seen);
}

TEST(hot_pages_have_no_gaps_and_no_repeats_while_others_share)
{
        static const int limits[] = {1, 7, 20, 50};
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
                expect_whole_while_others_share("hot", limits[i]);
}

TEST(new_pages_have_no_gaps_and_no_repeats_while_others_share)
{
        static const int limits[] = {1, 7, 20, 50};
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
                expect_whole_while_others_share("new", limits[i]);
}

TEST(pages_put_together_are_the_list_in_its_order)
{
        static const char *const sorts[] = {"hot", "new"};
        struct user bob = new_user();
        for (int s = 0; s < 2; s++) {
                struct ids *expected =
                        lines_of(sql_text(text("SELECT id FROM goals.anonymous_goal_shares WHERE is_public"
                                               " AND 'bulk' = ANY (tags) ORDER BY %s_key DESC, id DESC",
                                sorts[s])));
                struct ids *seen = follow(bob, text("/goal-sharing/?tag=bulk&sort=%s", sorts[s]), 20);
                ck_assert_int_eq(seen->count, SHARES);
                for (int i = 0; i < SHARES; i++)
                        ck_assert_str_eq(seen->all[i], expected->all[i]);
        }
}

TEST(a_list_that_fits_its_last_page_has_no_further_one)
{
        struct ids *seen = follow(new_user(), "/goal-sharing/?tag=bulk&sort=new", 50);
        ck_assert_int_eq(seen->n_pages, SHARES / 50);
}

TEST(offsets_lead_to_the_same_items)
{
        struct user bob = new_user();
        struct ids *seen = follow(bob, "/goal-sharing/?tag=ten", 50);
        for (int offset = 0; offset < seen->count; offset += 7) {
                struct answer page = get(bob, text("/goal-sharing/?tag=ten&limit=7&offset=%d", offset));
                ck_assert_str_eq(text_at(page, "items[0].id"), seen->all[offset]);
                ck_assert_int_eq(length_at(page, "items"), seen->count - offset < 7 ? seen->count - offset : 7);
        }
        struct answer beyond = get(bob, "/goal-sharing/?tag=ten&offset=1000");
        expect_json(beyond, JSON({"items" : [], "has_more" : false}));
}

TEST(a_page_may_have_another_size_than_the_one_before)
{
        struct user bob = new_user();
        struct answer first = get(bob, "/goal-sharing/?tag=ten&limit=3");
        struct answer rest = get(bob, text("/goal-sharing/?tag=ten&limit=50&cursor=%s", text_at(first, "next_cursor")));
        struct answer all = get(bob, "/goal-sharing/?tag=ten&limit=50");
        ck_assert_str_eq(text_at(rest, "items[0].id"), text_at(all, "items[3].id"));
}

TEST(filters_choose)
{
        static const struct {
                const char *query;
                int count;
        } filters[] = {
                {"tag=bulk&goal_category=vehicle", SHARES / 4},
                {"tag=ten", SHARES / 10},
                {"tag=bulk&q=marsupial", SHARES / 50},
                {"tag=bulk&q=MARSUPIAL%20bulk", SHARES / 50},
                {"tag=bulk&user_age_group=45-49", SHARES / 5},
                {"tag=bulk&user_income_range=75k-100k", 0},
                {"tag=bulk&user_location_region=Pacific", 0},
                {"tag=bulk&verified=true", 0},
                {"tag=bulk&verified=false", SHARES},
                {"tag=ten&goal_category=vehicle&user_age_group=45-49", SHARES / 20},
                {"tag=bulk&goal_category=nothing", 0},
                {"tag=bulk&owner=me", 0},
        };
        struct user bob = new_user();
        for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
                int count = follow(bob, text("/goal-sharing/?%s", filters[i].query), 50)->count;
                ck_assert_msg(count == filters[i].count, "%s: %d, not %d", filters[i].query, count, filters[i].count);
        }
}

TEST(one_s_own_list_has_pages_too)
{
        struct user ann = new_user();
        for (int i = 0; i < 5; i++)
                drafted(ann, "One of five");
        struct ids *seen = follow(ann, "/goal-sharing/?owner=me", 2);
        ck_assert_int_eq(seen->count, 5);
        expect_no_repeats(seen);
}

TEST(a_cursor_altered_anywhere_is_refused)
{
        struct user bob = new_user();
        const char *cursor = text_at(get(bob, "/goal-sharing/?tag=bulk&limit=1"), "next_cursor");
        for (size_t i = 0; i < strlen(cursor); i++) {
                char *altered = text("%s", cursor);
                altered[i] = altered[i] == 'B' ? 'C' : 'B';
                expect_problem(get(bob, text("/goal-sharing/?tag=bulk&limit=1&cursor=%s", altered)), 400, "bad_cursor");
        }
}

TEST(what_is_no_cursor_is_refused)
{
        static const char *const cursors[] = {"", "x", "AAAA", "%3D%3D", "..%2F..", "null", "0",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
        struct user bob = new_user();
        for (size_t i = 0; i < sizeof cursors / sizeof *cursors; i++)
                expect_problem(get(bob, text("/goal-sharing/?cursor=%s", cursors[i])), 400, "bad_cursor");
}

TEST(a_cursor_of_another_list_is_refused)
{
        static const char *const others[] = {"/goal-sharing/?tag=ten&sort=new", "/goal-sharing/?tag=bulk&sort=hot",
                "/goal-sharing/?tag=bulk", "/goal-sharing/?tag=bulk&sort=new&goal_category=travel",
                "/goal-sharing/?tag=bulk&sort=new&q=bulk", "/goal-sharing/?tag=bulk&sort=new&owner=me",
                "/goal-sharing/?sort=new", "/goal-sharing/templates?"};
        struct user bob = new_user();
        const char *list = "/goal-sharing/?tag=bulk&sort=new";
        const char *cursor = text_at(get(bob, text("%s&limit=1", list)), "next_cursor");
        expect_status(get(bob, text("%s&cursor=%s", list, cursor)), 200);
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
                expect_problem(get(bob, text("%s&cursor=%s", others[i], cursor)), 400, "bad_cursor");
}

TEST(a_cursor_of_another_user_is_refused)
{
        const char *list = "/goal-sharing/?tag=bulk";
        const char *cursor = text_at(get(new_user(), text("%s&limit=1", list)), "next_cursor");
        expect_problem(get(new_user(), text("%s&cursor=%s", list, cursor)), 400, "bad_cursor");
}

TEST(a_cursor_and_an_offset_exclude_each_other)
{
        struct user bob = new_user();
        const char *cursor = text_at(get(bob, "/goal-sharing/?limit=1"), "next_cursor");
        expect_problem(get(bob, text("/goal-sharing/?limit=1&offset=1&cursor=%s", cursor)), 400, "bad_cursor");
}

/* A share shows the day it was published on, no more: neither may the cursor behind it tell the hour. */
TEST(a_cursor_does_not_tell_when_a_share_was_made)
{
        size_t size;
        struct user bob = new_user();
        shared(new_user(), "Just now");
        const char *cursor = text_at(get(bob, "/goal-sharing/?sort=new&limit=1"), "next_cursor");
        const uint8_t *bytes = base64url_decode(scene_arena(), cursor, strlen(cursor), &size);
        ck_assert_ptr_nonnull(bytes);
        for (size_t at = 0; at + 8 <= size; at++) {
                int64_t value = 0;
                for (size_t i = 0; i < 8; i++)
                        value = (int64_t)((uint64_t)value << 8 | bytes[at + i]);
                int64_t distance_us = value - clock_unix_us();
                ck_assert_msg(distance_us < -60000000 || distance_us > 60000000, "it does, at byte %zu", at);
        }
}

static const char *total_of(struct user user, const char *list)
{
        struct answer answer = get(user, list);
        expect_status(answer, 200);
        return text_at(answer, "total_count");
}

TEST(a_total_is_counted_when_it_is_asked_for)
{
        struct user ann = new_user();
        for (int i = 0; i < 3; i++)
                drafted(ann, "A boat");
        ck_assert_str_eq(total_of(ann, "/goal-sharing/?owner=me&count=capped"), "3");
        struct answer page = get(ann, "/goal-sharing/?owner=me&limit=2&count=capped");
        ck_assert_str_eq(text_at(page, "total_count"), "3");
        const char *next = text_at(page, "next_cursor");
        ck_assert_str_eq(total_of(ann, text("/goal-sharing/?owner=me&limit=2&count=capped&cursor=%s", next)), "3");
        page = get(ann, text("/goal-sharing/?owner=me&limit=2&cursor=%s", next));
        ck_assert_int_eq(length_at(page, "items"), 1);
        ck_assert(!has(page, "total_count"));
        expect_problem(get(ann, "/goal-sharing/?count=all"), 422, "validation_failed");
}

/* Those that a search word, or the id of something, has to be given for are passed over. */
TEST(every_list_has_a_total)
{
        int n_lists = 0;
        struct user mod = new_user_as("mod"), admin = new_user_as("admin");
        struct schema *schema = schema_new();
        for (size_t i = 0; i < schema_method_count(schema); i++) {
                const struct schema_method *method = schema_method_at(schema, i);
                const char *path = method->rules->n_route == 0 ? "{" : method->rules->route[0]->path;
                if (strchr(path, '{') != NULL ||
                        protobuf_c_message_descriptor_get_field_by_name(method->input->descriptor, "count") == NULL)
                        continue;
                struct answer answer = get(mod, text("%s?count=capped", path));
                if (answer.status == 403)
                        answer = get(admin, text("%s?count=capped", path));
                ck_assert_msg(answer.status == 422 || has(answer, "total_count"), "%s: %s", path, answer.body);
                n_lists += answer.status == 200;
        }
        schema_free(schema);
        ck_assert_int_ge(n_lists, 12);
}

TEST(a_total_is_counted_up_to_a_thousand)
{
        struct user ann = new_user();
        ck_assert_str_eq(total_of(ann, "/goal-sharing/?tag=ten&limit=1&count=capped"), "100");
        ck_assert_str_eq(total_of(ann, "/goal-sharing/?tag=bulk&limit=1&count=capped"), "1000");
        sql("WITH one AS (INSERT INTO goals.anonymous_goal_shares (id, goal_category, goal_title, tags, status, is_public,"
            " published_at, hot_key, new_key) VALUES (gen_random_uuid(), 'home', 'Bulk and one', '{bulk}', 'published',"
            " true, now(), 1, 1) RETURNING id) INSERT INTO goals.share_owners (share_id, owner_tag, owner_sealed)"
            " SELECT id, decode(md5(id::text), 'hex'), '' FROM one");
        ck_assert_str_eq(total_of(ann, "/goal-sharing/?tag=bulk&limit=1&count=capped&sort=new"), "1000+");
}

SUITE_WITH(begin, end, "e2e/page", NO_FORK, T(hot_pages_have_no_gaps_and_no_repeats_while_others_share),
        T(new_pages_have_no_gaps_and_no_repeats_while_others_share), T(pages_put_together_are_the_list_in_its_order),
        T(a_list_that_fits_its_last_page_has_no_further_one), T(offsets_lead_to_the_same_items),
        T(a_page_may_have_another_size_than_the_one_before), T(filters_choose), T(one_s_own_list_has_pages_too),
        T(a_cursor_altered_anywhere_is_refused), T(what_is_no_cursor_is_refused),
        T(a_cursor_of_another_list_is_refused), T(a_cursor_of_another_user_is_refused),
        T(a_cursor_and_an_offset_exclude_each_other), T(a_cursor_does_not_tell_when_a_share_was_made),
        T(a_total_is_counted_when_it_is_asked_for), T(every_list_has_a_total), T(a_total_is_counted_up_to_a_thousand))
