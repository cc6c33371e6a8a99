/* SPDX-License-Identifier: Apache-2.0 */
/* What happens reaches those it is meant for, in order, and nobody else. */
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/member.h"

#include <string.h>

enum { RIVALS = 8 };

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
        T(pages_go_on_where_the_last_ended), T(who_is_muted_or_behind_a_block_is_not_in_the_feed),
        T(a_topic_is_in_the_feed_as_long_as_it_can_be_seen), T(settings_say_for_whom_automatic_activities_are),
        T(what_several_react_to_trends_and_few_are_not_counted_out), T(counters_are_the_number_of_their_rows))
