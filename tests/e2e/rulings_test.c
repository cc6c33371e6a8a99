/* SPDX-License-Identifier: Apache-2.0 */
/* What people write in the forum and the feed under the eyes of moderation: held, let through, removed, brought back.
 */
#include "tests/e2e/database.h"
#include "tests/e2e/desk.h"
#include "tests/e2e/forum.h"

#include <string.h>

#define HATE "You are a worthless idiot and everybody hates you"

static bool is_seen(const char *path)
{
        return get(new_user(), path).status == 200;
}

TEST(a_post_the_machine_is_unsure_of_waits_for_a_person)
{
        struct user bob = new_user(), mod = new_user_as("mod");
        const char *id = topic(new_user());
        struct answer answer = post(bob, posts_path(id), "{\"content\": \"" HATE "\"}");
        expect_status(answer, 202);
        ck_assert_str_eq(text_at(answer, "status"), "pending_review");
        ck_assert_int_eq(length_at(answer, "notices"), 1);
        const char *held = text_at(answer, "id");
        expect_status(get(bob, post_path(held)), 200);
        expect_status(get(mod, post_path(held)), 200);
        ck_assert(!is_seen(post_path(held)));
        ck_assert(!is_listed(get(new_user(), posts_path(id)), held));
        ruled(mod, case_of(mod, "forum_post", held), "none", "");
        ck_assert_msg(AWAIT(30, is_seen(post_path(held))), "it is not let through");
        ck_assert_int_eq(number_at(get(bob, topic_path(id)), "posts_count"), 1);
}
END_TEST

TEST(an_edit_the_machine_is_unsure_of_waits_too)
{
        struct user bob = new_user(), mod = new_user_as("mod");
        const char *id = topic(new_user());
        const char *mine = posted(bob, id);
        struct answer answer = patch(bob, post_path(mine), "{\"content\": \"" HATE "\"}");
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "status"), "pending_review");
        ck_assert(!is_seen(post_path(mine)));
        ck_assert_int_eq(number_at(get(bob, topic_path(id)), "posts_count"), 0);
        ruled(mod, case_of(mod, "forum_post", mine), "none", "");
        ck_assert_msg(AWAIT(30, is_seen(post_path(mine))), "it is not let through");
}
END_TEST

TEST(a_topic_in_a_moderated_category_is_let_through_at_the_desk)
{
        struct user ann = new_user(), mod = new_user_as("mod");
        const char *id = topic_in(category_with(", \"is_moderated\": true"), ann, "");
        ck_assert(!is_seen(topic_path(id)));
        ruled(mod, case_of(mod, "forum_topic", id), "none", "");
        ck_assert_msg(AWAIT(30, is_seen(topic_path(id))), "it is not let through");
}
END_TEST

TEST(a_removed_post_comes_back_when_the_appeal_is_granted)
{
        struct user ann = new_user(), bob = new_user(), mod = new_user_as("mod"), other = new_user_as("mod");
        const char *id = topic(ann);
        const char *answer = posted(bob, id);
        expect_status(put(ann, text("%s/best-answer", topic_path(id)), text("{\"post_id\": \"%s\"}", answer)), 200);
        reported(ann, "forum_post", answer, "spam");
        const char *action = ruled(mod, case_of(mod, "forum_post", answer), "remove", "");
        ck_assert_msg(AWAIT(30, !is_seen(post_path(answer))), "it is still there");
        struct answer seen = get(ann, topic_path(id));
        ck_assert(!is_true_at(seen, "is_solved"));
        ck_assert_int_eq(number_at(seen, "posts_count"), 0);
        const char *appeal = appealed(bob, action);
        expect_status(step_appeal(other, appeal, "claim"), 200);
        expect_status(step_appeal(other, appeal, "grant"), 200);
        ck_assert_msg(AWAIT(30, is_seen(post_path(answer))), "it does not come back");
        ck_assert_int_eq(number_at(get(ann, topic_path(id)), "posts_count"), 1);
}
END_TEST

TEST(a_hidden_topic_comes_back_as_it_was_when_the_appeal_is_granted)
{
        struct user ann = new_user(), mod = new_user_as("mod"), other = new_user_as("mod");
        const char *id = topic(ann);
        expect_status(move_topic(ann, id, "close"), 200);
        reported(new_user(), "forum_topic", id, "spam");
        const char *action = ruled(mod, case_of(mod, "forum_topic", id), "hide", "");
        ck_assert_msg(AWAIT(30, !is_seen(topic_path(id))), "it is still there");
        const char *appeal = appealed(ann, action);
        expect_status(step_appeal(other, appeal, "claim"), 200);
        expect_status(step_appeal(other, appeal, "grant"), 200);
        ck_assert_msg(AWAIT(30, is_seen(topic_path(id))), "it does not come back");
        ck_assert_str_eq(text_at(get(ann, topic_path(id)), "status"), "closed");
}
END_TEST

TEST(an_activity_waits_and_is_taken_away_like_everything_else)
{
        struct user ann = new_user(), mod = new_user_as("mod"), other = new_user_as("mod");
        struct answer answer = post(ann, "/feed/activities",
                "{\"type\": \"status\", \"visibility\": \"community\", \"text\": \"" HATE "\"}");
        expect_status(answer, 202);
        const char *path = text("/feed/activities/%s", text_at(answer, "id"));
        ck_assert(!is_seen(path));
        ruled(mod, case_of(mod, "feed_activity", text_at(answer, "id")), "none", "");
        ck_assert_msg(AWAIT(30, is_seen(path)), "it is not let through");
        reported(new_user(), "feed_activity", text_at(answer, "id"), "harassment");
        ruled(other, case_of(other, "feed_activity", text_at(answer, "id")), "remove", "");
        ck_assert_msg(AWAIT(30, !is_seen(path)), "it is still there");
}
END_TEST

TEST(who_is_limited_reads_and_does_not_write)
{
        struct user bob = new_user(), mod = new_user_as("mod");
        const char *id = topic(new_user());
        const char *answer = posted(bob, id);
        reported(new_user(), "forum_post", answer, "harassment");
        ruled(mod, case_of(mod, "forum_post", answer), "limit", ", \"duration_s\": 3600");
        ck_assert_msg(
                AWAIT(30, post(bob, posts_path(id), JSON({"content" : "Hello"})).status == 403), "it is not in effect");
        expect_problem(post(bob, posts_path(id), JSON({"content" : "Hello"})), 403, "sanctioned");
        expect_status(get(bob, topic_path(id)), 200);
        expect_status(put(bob, text("%s/reading-state", topic_path(id)), JSON({"level" : "muted"})), 200);
        expect_status(del(bob, post_path(answer)), 204);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/rulings", NO_FORK, T(a_post_the_machine_is_unsure_of_waits_for_a_person),
        T(an_edit_the_machine_is_unsure_of_waits_too), T(a_topic_in_a_moderated_category_is_let_through_at_the_desk),
        T(a_removed_post_comes_back_when_the_appeal_is_granted),
        T(a_hidden_topic_comes_back_as_it_was_when_the_appeal_is_granted),
        T(an_activity_waits_and_is_taken_away_like_everything_else), T(who_is_limited_reads_and_does_not_write))
