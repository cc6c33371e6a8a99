/* SPDX-License-Identifier: Apache-2.0 */
/* Posts: numbered, answered, liked, accepted, searched for; and what many do at once. */
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"

#include <string.h>

enum { RIVALS = 8 };

static const char *reaction_path(const char *post, const char *kind)
{
        return text("%s/reactions/%s", post_path(post), kind);
}

static int count_of(const int *statuses, int n, int status)
{
        int count = 0;
        for (int i = 0; i < n; i++)
                count += statuses[i] == status;
        return count;
}

static struct request request_of(const char *verb, const char *path, struct user user, const char *body)
{
        return (struct request){verb, path, user, body, body == NULL ? 0 : strlen(body), NULL};
}

TEST(posts_are_numbered_and_counted)
{
        struct user ann = new_user();
        struct user bob = new_user();
        const char *id = topic(ann);
        const char *first = posted(bob, id);
        struct answer reply =
                post(ann, posts_path(id), text("{\"content\": \"Every week?\", \"reply_to_post_id\": \"%s\"}", first));
        expect_status(reply, 201);
        ck_assert_int_eq(number_at(reply, "post_number"), 2);
        posted(bob, id);
        struct answer seen = get(ann, topic_path(id));
        ck_assert_int_eq(number_at(seen, "posts_count"), 3);
        ck_assert_int_eq(number_at(seen, "participants_count"), 2);
        struct answer list = get(ann, text("%s?limit=2", posts_path(id)));
        ck_assert_int_eq(number_at(list, "items[0].post_number"), 1);
        ck_assert_int_eq(number_at(list, "items[1].post_number"), 2);
        struct answer rest = get(ann, text("%s?limit=2&cursor=%s", posts_path(id), text_at(list, "next_cursor")));
        ck_assert_int_eq(number_at(rest, "items[0].post_number"), 3);
        ck_assert_int_eq(number_at(get(ann, text("%s?sort=new", posts_path(id))), "items[0].post_number"), 3);
        ck_assert_ptr_null(strstr(list.body, bob.id));
}
END_TEST

TEST(fields_that_break_a_rule_are_named)
{
        struct user ann = new_user();
        const char *id = topic(ann);
        struct answer answer = post(ann, posts_path(id), JSON({"content" : ""}));
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "content");
        answer = post(ann, posts_path(id),
                text("{\"content\": \"x\", \"reply_to_post_id\": \"%s\"}", posted(ann, topic(ann))));
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "reply_to_post_id");
        expect_problem(put(ann, reaction_path(posted(new_user(), id), "anger"), NULL), 422, "validation_failed");
        expect_problem(get(ann, post_path(ann.id)), 404, "not_found");
}
END_TEST

TEST(numbers_have_no_gaps_when_many_post_at_once)
{
        struct request requests[RIVALS];
        int statuses[RIVALS];
        const char *id = topic(new_user());
        for (int i = 0; i < RIVALS; i++)
                requests[i] = request_of("POST", posts_path(id), new_user(), JSON({"content" : "At once."}));
        at_once(RIVALS, requests, statuses);
        int made = count_of(statuses, RIVALS, 201);
        ck_assert_int_ge(made, 1);
        ck_assert_int_eq(
                sql_number(text("SELECT max(post_number) FROM forum.forum_posts WHERE topic_id = '%s'", id)), made);
        ck_assert_int_eq(number_at(get(new_user(), topic_path(id)), "posts_count"), made);
        ck_assert_int_eq(number_at(get(new_user(), topic_path(id)), "participants_count"), made);
}
END_TEST

TEST(an_edit_keeps_what_was_said_before)
{
        struct user ann = new_user();
        const char *id = posted(ann, topic(new_user()));
        expect_problem(patch(new_user(), post_path(id), JSON({"content" : "Mine now."})), 403, "forbidden");
        struct answer after = patch(ann, post_path(id), JSON({"content" : "Ask bo.lind@example.com"}));
        expect_status(after, 200);
        ck_assert_str_eq(text_at(after, "content"), "Ask [email 1]");
        ck_assert_int_eq(number_at(after, "version"), 2);
        struct answer own = get(ann, text("%s?include=revisions", post_path(id)));
        ck_assert_str_eq(text_at(own, "revisions[0].content"), "Put something aside every week.");
        ck_assert_int_eq(length_at(get(new_user(), text("%s?include=revisions", post_path(id))), "revisions"), 0);
}
END_TEST

TEST(a_deleted_post_is_gone_and_its_number_stays)
{
        struct user ann = new_user();
        const char *id = topic(new_user());
        const char *mine = posted(ann, id);
        expect_problem(del(new_user(), post_path(mine)), 403, "forbidden");
        expect_status(del(ann, post_path(mine)), 204);
        expect_status(get(ann, post_path(mine)), 404);
        ck_assert_int_eq(number_at(get(ann, topic_path(id)), "posts_count"), 0);
        ck_assert_int_eq(number_at(get(ann, post_path(posted(ann, id))), "post_number"), 2);
        expect_status(del(new_user_as("mod"), post_path(posted(ann, id))), 204);
        ck_assert_int_eq(number_at(get(ann, topic_path(id)), "posts_count"), 1);
}
END_TEST

TEST(helpful_and_not_helpful_take_each_other_s_place)
{
        struct user bob = new_user();
        const char *id = topic(new_user());
        const char *answer = posted(new_user(), id);
        expect_status(put(bob, reaction_path(answer, "like"), NULL), 200);
        struct answer set = put(bob, reaction_path(answer, "helpful"), NULL);
        ck_assert_int_eq(number_at(set, "helpful_votes"), 1);
        ck_assert_int_eq(number_at(set, "likes_count"), 1);
        double quality = number_at(set, "quality_score");
        ck_assert(quality > 0.3 && quality < 0.5);
        set = put(bob, reaction_path(answer, "not_helpful"), NULL);
        ck_assert_int_eq(number_at(set, "helpful_votes"), 0);
        ck_assert(number_at(set, "quality_score") < 0.01);
        struct answer seen = get(bob, post_path(answer));
        ck_assert(is_true_at(seen, "viewer.not_helpful") && !is_true_at(seen, "viewer.helpful"));
        ck_assert(!has(get(new_user(), post_path(answer)), "not_helpful_votes"));
        expect_status(del(bob, reaction_path(answer, "like")), 200);
        ck_assert_int_eq(number_at(get(bob, topic_path(id)), "likes_count"), 0);
}
END_TEST

TEST(one_s_own_post_takes_no_reaction)
{
        struct user ann = new_user();
        expect_problem(put(ann, reaction_path(posted(ann, topic(ann)), "like"), NULL), 409, "conflict");
}
END_TEST

TEST(reacting_many_times_at_once_counts_once)
{
        struct request requests[RIVALS];
        int statuses[RIVALS];
        struct user bob = new_user();
        const char *id = topic(new_user());
        const char *answer = posted(new_user(), id);
        for (int i = 0; i < RIVALS; i++)
                requests[i] =
                        request_of("PUT", reaction_path(answer, "helpful"), i < RIVALS / 2 ? bob : new_user(), NULL);
        at_once(RIVALS, requests, statuses);
        ck_assert_int_eq(count_of(statuses, RIVALS, 200), RIVALS);
        ck_assert_int_eq(number_at(get(bob, post_path(answer)), "helpful_votes"), 1 + RIVALS / 2);
        ck_assert_int_eq(number_at(get(bob, topic_path(id)), "helpful_votes"), 1 + RIVALS / 2);
}
END_TEST

TEST(of_many_answers_accepted_at_once_one_is)
{
        struct request requests[RIVALS];
        int statuses[RIVALS];
        struct user ann = new_user();
        const char *id = topic_in(category(), ann, ", \"post_type\": \"question\"");
        for (int i = 0; i < RIVALS; i++)
                requests[i] = request_of("PUT", text("%s/best-answer", topic_path(id)), ann,
                        text("{\"post_id\": \"%s\"}", posted(new_user(), id)));
        at_once(RIVALS, requests, statuses);
        ck_assert_int_eq(count_of(statuses, RIVALS, 200), 1);
        ck_assert_int_eq(count_of(statuses, RIVALS, 409), RIVALS - 1);
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM forum.forum_posts WHERE topic_id = '%s' AND is_best_answer", id)),
                1);
        ck_assert(is_true_at(get(ann, text("%s?sort=answer", posts_path(id))), "items[0].is_best_answer"));
}
END_TEST

TEST(an_accepted_answer_is_taken_back_and_goes_with_its_post)
{
        struct user ann = new_user();
        struct user bob = new_user();
        const char *id = topic(ann);
        const char *best = text("%s/best-answer", topic_path(id));
        const char *answer = posted(bob, id);
        const char *body = text("{\"post_id\": \"%s\"}", answer);
        expect_problem(put(bob, best, body), 403, "forbidden");
        expect_problem(
                put(ann, best, text("{\"post_id\": \"%s\"}", posted(bob, topic(ann)))), 422, "validation_failed");
        struct answer accepted = put(ann, best, body);
        expect_status(accepted, 200);
        ck_assert(has(accepted, "auto_close_at"));
        ck_assert_str_eq(text_at(get(bob, topic_path(id)), "best_answer"), answer);
        ck_assert(!is_true_at(del(ann, best), "is_solved"));
        ck_assert(!is_true_at(get(bob, post_path(answer)), "is_best_answer"));
        expect_status(put(ann, best, body), 200);
        expect_status(del(bob, post_path(answer)), 204);
        struct answer after = get(ann, topic_path(id));
        ck_assert(!is_true_at(after, "is_solved"));
        ck_assert(!has(after, "best_answer"));
}
END_TEST

TEST(words_are_found_in_topics_and_posts)
{
        struct user bob = new_user();
        const char *place = category();
        const char *id =
                topic_in(place, new_user(), ", \"description\": \"Chartering a catamaran\", \"tags\": [\"sea\"]");
        struct answer answer = post(bob, posts_path(id), JSON({"content" : "Catamarans are cheaper in spring."}));
        expect_status(answer, 201);
        struct answer found = get(bob, text("/community/search?q=catamaran&category_id=%s", place));
        ck_assert_int_eq(length_at(found, "items"), 2);
        ck_assert_ptr_nonnull(strstr(found.body, "**catamaran**"));
        found = get(bob, text("/community/search?q=catamaran&type=post&category_id=%s", place));
        ck_assert_int_eq(length_at(found, "items"), 1);
        ck_assert_str_eq(text_at(found, "items[0].id"), text_at(answer, "id"));
        ck_assert_str_eq(text_at(found, "items[0].topic_id"), id);
        ck_assert_int_eq(
                length_at(get(bob, text("/community/search?q=catamaran+zebra&category_id=%s", place)), "items"), 0);
        found = get(bob, text("/community/search?q=catamaran+zebra&mode=similar&type=topic&category_id=%s", place));
        ck_assert_str_eq(text_at(found, "items[0].id"), id);
        expect_problem(get(bob, "/community/search?q=x"), 422, "validation_failed");
}
END_TEST

TEST(counters_are_the_number_of_their_rows)
{
        struct answer report = get(new_user_as("ops"), "/status/consistency?scope=forum");
        expect_status(report, 200);
        ck_assert_msg(length_at(report, "drifted") == 0, "%s", report.body);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/post", NO_FORK, T(posts_are_numbered_and_counted),
        T(fields_that_break_a_rule_are_named), T(numbers_have_no_gaps_when_many_post_at_once),
        T(an_edit_keeps_what_was_said_before), T(a_deleted_post_is_gone_and_its_number_stays),
        T(helpful_and_not_helpful_take_each_other_s_place), T(one_s_own_post_takes_no_reaction),
        T(reacting_many_times_at_once_counts_once), T(of_many_answers_accepted_at_once_one_is),
        T(an_accepted_answer_is_taken_back_and_goes_with_its_post), T(words_are_found_in_topics_and_posts),
        T(counters_are_the_number_of_their_rows))
