/* SPDX-License-Identifier: Apache-2.0 */
/* A feed behind which there is more than a request looks through. */
#include "tests/e2e/database.h"
#include "tests/e2e/member.h"

#include <string.h>

enum { WALKED = 2400, PAGE = 50 };

/* One of ten is by `whom`, a third of a minute between them: a thousand are newer than what the six hours of somebody
 * followed bring up. */
static void fill_a_month_ago(struct member whom)
{
        sql(text(
                "INSERT INTO feed.activities (id, actor_user_id, type, visibility, status, is_automatic, created_at)"
                " SELECT gen_random_uuid(), CASE WHEN n %% 10 = 0 THEN '%s'::uuid ELSE gen_random_uuid() END, 'walked',"
                " CASE WHEN n %% 70 = 0 THEN 'anonymous' ELSE 'community' END, 'published', false,"
                " now() - interval '30 days' - n * interval '20 seconds' FROM generate_series(1, %d) n",
                whom.user.id, WALKED));
}

/* The ids in the order they should have, or none where something else is between them. */
static const char *next_walked(const char *expected, struct answer page)
{
        for (int i = 0; i < length_at(page, "items"); i++) {
                if (strcmp(text_at(page, text("items[%d].type", i)), "walked") != 0)
                        continue;
                const char *id = text_at(page, text("items[%d].id", i));
                ck_assert_msg(strncmp(expected, id, strlen(id)) == 0, "%s, not %.36s", id, expected);
                expected += strlen(id) + 1;
        }
        return expected;
}

/* Ids of those that are there by name of `by` or, without, of all, each with a comma behind it. */
static const char *walked(const char *by, const char *key)
{
        return sql_text(text(
                "SELECT string_agg(id::text, ',' ORDER BY %s DESC, id DESC) || ',' FROM feed.activities"
                " WHERE type = 'walked' AND ('%s' = '' OR actor_user_id::text = '%s' AND visibility <> 'anonymous')",
                key, by, by));
}

static const char *rest_of(struct user who, const char *mode, const char *expected)
{
        struct answer page = get(who, text("/feed/?mode=%s&limit=%d", mode, PAGE));
        for (expected = next_walked(expected, page); has(page, "next_cursor"); expected = next_walked(expected, page))
                page = get(who, text("/feed/?mode=%s&limit=%d&cursor=%s", mode, PAGE, text_at(page, "next_cursor")));
        return expected;
}

TEST(nothing_is_left_out_of_a_feed_of_many_pages)
{
        struct member ann = new_member();
        struct member bob = new_member();
        follow(bob, ann);
        fill_a_month_ago(ann);
        const char *key =
                text("hot_key + CASE WHEN actor_user_id = '%s' AND visibility <> 'anonymous' THEN 21600000 ELSE 0 END",
                        ann.user.id);
        const char *of_all = rest_of(bob.user, "relevance", walked("", key));
        const char *by_ann = walked(ann.user.id, "new_key");
        const char *of_ann = rest_of(bob.user, "following", by_ann);
        struct answer aside = get(bob.user, "/feed/?mode=following&limit=2&offset=90");
        struct answer counted = get(bob.user, "/feed/?mode=following&limit=1&count=capped");
        sql("DELETE FROM feed.activities WHERE type = 'walked'");
        ck_assert_str_eq(of_all, "");
        ck_assert_str_eq(of_ann, "");
        ck_assert_int_eq(strncmp(by_ann + 90 * strlen("00000000-0000-0000-0000-000000000000,"),
                                 text_at(aside, "items[0].id"), strlen("00000000-0000-0000-0000-000000000000")),
                0);
        ck_assert_str_eq(text_at(counted, "total_count"), "206"); /* every tenth, without each seventh of these */
}
END_TEST

TEST(a_rare_type_and_what_is_new_are_found_behind_any_number_of_others)
{
        struct member ann = new_member();
        struct member bob = new_member();
        follow(bob, ann);
        fill_a_month_ago(ann);
        sql("INSERT INTO feed.activities (id, type, visibility, status, is_automatic, created_at, likes_count)"
            " SELECT gen_random_uuid(), 'walked', 'community', 'published', false, now() - interval '31 days', 1000000"
            " FROM generate_series(1, 1100)");
        sql("INSERT INTO feed.activities (id, type, visibility, status, is_automatic, created_at)"
            " SELECT gen_random_uuid(), 'flown', 'community', 'published', false, now() - interval '60 days'");
        struct answer rare = get(bob.user, "/feed/?types=flown&types=flown");
        struct answer both = get(bob.user, "/feed/?types=flown&types=walked&limit=1");
        const char *since = sql_text("SELECT to_char((now() - interval '30 days 70 seconds') AT TIME ZONE 'UTC',"
                                     " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
        struct answer late = get(bob.user, text("/feed/?types=walked&since=%s", since));
        sql("DELETE FROM feed.activities WHERE type IN ('walked', 'flown')");
        ck_assert_int_eq(length_at(rare, "items"), 1);
        ck_assert_str_eq(text_at(both, "items[0].type"), "walked");
        ck_assert_int_eq(length_at(late, "items"), 3); /* each a third of a minute */
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/long_feed", NO_FORK, T(nothing_is_left_out_of_a_feed_of_many_pages),
        T(a_rare_type_and_what_is_new_are_found_behind_any_number_of_others))
