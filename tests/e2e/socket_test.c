/* SPDX-License-Identifier: Apache-2.0 */
/* The WebSocket: who may listen, what is heard, and that what was missed is heard again. */
#include "tests/e2e/listening.h"
#include "tests/e2e/member.h"
#include "tests/e2e/sharing.h"

#include <stdlib.h>
#include <string.h>

static void inspire(struct user who, const char *share)
{
        expect_status(put(who, reaction_to(share, "inspiration"), ""), 200);
}

static long seq_of(const cJSON *frame)
{
        return (long)cJSON_GetObjectItem(frame, "seq")->valuedouble;
}

TEST(an_owner_hears_at_once_of_having_inspired)
{
        struct member ann = new_member();
        struct user bob = new_user();
        const char *share = shared(ann.user, "A boat to hear of");
        struct ear *ear = ear_open(ann.user);
        inspire(bob, share);
        const cJSON *frame = ear_hear(ear, "new_inspiration_on_goal", 60);
        ck_assert_msg(frame != NULL, "nothing is heard");
        ck_assert_int_gt(seq_of(frame), ear_last_seq(ear));
        ck_assert_ptr_nonnull(cJSON_GetObjectItem(frame, "data"));
        ck_assert_ptr_nonnull(cJSON_GetObjectItem(frame, "at"));
        char *all = cJSON_PrintUnformatted(frame);
        ck_assert_ptr_null(strstr(all, bob.id));
        ck_assert_ptr_nonnull(strstr(all, share));
        free(all);
        ear_close(ear);
}
END_TEST

TEST(what_was_missed_is_heard_again_by_resume)
{
        struct member ann = new_member();
        const char *share = shared(ann.user, "A boat twice heard");
        struct ear *first = ear_open(ann.user);
        inspire(new_user(), share);
        const cJSON *frame = ear_hear(first, "new_inspiration_on_goal", 60);
        ck_assert_msg(frame != NULL, "nothing is heard");
        long before = seq_of(frame) - 1;
        ear_close(first);
        struct ear *second = ear_open(ann.user);
        ck_assert_int_eq(ear_count(second, "new_inspiration_on_goal"), 0);
        ear_say(second, text("{\"type\": \"resume\", \"last_seq\": %ld}", before));
        frame = ear_hear(second, "new_inspiration_on_goal", 30);
        ck_assert_msg(frame != NULL, "it is not heard again");
        ck_assert_int_eq(seq_of(frame), before + 1);
        ck_assert_msg(ear_hear(second, "replayed", 30) != NULL, "no word that all is said");
        ear_close(second);
}
END_TEST

TEST(a_socket_is_for_its_user_and_with_a_token)
{
        struct user ann = new_user(), bob = new_user();
        expect_status(ear_handshake(nobody, ann.id, NULL), 401);
        expect_status(ear_handshake(bob, ann.id, NULL), 403);
        expect_status(ear_handshake(ann, ann.id, ""), 426);
        expect_status(ear_handshake((struct user){ann.id, "no.token.atall"}, ann.id, NULL), 401);
}
END_TEST

TEST(a_ping_is_answered_and_nonsense_ends_it)
{
        struct user ann = new_user();
        struct ear *ear = ear_open(ann);
        ear_say(ear, JSON({"type" : "ping"}));
        ck_assert_msg(ear_hear(ear, "pong", 30) != NULL, "no pong");
        ear_say(ear, "{\"type\": ");
        ck_assert_int_eq(ear_closed(ear, 30), 1008);
        ear_close(ear);
}
END_TEST

TEST(who_talks_too_fast_is_sent_away)
{
        struct user ann = new_user();
        struct ear *ear = ear_open(ann);
        for (int i = 0; i < 60; i++)
                ear_say(ear, JSON({"type" : "ping"}));
        ck_assert_int_eq(ear_closed(ear, 30), 4429);
        ear_close(ear);
}
END_TEST

TEST(a_socket_ends_with_its_token)
{
        struct user ann = new_user();
        struct ear *ear = ear_open((struct user){ann.id, token_for(ann.id, "3")});
        ck_assert_int_eq(ear_closed(ear, 90), 4401);
        ear_close(ear);
}
END_TEST

TEST(of_many_sockets_of_one_user_the_oldest_gives_way)
{
        struct user ann = new_user();
        struct ear *ears[9];
        for (int i = 0; i < 9; i++)
                ears[i] = ear_open(ann);
        ck_assert_int_eq(ear_closed(ears[0], 30), 4409);
        ear_say(ears[8], JSON({"type" : "ping"}));
        ck_assert_msg(ear_hear(ears[8], "pong", 30) != NULL, "the newest is not served");
        for (int i = 0; i < 9; i++)
                ear_close(ears[i]);
}
END_TEST

TEST(a_subscription_leaves_out_the_rest)
{
        struct member ann = new_member();
        const char *share = shared(ann.user, "A boat not heard of");
        struct ear *ear = ear_open(ann.user);
        ear_say(ear, JSON({"type" : "subscribe", "topics" : ["peer_comparison_updated"]}));
        ear_say(ear, JSON({"type" : "ping"}));
        ck_assert_msg(ear_hear(ear, "pong", 30) != NULL, "no pong");
        inspire(new_user(), share);
        ck_assert(AWAIT(60, length_at(get(ann.user, "/notifications"), "items") > 0));
        ck_assert_ptr_null(ear_hear(ear, "new_inspiration_on_goal", 2));
        ear_close(ear);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/socket", NO_FORK, T(an_owner_hears_at_once_of_having_inspired),
        T(what_was_missed_is_heard_again_by_resume), T(a_socket_is_for_its_user_and_with_a_token),
        T(a_ping_is_answered_and_nonsense_ends_it), T(who_talks_too_fast_is_sent_away), T(a_socket_ends_with_its_token),
        T(of_many_sockets_of_one_user_the_oldest_gives_way), T(a_subscription_leaves_out_the_rest))
