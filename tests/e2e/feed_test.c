/* SPDX-License-Identifier: Apache-2.0 */
/* What happens reaches those it is meant for, in order, and nobody else. */
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/member.h"

#include <string.h>

enum { RIVALS = 8, WALKED = 2400, PAGE = 50 };

static const char *path_of(const char *id)
{
        return text("/feed/activities/%s", id);
}

static const char *shared_with(struct user who, const char *visibility)
{
        struct answer answer = post(who, "/feed/activities",
                text("{\"type\": \"milestone\", \"text\": \"Half way there\", \"visibility\": \"%s\"}", visibility));
        expect_status(answer, 201);
        return text_at(answer, "id");
}

static void follow(struct member who, struct member whom)
{
        expect_status(relate(who.user, whom, JSON({"following" : true})), 200);
        ck_assert(
                AWAIT(20, sql_number(text("SELECT count(*) FROM feed.follows WHERE user_id = '%s' AND target_id = '%s'",
                                  who.user.id, whom.user.id)) == 1));
}

static bool sees(struct user who, const char *id)
{
        bool is_there = get(who, path_of(id)).status == 200;
        ck_assert_int_eq(is_listed(get(who, "/feed/?limit=50&types=milestone"), id), is_there);
        return is_there;
}

static void react(struct user who, const char *id, const char *kind)
{
        expect_status(put(who, text("%s/reactions/%s", path_of(id), kind), NULL), 200);
}

/* The activity that was made of something; NULL: none. */
static const char *made_of(const char *object)
{
        char *id = sql_text(
                text("SELECT coalesce((SELECT id::text FROM feed.activities WHERE object_id = '%s'), '')", object));
        return *id == '\0' ? NULL : id;
}

TEST(an_activity_is_for_whom_its_author_says)
{
        struct member ann = new_member();
        struct member bob = new_member();
        struct user carl = new_user();
        follow(ann, bob);
        const char *mine = shared_with(ann.user, "private");
        ck_assert(sees(ann.user, mine));
        ck_assert(!sees(bob.user, mine));
        const char *ours = shared_with(ann.user, "connections");
        ck_assert(sees(bob.user, ours));
        ck_assert(!sees(carl, ours));
        const char *open = shared_with(ann.user, "community");
        ck_assert(sees(carl, open));
        struct answer seen = get(carl, path_of(open));
        ck_assert(AWAIT(20, strcmp(text_at(get(carl, path_of(open)), "actor.kind"), "profile") == 0));
        ck_assert_str_eq(text_at(seen, "summary"), "reached a milestone");
        ck_assert_ptr_null(strstr(seen.body, ann.user.id));
}
END_TEST

TEST(an_anonymous_activity_names_nobody_and_following_does_not_tell)
{
        struct member ann = new_member();
        struct member bob = new_member();
        const char *secret = shared_with(ann.user, "anonymous");
        const char *open = shared_with(ann.user, "community");
        follow(bob, ann);
        struct answer seen = get(bob.user, path_of(secret));
        ck_assert_str_eq(text_at(seen, "actor.kind"), "pseudonym");
        ck_assert_str_eq(text_at(seen, "created_at") + 10, "T00:00:00Z");
        struct answer following = get(bob.user, "/feed/?mode=following");
        ck_assert(is_listed(following, open));
        ck_assert(!is_listed(following, secret));
        ck_assert_ptr_null(strstr(get(bob.user, "/feed/").body, ann.user.id));
        struct answer other = get(bob.user, path_of(shared_with(ann.user, "anonymous")));
        ck_assert_str_ne(text_at(other, "actor.id"), text_at(seen, "actor.id"));
}
END_TEST

TEST(a_group_s_activity_is_for_its_members)
{
        struct user ann = new_user();
        struct user bob = new_user();
        const char *group = new_user().id;
        const char *body = text("{\"type\": \"milestone\", \"visibility\": \"group\","
                                " \"object_ref\": {\"type\": \"group_goal\", \"id\": \"%s\"}}",
                group);
        struct answer wrong = post(ann, "/feed/activities", body);
        expect_problem(wrong, 422, "validation_failed");
        ck_assert_str_eq(text_at(wrong, "errors[0].field"), "object_ref");
        sql(text("INSERT INTO feed.group_members VALUES ('%s', '%s'), ('%s', '%s')", group, ann.id, group, bob.id));
        struct answer made = post(ann, "/feed/activities", body);
        expect_status(made, 201);
        ck_assert(sees(bob, text_at(made, "id")));
        ck_assert(!sees(new_user(), text_at(made, "id")));
}
END_TEST

TEST(fields_that_break_a_rule_are_named)
{
        struct user ann = new_user();
        struct answer answer = post(ann, "/feed/activities", JSON({"type" : "status"}));
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "text");
        answer = post(ann, "/feed/activities", JSON({"type" : "gossip", "text" : "Psst"}));
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "type");
        answer = get(ann, "/feed/?mode=random");
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "mode");
        expect_problem(get(ann, path_of(ann.id)), 404, "not_found");
        answer = post(ann, "/feed/activities", JSON({"type" : "status", "text" : "Write to jane.doe@example.com"}));
        ck_assert_str_eq(text_at(answer, "text"), "Write to [email 1]");
        ck_assert_str_eq(text_at(answer, "visibility"), "private");
}
END_TEST

TEST(only_its_owner_says_for_whom_it_is)
{
        struct user ann = new_user();
        struct user bob = new_user();
        const char *id = shared_with(ann, "community");
        expect_problem(patch(bob, path_of(id), JSON({"visibility" : "private"})), 403, "forbidden");
        expect_problem(del(bob, path_of(id)), 403, "forbidden");
        expect_problem(patch(ann, path_of(id), JSON({"visibility" : "anonymous"})), 409, "conflict");
        struct answer changed = patch(ann, path_of(id), JSON({"visibility" : "private"}));
        expect_status(changed, 200);
        ck_assert_int_eq(number_at(changed, "version"), 2);
        ck_assert(!sees(bob, id));
        expect_problem(del(bob, path_of(id)), 404, "not_found");
        expect_status(del(ann, path_of(id)), 204);
        expect_status(get(ann, path_of(id)), 404);
        const char *other = shared_with(ann, "community");
        expect_status(del(new_user_as("mod"), path_of(other)), 204);
        expect_status(get(ann, path_of(other)), 404);
}
END_TEST

TEST(reacting_many_times_at_once_counts_once_and_tells_once)
{
        struct user ann = new_user();
        struct user bob = new_user();
        struct request requests[RIVALS];
        int statuses[RIVALS];
        const char *id = shared_with(ann, "community");
        for (int i = 0; i < RIVALS; i++)
                requests[i] = (struct request){"PUT", text("%s/reactions/celebrate", path_of(id)), bob, NULL, 0, NULL};
        at_once(RIVALS, requests, statuses);
        for (int i = 0; i < RIVALS; i++)
                ck_assert_int_eq(statuses[i], 200);
        react(bob, id, "bookmark");
        struct answer seen = get(bob, path_of(id));
        ck_assert_int_eq(number_at(seen, "celebrates_count"), 1);
        ck_assert(is_true_at(seen, "viewer.bookmarked") && is_true_at(seen, "viewer.celebrated"));
        ck_assert_int_eq(number_at(get(ann, "/notifications?types=activity_reaction"), "items[0].count"), 1);
        expect_problem(put(ann, text("%s/reactions/like", path_of(id)), NULL), 409, "conflict");
        expect_problem(put(bob, text("%s/reactions/anger", path_of(id)), NULL), 422, "validation_failed");
        ck_assert_int_eq(number_at(del(bob, text("%s/reactions/celebrate", path_of(id))), "celebrates_count"), 0);
}
END_TEST

TEST(what_is_liked_and_who_is_followed_comes_first)
{
        struct member ann = new_member();
        struct member bob = new_member();
        follow(bob, ann);
        const char *hers = shared_with(ann.user, "community");
        const char *latest = shared_with(new_user(), "community");
        struct answer feed = get(bob.user, "/feed/?limit=50&types=milestone");
        int place_hers = -1, place_latest = -1;
        for (int i = 0; i < length_at(feed, "items"); i++) {
                const char *id = text_at(feed, text("items[%d].activity_id", i));
                place_hers = strcmp(id, hers) == 0 ? i : place_hers;
                place_latest = strcmp(id, latest) == 0 ? i : place_latest;
        }
        ck_assert_int_ge(place_hers, 0);
        ck_assert_int_gt(place_latest, place_hers);
        ck_assert_str_eq(text_at(feed, text("items[%d].why_top", place_hers)), "followed");
}
END_TEST

TEST(pages_go_on_where_the_last_ended)
{
        struct member ann = new_member();
        struct member bob = new_member();
        const char *ids[5];
        follow(bob, ann);
        for (int i = 0; i < 5; i++)
                ids[i] = shared_with(ann.user, "community");
        struct answer first = get(bob.user, "/feed/?mode=following&types=milestone&limit=3");
        ck_assert_int_eq(length_at(first, "items"), 3);
        ck_assert_str_eq(text_at(first, "items[0].id"), ids[4]);
        struct answer rest = get(bob.user,
                text("/feed/?mode=following&types=milestone&limit=3&cursor=%s", text_at(first, "next_cursor")));
        ck_assert_int_eq(length_at(rest, "items"), 2);
        ck_assert_str_eq(text_at(rest, "items[1].id"), ids[0]);
        ck_assert_int_eq(length_at(get(bob.user, "/feed/?mode=following&since=2200-01-01T00:00:00Z"), "items"), 0);
        const char *later = shared_with(ann.user, "community");
        struct answer news = get(bob.user, text("/feed/?mode=following&since=%s", text_at(first, "new_since")));
        ck_assert_int_eq(length_at(news, "items"), 1);
        ck_assert_str_eq(text_at(news, "items[0].id"), later);
        first = get(bob.user, "/feed/?limit=2");
        rest = get(bob.user, text("/feed/?limit=2&cursor=%s", text_at(first, "next_cursor")));
        ck_assert_str_ne(text_at(first, "items[1].id"), text_at(rest, "items[0].id"));
}
END_TEST

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

TEST(who_is_muted_or_behind_a_block_is_not_in_the_feed)
{
        struct member ann = new_member();
        struct member bob = new_member();
        struct member carl = new_member();
        const char *id = shared_with(ann.user, "community");
        expect_status(relate(bob.user, ann, JSON({"muted" : true})), 200);
        expect_status(relate(ann.user, carl, JSON({"blocked" : true})), 200);
        ck_assert(AWAIT(20, !is_listed(get(bob.user, "/feed/?limit=50"), id)));
        expect_status(get(bob.user, path_of(id)), 200);
        ck_assert(AWAIT(20, get(carl.user, path_of(id)).status == 404));
        ck_assert(!is_listed(get(carl.user, "/feed/?limit=50"), id));
        expect_problem(put(carl.user, text("%s/reactions/like", path_of(id)), NULL), 404, "not_found");
}
END_TEST

TEST(a_topic_is_in_the_feed_as_long_as_it_can_be_seen)
{
        struct user ann = new_user();
        struct user mod = new_user_as("mod");
        const char *id = topic(ann);
        ck_assert(AWAIT(20, made_of(id) != NULL));
        const char *activity = made_of(id);
        struct answer seen = get(new_user(), path_of(activity));
        ck_assert_str_eq(text_at(seen, "type"), "topic_created");
        ck_assert_str_eq(text_at(seen, "object.id"), id);
        ck_assert(has(seen, "actor"));
        expect_status(move_topic(mod, id, "hide"), 200);
        ck_assert(AWAIT(20, get(new_user(), path_of(activity)).status == 404));
        expect_status(move_topic(mod, id, "restore"), 200);
        ck_assert(AWAIT(20, get(new_user(), path_of(activity)).status == 200));
        const char *secret = topic_in(category(), ann, ", \"anonymous\": true");
        ck_assert(AWAIT(20, made_of(secret) != NULL));
        ck_assert(!has(get(new_user(), path_of(made_of(secret))), "actor"));
        ck_assert_str_eq(text_at(get(new_user(), path_of(made_of(secret))), "created_at") + 10, "T00:00:00Z");
}
END_TEST

TEST(settings_say_for_whom_automatic_activities_are)
{
        struct member ann = new_member();
        expect_status(
                set_privacy(ann.user, JSON({"activity_levels" : [ {"type" : "topic_created", "level" : "private"} ]})),
                200);
        ck_assert(AWAIT(20,
                sql_number(text("SELECT count(*) FROM feed.activity_levels WHERE user_id = '%s'", ann.user.id)) == 1));
        const char *id = topic(ann.user);
        ck_assert(AWAIT(20, made_of(id) != NULL));
        expect_status(get(new_user(), path_of(made_of(id))), 404);
        expect_status(get(ann.user, path_of(made_of(id))), 200);
}
END_TEST

#define TRENDING_REFRESHED                                                                                             \
        "SELECT count(*) FROM feed.outbox WHERE type LIKE '%.feed.trending.refreshed.%' AND subject = '24h'"

TEST(what_several_react_to_trends_and_few_are_not_counted_out)
{
        struct user bob = new_user();
        struct user ann = new_user();
        const char *id = shared_with(ann, "community");
        long refreshed = sql_number(TRENDING_REFRESHED);
        for (int i = 0; i < 3; i++)
                react(new_user(), id, "like");
        struct answer trending;
        sql("UPDATE feed.jobs SET due_at = now() WHERE kind = 'trending_day'"); /* not only in a quarter of a minute */
        ck_assert(AWAIT(30, strstr((trending = get(bob, "/feed/trending?type=milestone&limit=50")).body, id) != NULL));
        expect_status(trending, 200);
        ck_assert_int_gt(sql_number(TRENDING_REFRESHED), refreshed);
        for (int i = 0; i < length_at(trending, "items"); i++)
                if (strcmp(text_at(trending, text("items[%d].activity_id", i)), id) == 0)
                        ck_assert(!has(trending, text("items[%d].distinct_actors", i)));
        ck_assert_ptr_null(strstr(get(bob, "/feed/trending?type=tip&window=7d").body, id));
        expect_status(del(ann, path_of(id)), 204);
        ck_assert_ptr_null(strstr(get(bob, "/feed/trending?type=milestone&limit=50").body, id)); /* at once */
}
END_TEST

TEST(counters_are_the_number_of_their_rows)
{
        struct answer report = get(new_user_as("ops"), "/status/consistency?scope=feed");
        ck_assert_msg(length_at(report, "drifted") == 0, "%s", report.body);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/feed", NO_FORK, T(an_activity_is_for_whom_its_author_says),
        T(an_anonymous_activity_names_nobody_and_following_does_not_tell), T(a_group_s_activity_is_for_its_members),
        T(fields_that_break_a_rule_are_named), T(only_its_owner_says_for_whom_it_is),
        T(reacting_many_times_at_once_counts_once_and_tells_once), T(what_is_liked_and_who_is_followed_comes_first),
        T(pages_go_on_where_the_last_ended), T(nothing_is_left_out_of_a_feed_of_many_pages),
        T(a_rare_type_and_what_is_new_are_found_behind_any_number_of_others),
        T(who_is_muted_or_behind_a_block_is_not_in_the_feed), T(a_topic_is_in_the_feed_as_long_as_it_can_be_seen),
        T(settings_say_for_whom_automatic_activities_are), T(what_several_react_to_trends_and_few_are_not_counted_out),
        T(counters_are_the_number_of_their_rows))
