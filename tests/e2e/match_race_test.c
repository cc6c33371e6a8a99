/* SPDX-License-Identifier: Apache-2.0 */
/* Matches that change at the same moment, from more sides than one. */
#include "tests/e2e/database.h"
#include "tests/e2e/member.h"
#include "tests/e2e/mentoring.h"
#include "tests/e2e/saving.h"
#include "tests/e2e/sharing.h"
#include "tests/e2e/twins.h"

#include <string.h>

enum { ROUNDS = 4 };

static const char *const json_headers[] = {"Content-Type: application/json", NULL};

static struct request sending(struct user who, const char *verb, const char *path, const char *body)
{
        return (struct request){
                .verb = verb, .path = path, .user = who, .body = body, .size = strlen(body), .headers = json_headers};
}

static struct request acting(struct user who, const char *match, const char *action)
{
        return sending(who, "POST", text("%s/transitions", match_path(match)),
                text("{\"action\": \"%s\", \"expected_version\": 1}", action));
}

static long count_matches(const char *condition)
{
        return sql_number(text("SELECT count(*) FROM mentor.mentorship_matches WHERE %s", condition));
}

TEST(a_request_is_answered_once)
{
        static const char *const ends[] = {"active", "declined", "withdrawn"};
        for (int round = 0; round < ROUNDS; round++) {
                struct user ann = new_user(), bob = new_user();
                const char *match = requested(bob, registered(ann, 1));
                const struct request requests[] = {
                        acting(ann, match, "accept"), acting(ann, match, "decline"), acting(bob, match, "withdraw")};
                int statuses[3], winner = 0;
                ask_at_once(3, requests, statuses);
                ck_assert_int_eq(count_status(3, statuses, 200), 1);
                while (statuses[winner] != 200)
                        winner++;
                ck_assert_str_eq(text_at(get(bob, match_path(match)), "status"), ends[winner]);
                ck_assert_int_eq(number_at(get(ann, mentor_path("me")), "free_slots"), winner == 0 ? 0 : 1);
        }
}
END_TEST

/* Each turns away somebody whose next choice is the other. */
TEST(two_mentors_who_fill_up_do_not_wait_for_each_other)
{
        for (int round = 0; round < ROUNDS; round++) {
                struct user ann = new_user(), bob = new_user(), first = new_user(), second = new_user();
                const char *ann_id = registered(ann, 1), *bob_id = registered(bob, 1);
                struct answer answer = ask_mentor(first, ann_id, text(", \"choices\": [\"%s\"]", bob_id));
                expect_status(answer, 201);
                const char *left = text_at(answer, "id");
                answer = ask_mentor(second, bob_id, text(", \"choices\": [\"%s\"]", ann_id));
                expect_status(answer, 201);
                const char *right = text_at(answer, "id");
                const struct request requests[] = {acting(ann, requested(new_user(), ann_id), "accept"),
                        acting(bob, requested(new_user(), bob_id), "accept")};
                int statuses[2];
                ask_at_once(2, requests, statuses);
                ck_assert_int_eq(count_status(2, statuses, 200), 2);
                ck_assert_str_eq(text_at(get(first, match_path(left)), "status"), "expired");
                ck_assert_str_eq(text_at(get(second, match_path(right)), "status"), "expired");
        }
}
END_TEST

TEST(a_mentee_asks_for_no_more_than_three_at_once)
{
        enum { CROWD = 6 };
        struct request requests[CROWD];
        int statuses[CROWD];
        struct user bob = new_user();
        for (int i = 0; i < CROWD; i++)
                requests[i] = sending(bob, "POST", "/mentorship/matches",
                        text("{\"mentor_profile_id\": \"%s\"}", registered(new_user(), 1)));
        ask_at_once(CROWD, requests, statuses);
        ck_assert_int_eq(count_status(CROWD, statuses, 201), 3);
        ck_assert_int_eq(count_status(CROWD, statuses, 409), CROWD - 3);
}
END_TEST

TEST(who_leaves_while_they_are_asked_is_asked_by_nobody)
{
        for (int round = 0; round < ROUNDS; round++) {
                struct user ann = new_user();
                const char *mentor = registered(ann, 3);
                const char *body = text("{\"mentor_profile_id\": \"%s\"}", mentor);
                struct request requests[4];
                int statuses[4];
                for (int i = 0; i < 3; i++)
                        requests[i] = sending(new_user(), "POST", "/mentorship/matches", body);
                requests[3] = (struct request){.verb = "DELETE", .path = mentor_path("me"), .user = ann};
                ask_at_once(4, requests, statuses);
                ck_assert_int_eq(statuses[3], 204);
                ck_assert_int_eq(count_matches(text("mentor_profile_id = '%s' AND status = 'requested'", mentor)), 0);
        }
}
END_TEST

TEST(a_block_that_lands_while_a_request_is_sent_leaves_none)
{
        for (int round = 0; round < ROUNDS; round++) {
                struct member ann = new_member(), bob = new_member();
                const char *mentor = registered(ann.user, 1);
                const struct request requests[] = {sending(bob.user, "POST", "/mentorship/matches",
                                                           text("{\"mentor_profile_id\": \"%s\"}", mentor)),
                        sending(ann.user, "PUT", text("%s/relationship", bob.path), JSON({"blocked" : true}))};
                int statuses[2];
                ask_at_once(2, requests, statuses);
                ck_assert_int_eq(statuses[1], 200);
                ck_assert(statuses[0] == 201 || statuses[0] == 404);
                ck_assert(AWAIT(20, get(bob.user, mentor_path(mentor)).status == 404));
                ck_assert(AWAIT(
                        20, count_matches(text("mentor_profile_id = '%s' AND status = 'requested'", mentor)) == 0));
        }
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/match_race", NO_FORK, T(a_request_is_answered_once),
        T(two_mentors_who_fill_up_do_not_wait_for_each_other), T(a_mentee_asks_for_no_more_than_three_at_once),
        T(who_leaves_while_they_are_asked_is_asked_by_nobody),
        T(a_block_that_lands_while_a_request_is_sent_leaves_none))
