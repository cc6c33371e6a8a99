/* SPDX-License-Identifier: Apache-2.0 */
/* A sanction is heard of by every service: who stands under one reads everywhere and writes nowhere. */
#include "tests/e2e/desk.h"
#include "tests/e2e/forum.h"

#include <string.h>

#define NOBODYS "6f1d3c52-0a51-4b6e-9a1e-000000000001"

/* A write and a read of each service. The writes are whole: nothing but the sanction is in their way. */
static const struct {
        const char *service, *verb, *path, *body, *read;
} services[] = {
        {"anonymize", "PUT", "/profile/demographics", JSON({"birth_year" : 1990}), "/privacy-guide"},
        {"moderation", "POST", "/moderation/queue/claims", JSON({}), "/moderation/rules"},
        {"goals", "POST", "/goal-sharing/", JSON({"goal_category" : "home", "goal_title" : "A boat"}),
                "/goal-sharing/"},
        {"forum", "POST", "/community/topics/" NOBODYS "/posts", JSON({"content" : "Hello"}), "/community/topics"},
        {"feed", "POST", "/feed/activities", JSON({"type" : "status", "visibility" : "community", "text" : "Hello"}),
                "/feed/"},
        {"groups", "PATCH", "/groups/" NOBODYS, JSON({"title" : "A boat for us all"}), "/groups/"},
        {"mentor", "PUT", "/mentorship/mentee-profile", JSON({"focus_areas" : ["budget"]}), "/mentorship/mentors"},
        {"peers", "POST", "/peer-comparison/", JSON({}), "/peer-comparison/cohorts"},
};

/* Somebody with a moderator's role, who may do more than others otherwise, limited for an hour. */
static struct user limited(void)
{
        struct user bob = new_user_as("mod"), mod = new_user_as("mod");
        const char *answer = posted(bob, topic(new_user()));
        reported(new_user(), "forum_post", answer, "harassment");
        ruled(mod, case_of(mod, "forum_post", answer), "limit", ", \"duration_s\": 3600");
        return bob;
}

static struct answer write_to(struct user user, size_t i)
{
        const char *body = services[i].body;
        return ask(&(struct request){services[i].verb, services[i].path, user, body, strlen(body)});
}

TEST(who_is_limited_writes_nowhere_and_reads_everywhere)
{
        struct user bob = limited(), ann = new_user_as("mod");
        for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
                ck_assert_msg(AWAIT(30, write_to(bob, i).status == 403), "%s lets them write", services[i].service);
                expect_problem(write_to(bob, i), 403, "sanctioned");
                ck_assert_ptr_null(header_of(write_to(bob, i), "WWW-Authenticate"));
                ck_assert_msg(get(bob, services[i].read).status < 300, "%s lets them not read", services[i].service);
                ck_assert_msg(write_to(ann, i).status != 403, "%s lets nobody write", services[i].service);
        }
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/sanction", NO_FORK, T(who_is_limited_writes_nowhere_and_reads_everywhere))
