/* SPDX-License-Identifier: Apache-2.0 */
/* The platform as its images make it, through the gateway: every service has done something when this is over. */
#include "tests/e2e/forum.h"
#include "tests/e2e/listening.h"
#include "tests/e2e/member.h"
#include "tests/e2e/sharing.h"

#include <string.h>

enum { PATIENCE_S = 120 };

TEST(all_of_it_is_healthy)
{
        struct answer answer = {0};
        ck_assert_msg(AWAIT(PATIENCE_S, (answer = get(nobody, "/health")).status == 200), "answered %d: %s",
                answer.status, answer.body);
        ck_assert_str_eq(text_at(answer, "status"), "healthy");
        ck_assert_str_eq(text_at(answer, "database"), "connected");
        ck_assert_str_eq(text_at(answer, "cache"), "redis_connected");
}
END_TEST

TEST(a_goal_is_shared_without_what_identifies_people)
{
        struct member ann = new_member();
        struct answer answer = post(ann.user, "/goal-sharing/", JSON({
                "goal_category" : "home",
                "goal_title" : "A boat in five years",
                "goal_description" : "Ask me at jane.doe@example.com"
        }));
        expect_status(answer, 201);
        ck_assert_ptr_null(strstr(answer.body, "jane.doe"));
        const char *share = text_at(answer, "id");
        ck_assert_msg(AWAIT(PATIENCE_S, get(new_user(), path_of(share)).status == 200), "nobody else sees it");
}
END_TEST

TEST(a_post_is_written_and_read)
{
        struct member ann = new_member();
        const char *place = topic(ann.user);
        const char *post = posted(ann.user, place);
        ck_assert_msg(AWAIT(PATIENCE_S, is_listed(get(new_user(), posts_path(place)), post)), "the post is in no list");
}
END_TEST

/* From svc-goals by an event to svc-feed, and from there to the gateway and the socket. */
TEST(an_event_is_heard_over_the_websocket)
{
        struct member ann = new_member();
        const char *share = shared(ann.user, "A boat one hears of");
        struct ear *ear = ear_open(ann.user);
        expect_status(put(new_user(), reaction_to(share, "inspiration"), ""), 200);
        const cJSON *frame = ear_hear(ear, "new_inspiration_on_goal", PATIENCE_S);
        ck_assert_msg(frame != NULL, "nothing is heard");
        ear_close(ear);
}
END_TEST

TEST(every_service_answers)
{
        static const char *const paths[] = {"/goal-sharing/", "/groups", "/mentorship/mentors", "/privacy/settings",
                "/peer-comparison/cohorts", "/moderation/rules", "/community/categories", "/notifications"};
        struct user ann = new_member().user;
        for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
                struct answer answer = get(ann, paths[i]);
                ck_assert_msg(answer.status == 200, "%s: %d %s", paths[i], answer.status, answer.body);
        }
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "containers/smoke", FORK, T(all_of_it_is_healthy),
        T(a_goal_is_shared_without_what_identifies_people), T(a_post_is_written_and_read),
        T(an_event_is_heard_over_the_websocket), T(every_service_answers))
