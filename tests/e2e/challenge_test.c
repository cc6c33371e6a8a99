/* SPDX-License-Identifier: Apache-2.0 */
/* Challenges: announced, joined, checked in, ended; and the boards of those who want to be seen. */
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/member.h"

#include <string.h>
#include <time.h>

enum { RIVALS = 6 };

static const char *at(int hours)
{
        char when[32];
        time_t then = time(NULL) + (time_t)hours * 3600;
        struct tm utc;
        strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&then, &utc));
        return text("%s", when);
}

static const char *day(int days)
{
        return text("%.10s", at(24 * days));
}

static struct answer announce(const char *metric, int target, int starts, int ends)
{
        return post(new_user_as("admin"), "/community/challenges",
                text("{\"title\": \"A month of saving\", \"metric\": \"%s\", \"target\": %d, \"starts_at\": \"%s\", \"ends_at\": \"%s\"}",
                        metric, target, at(starts), at(ends)));
}

static const char *path_of(const char *id)
{
        return text("/community/challenges/%s", id);
}

static const char *status_of(const char *id)
{
        return text_at(get(new_user(), path_of(id)), "status");
}

/* One that runs, since three days. */
static const char *running(const char *metric, int target)
{
        struct answer made = announce(metric, target, -72, 240);
        expect_status(made, 201);
        const char *id = text_at(made, "id");
        ck_assert(AWAIT(20, strcmp(status_of(id), "running") == 0));
        return id;
}

static void join(struct user who, const char *id)
{
        expect_status(put(who, text("%s/participation", path_of(id)), JSON({"public_on_leaderboard" : true})), 200);
}

static struct answer check_in(struct user who, const char *id, const char *body)
{
        return post(who, text("%s/check-ins", path_of(id)), body);
}

TEST(only_an_administrator_makes_challenges_and_rules_are_named)
{
        expect_problem(
                post(new_user(), "/community/challenges", JSON({"title" : "A month of saving"})), 403, "forbidden");
        struct answer answer = announce("check_in_days", 10, 5, 1);
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "ends_at");
        answer = announce("percent", 101, 1, 5);
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "target");
        expect_problem(get(new_user(), path_of(new_user().id)), 404, "not_found");
}
END_TEST

TEST(a_challenge_starts_by_itself_and_ends_when_told)
{
        const char *id = running("check_in_days", 3);
        struct user admin = new_user_as("admin");
        ck_assert(is_listed(get(admin, "/community/challenges?status=running&limit=50"), id));
        expect_status(patch(admin, path_of(id), JSON({"status" : "ended"})), 200);
        ck_assert_str_eq(status_of(id), "ended");
        expect_problem(patch(admin, path_of(id), JSON({"status" : "running"})), 409, "illegal_transition");
        expect_problem(put(new_user(), text("%s/participation", path_of(id)), JSON({})), 409, "conflict");
        expect_problem(patch(new_user(), path_of(id), JSON({"status" : "ended"})), 403, "forbidden");
}
END_TEST

TEST(who_joins_checks_in_once_a_day)
{
        struct user bob = new_user();
        const char *id = running("check_in_days", 2);
        expect_problem(check_in(bob, id, JSON({})), 409, "conflict");
        join(bob, id);
        struct answer first = check_in(bob, id, JSON({}));
        expect_status(first, 201);
        ck_assert_int_eq(number_at(first, "streak_days"), 1);
        ck_assert_int_eq(number_at(first, "freezes_left"), 2);
        ck_assert(!is_true_at(first, "is_reached"));
        expect_problem(check_in(bob, id, JSON({})), 409, "already_exists");
        struct answer second = check_in(bob, id, text("{\"on_date\": \"%s\"}", day(-1)));
        expect_status(second, 201);
        ck_assert_int_eq(number_at(second, "streak_days"), 2);
        ck_assert(is_true_at(second, "is_reached"));
        struct answer late = check_in(bob, id, text("{\"on_date\": \"%s\"}", day(-3)));
        expect_problem(late, 422, "validation_failed");
        ck_assert_str_eq(text_at(late, "errors[0].field"), "on_date");
        ck_assert_int_eq(number_at(get(bob, path_of(id)), "my.progress"), 2);
        ck_assert(is_listed(get(bob, "/community/challenges?joined=true"), id));
}
END_TEST

TEST(of_many_check_ins_at_once_one_counts)
{
        struct request requests[RIVALS];
        int statuses[RIVALS], good = 0;
        struct user bob = new_user();
        const char *id = running("contributions", 100);
        const char *body = JSON({"value" : 7});
        join(bob, id);
        for (int i = 0; i < RIVALS; i++)
                requests[i] =
                        (struct request){"POST", text("%s/check-ins", path_of(id)), bob, body, strlen(body), NULL};
        at_once(RIVALS, requests, statuses);
        for (int i = 0; i < RIVALS; i++)
                good += statuses[i] == 201;
        ck_assert_int_eq(good, 1);
        ck_assert_int_eq(number_at(get(bob, path_of(id)), "my.progress"), 7);
}
END_TEST

TEST(a_percentage_is_the_latest_one)
{
        struct user bob = new_user();
        const char *id = running("percent", 50);
        join(bob, id);
        expect_problem(check_in(bob, id, JSON({})), 422, "validation_failed");
        expect_problem(check_in(bob, id, JSON({"value" : 101})), 422, "validation_failed");
        expect_status(check_in(bob, id, text("{\"value\": 80, \"on_date\": \"%s\"}", day(-1))), 201);
        struct answer today = check_in(bob, id, JSON({"value" : 40}));
        ck_assert_int_eq(number_at(today, "progress"), 40);
        ck_assert(!is_true_at(today, "is_reached"));
}
END_TEST

TEST(who_leaves_is_counted_no_more)
{
        struct user bob = new_user();
        const char *id = running("check_in_days", 5);
        join(bob, id);
        join(bob, id);
        ck_assert_int_eq(number_at(get(bob, path_of(id)), "participants_count"), 1);
        check_in(bob, id, JSON({}));
        expect_status(del(bob, text("%s/participation", path_of(id))), 204);
        struct answer after = get(bob, path_of(id));
        ck_assert_int_eq(number_at(after, "participants_count"), 0);
        ck_assert(!has(after, "my"));
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM forum.challenge_check_ins WHERE user_id = '%s'", bob.id)), 0);
}
END_TEST

TEST(a_board_shows_who_wants_to_be_seen_and_equal_scores_share_a_rank)
{
        struct user users[4];
        const char *id = running("contributions", 100);
        static const char *const values[] = {"9", "5", "5", "50"};
        for (int i = 0; i < 4; i++) {
                users[i] = new_user();
                join(users[i], id);
                expect_status(check_in(users[i], id, text("{\"value\": %s}", values[i])), 201);
        }
        expect_status(
                put(users[3], text("%s/participation", path_of(id)), JSON({"public_on_leaderboard" : false})), 200);
        struct answer board = get(users[3], text("/community/leaderboards/challenge:%s", id));
        expect_status(board, 200);
        ck_assert_int_eq(length_at(board, "items"), 3);
        ck_assert_int_eq(number_at(board, "items[0].score"), 9);
        ck_assert_int_eq(number_at(board, "items[1].rank"), 2);
        ck_assert_int_eq(number_at(board, "items[2].rank"), 2);
        ck_assert_int_eq(number_at(board, "me.score"), 50);
        ck_assert(!has(board, "me.rank"));
        ck_assert_ptr_null(strstr(board.body, users[0].id));
        expect_problem(get(users[0], "/community/leaderboards/wealth"), 404, "not_found");
        expect_problem(get(users[0], text("/community/leaderboards/challenge:%s", users[0].id)), 404, "not_found");
}
END_TEST

TEST(help_given_counts_for_who_wants_it_to)
{
        struct user bob = new_user();
        struct user ann = new_user();
        const char *id = topic(ann);
        const char *answer = posted(bob, id);
        expect_status(put(ann, text("%s/reactions/helpful", post_path(answer)), NULL), 200);
        expect_status(put(ann, text("%s/best-answer", topic_path(id)), text("{\"post_id\": \"%s\"}", answer)), 200);
        struct answer board = get(bob, "/community/leaderboards/helpers?period=week");
        ck_assert_int_eq(number_at(board, "me.score"), 11);
        ck_assert(!has(board, "me.rank"));
        expect_status(put(bob, "/community/leaderboards/helpers/membership", NULL), 200);
        ck_assert_int_ge(number_at(get(bob, "/community/leaderboards/helpers?period=week"), "me.rank"), 1);
        expect_status(del(bob, "/community/leaderboards/helpers/membership"), 200);
        ck_assert(!has(get(bob, "/community/leaderboards/helpers?period=week"), "me.rank"));
        expect_status(get(bob, "/community/leaderboards/consistency"), 200);
}
END_TEST

TEST(who_is_blocked_is_on_no_board)
{
        struct member ann = new_member();
        struct member bob = new_member();
        const char *id = running("contributions", 100);
        join(ann.user, id);
        expect_status(check_in(ann.user, id, JSON({"value" : 3})), 201);
        expect_status(relate(bob.user, ann, JSON({"blocked" : true})), 200);
        ck_assert(AWAIT(20, length_at(get(bob.user, text("/community/leaderboards/challenge:%s", id)), "items") == 0));
}
END_TEST

TEST(participants_are_told_of_the_start)
{
        struct user bob = new_user();
        struct answer made = announce("check_in_days", 3, 48, 96);
        const char *id = text_at(made, "id");
        join(bob, id);
        expect_status(patch(new_user_as("admin"), path_of(id), JSON({"status" : "running"})), 200);
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM forum.outbox WHERE type LIKE '%%.community.challenge.started.%%'"
                                " AND position('%s'::bytea IN data) > 0 AND position('%s'::bytea IN data) > 0",
                        id, bob.id)),
                1);
}
END_TEST

TEST(counters_are_the_number_of_their_rows)
{
        struct answer report = get(new_user_as("ops"), "/status/consistency?scope=forum");
        ck_assert_msg(length_at(report, "drifted") == 0, "%s", report.body);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/challenge", NO_FORK,
        T(only_an_administrator_makes_challenges_and_rules_are_named),
        T(a_challenge_starts_by_itself_and_ends_when_told), T(who_joins_checks_in_once_a_day),
        T(of_many_check_ins_at_once_one_counts), T(a_percentage_is_the_latest_one), T(who_leaves_is_counted_no_more),
        T(a_board_shows_who_wants_to_be_seen_and_equal_scores_share_a_rank), T(help_given_counts_for_who_wants_it_to),
        T(who_is_blocked_is_on_no_board), T(participants_are_told_of_the_start),
        T(counters_are_the_number_of_their_rows))
