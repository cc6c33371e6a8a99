/* SPDX-License-Identifier: Apache-2.0 */
/* An action that is taken back leaves nothing behind: everything it touched is as it was before. */
#include "tests/e2e/database.h"
#include "tests/e2e/desk.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/member.h"

#include <string.h>

/* A post with reactions that was accepted as the answer, of somebody with a profile, in somebody's topic. */
struct scene {
        struct member author;
        struct user asker, reporter, mod, other;
        const char *topic, *post;
};

/* For the post, for being liked, for having helped and for the answer. */
static bool is_credited(struct member author)
{
        return sql_number(text(
                       "SELECT count(*) FROM anonymize.reputation_entries WHERE user_id = '%s'", author.user.id)) == 4;
}

static struct scene set_scene(void)
{
        struct scene scene = {.author = new_member(),
                .asker = new_user(),
                .reporter = new_user(),
                .mod = new_user_as("mod"),
                .other = new_user_as("mod")};
        scene.topic = topic(scene.asker);
        scene.post = posted(scene.author.user, scene.topic);
        expect_status(put(scene.asker, text("%s/reactions/helpful", post_path(scene.post)), NULL), 200);
        expect_status(put(new_user(), text("%s/reactions/like", post_path(scene.post)), NULL), 200);
        expect_status(put(scene.asker, text("%s/best-answer", topic_path(scene.topic)),
                              text("{\"post_id\": \"%s\"}", scene.post)),
                200);
        ck_assert_msg(AWAIT(30, is_credited(scene.author)), "no credit for what was posted");
        return scene;
}

static const char *fields(struct answer answer, const char *const names[])
{
        char *out = text("%d", answer.status);
        for (; answer.status == 200 && *names != NULL; names++) {
                char *value = has(answer, *names) ? cJSON_PrintUnformatted(value_at(answer, *names)) : NULL;
                out = text("%s %s=%s", out, *names, value == NULL ? "-" : value);
                cJSON_free(value);
        }
        return out;
}

static const char *strikes_of(struct user who)
{
        static const char *const latest[] = {"items[0].strikes", NULL};
        struct answer mine = get(who, "/moderation/actions");
        return has(mine, "items[0].strikes") ? fields(mine, latest) : "none";
}

/* All that a ruling can change for anybody. */
static const char *snapshot(const struct scene *scene)
{
        static const char *const of_post[] = {
                "content", "status", "likes_count", "helpful_votes", "is_best_answer", "quality_score", NULL};
        static const char *const of_topic[] = {"status", "posts_count", "is_solved", NULL};
        static const char *const of_profile[] = {
                "reputation_score", "total_contributions", "experience_level", "achievement_badges", NULL};
        return text("post %s\ntopic %s\nprofile %s\nreporter %s\nsanctions %s\nstrikes %s\nwrites %d",
                fields(get(scene->asker, post_path(scene->post)), of_post),
                fields(get(scene->asker, topic_path(scene->topic)), of_topic),
                fields(get(scene->author.user, "/profile"), of_profile),
                sql_text(text("SELECT coalesce(sum(upheld), 0) || '/' || coalesce(sum(dismissed), 0)"
                              " FROM moderation.reporters WHERE user_id = '%s'",
                        scene->reporter.id)),
                sql_text(text("SELECT (SELECT count(*) FROM forum.sanctions WHERE user_id = '%s') + (SELECT count(*)"
                              " FROM moderation.sanctions WHERE user_id = '%s')",
                        scene->author.user.id, scene->author.user.id)),
                strikes_of(scene->author.user),
                patch(scene->author.user, "/profile", JSON({"bio" : "I like boats."})).status);
}

static bool has_settled(const struct scene *scene, const char *expected)
{
        return strcmp(snapshot(scene), expected) == 0;
}

/* Rules, waits for what it does, has it taken back, and waits until all is as it was. */
static void rule_and_reverse(const char *action_taken, const char *more)
{
        struct scene scene = set_scene();
        const char *before = snapshot(&scene);
        reported(scene.reporter, "forum_post", scene.post, "spam");
        const char *action = ruled(scene.mod, case_of(scene.mod, "forum_post", scene.post), action_taken, more);
        ck_assert_msg(AWAIT(30, !has_settled(&scene, before)), "%s changes nothing", action_taken);
        const char *appeal = appealed(scene.author.user, action);
        expect_status(step_appeal(scene.other, appeal, "claim"), 200);
        expect_status(step_appeal(scene.other, appeal, "grant"), 200);
        ck_assert_msg(AWAIT(30, has_settled(&scene, before)), "%s is not taken back whole:\n%s\n\nbefore:\n%s",
                action_taken, snapshot(&scene), before);
}

TEST(a_removal_that_is_taken_back_leaves_nothing_behind)
{
        rule_and_reverse("remove", "");
}
END_TEST

TEST(a_thing_that_was_hidden_is_as_it_was)
{
        rule_and_reverse("hide", "");
}
END_TEST

TEST(a_sanction_that_is_taken_back_leaves_nothing_behind)
{
        rule_and_reverse("suspend", ", \"duration_s\": 3600");
}
END_TEST

TEST(who_reported_learns_that_the_ruling_fell)
{
        struct scene scene = set_scene();
        const char *report = reported(scene.reporter, "forum_post", scene.post, "spam");
        const char *action = ruled(scene.mod, case_of(scene.mod, "forum_post", scene.post), "hide", "");
        const char *path = text("/moderation/reports/%s", report);
        ck_assert_str_eq(text_at(get(scene.reporter, path), "outcome"), "upheld");
        const char *appeal = appealed(scene.author.user, action);
        expect_status(step_appeal(scene.other, appeal, "claim"), 200);
        expect_status(step_appeal(scene.other, appeal, "grant"), 200);
        ck_assert_str_eq(text_at(get(scene.reporter, path), "outcome"), "overturned");
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/reversal", NO_FORK, T(a_removal_that_is_taken_back_leaves_nothing_behind),
        T(a_thing_that_was_hidden_is_as_it_was), T(a_sanction_that_is_taken_back_leaves_nothing_behind),
        T(who_reported_learns_that_the_ruling_fell))
