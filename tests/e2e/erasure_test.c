/* SPDX-License-Identifier: Apache-2.0 */
/* A person is forgotten in every service, and can be told so. */
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/member.h"
#include "tests/e2e/mentoring.h"
#include "tests/e2e/saving.h"
#include "tests/e2e/sharing.h"

#include <string.h>

#define AT_ONCE "/profile?confirm=true&cooling_off=false"

static const char *job_path(const char *job)
{
        return text("/privacy/jobs/%s", job);
}

static bool is_in(struct user who, const char *job, const char *state)
{
        struct answer answer = get(who, job_path(job));
        return answer.status == 200 && strcmp(text_at(answer, "state"), state) == 0;
}

static const char *erased(struct user who)
{
        struct answer answer = del(who, AT_ONCE);
        expect_status(answer, 202);
        const char *job = text_at(answer, "job_id");
        ck_assert_msg(AWAIT(30, is_in(who, job, "completed")), "%s", get(who, job_path(job)).body);
        return job;
}

/* Somebody of whom every table of svc-anonymize has something. */
static struct member known_member(void)
{
        struct member ann = new_member();
        struct member bob = new_member();
        expect_status(patch(ann.user, "/profile", JSON({"display_name" : "Ann Erasable", "bio" : "Gone soon"})), 200);
        expect_status(set_privacy(ann.user, JSON({
                "share_age_range" : true,
                "activity_levels" : [ {"type" : "x", "level" : "private"} ],
                "restricted_keywords" : [ {"phrase" : "erasable phrase", "action" : "hide"} ]
        })),
                200);
        expect_status(put(ann.user, "/profile/demographics", JSON({"birth_year" : 1984})), 200);
        expect_status(relate(ann.user, bob, JSON({"muted" : true})), 200);
        expect_status(relate(bob.user, ann, JSON({"following" : true})), 200);
        return ann;
}

TEST(nothing_of_an_erased_person_is_left)
{
        struct member ann = known_member();
        const char *job = erased(ann.user);
        static const char *const schemas[] = {"anonymize", "goals", "moderation"};
        for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
                const char *dump = sql_dump_beside_events(schemas[i]);
                ck_assert_msg(!dump_has(dump, ann.user.id), "%s holds the user's id", schemas[i]);
                ck_assert_msg(!dump_has(dump, ann.profile_id), "%s holds the profile's id", schemas[i]);
                ck_assert_msg(!dump_has(dump, "Ann Erasable"), "%s holds the name", schemas[i]);
                ck_assert_msg(!dump_has(dump, "erasable phrase"), "%s holds a phrase", schemas[i]);
        }
        struct answer answer = get(ann.user, job_path(job));
        ck_assert_str_eq(text_at(answer, "kind"), "erasure");
        ck_assert_int_ge(length_at(answer, "receipt.services"), 3);
        for (int i = 0; i < length_at(answer, "receipt.services"); i++)
                ck_assert(has(answer, text("receipt.services[%d].confirmed_at", i)));
        ck_assert_int_gt((int)number_at(answer, "receipt.services[0].rows"), 0);
        ck_assert(has(answer, "receipt.audit_root"));
        expect_problem(get(ann.user, "/profile"), 404, "not_found");
        expect_problem(get(new_member().user, ann.path), 404, "not_found");
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM anonymize.outbox WHERE subject = '%s'"
                                         " AND type LIKE '%%.profile.erasure.completed.v1'",
                                 job)),
                1);
}
END_TEST

/* What somebody does in every service that is there. */
static void act_everywhere(struct member ann, struct member bob)
{
        const char *question = topic(ann.user);
        const char *answer = posted(ann.user, topic(bob.user));
        expect_status(put(bob.user, text("%s/reactions/like", post_path(answer)), NULL), 200);
        posted(bob.user, question);
        expect_status(put(ann.user, reaction_to(shared(bob.user, "A house"), "like"), NULL), 200);
        shared(ann.user, "A boat");
        expect_status(post(ann.user, "/moderation/reports",
                              text("{\"object_type\": \"forum_post\", \"object_id\": \"%s\", \"reason\": \"spam\"}",
                                      posted(bob.user, question))),
                201);
        pay(ann.user, active_group(bob.user, 1, &ann.user), 1000);
        founded(ann.user, "open");
        booked(bob.user, matched(ann.user, bob.user), 24);
        booked(ann.user, matched(new_user(), ann.user), 48);
        expect_status(put(ann.user, "/peer-comparison/metrics", JSON({"savings_rate" : 10})), 200);
}

TEST(no_service_knows_the_id_of_an_erased_person)
{
        static const char *const schemas[] = {
                "anonymize", "feed", "forum", "goals", "groups", "mentor", "moderation", "peers"};
        static const char *const modes[] = {"delete", "anonymize"};
        for (size_t m = 0; m < 2; m++) {
                struct member ann = known_member();
                act_everywhere(ann, new_member());
                struct answer answer = del(ann.user, text("%s&mode=%s", AT_ONCE, modes[m]));
                const char *job = text_at(answer, "job_id");
                ck_assert_msg(AWAIT(40, is_in(ann.user, job, "completed")), "%s", get(ann.user, job_path(job)).body);
                for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
                        if (sql_number(text("SELECT count(*) FROM pg_namespace WHERE nspname = '%s'", schemas[i])) == 0)
                                continue;
                        ck_assert_msg(!dump_has(sql_dump_beside_events(schemas[i]), ann.user.id), "%s, %s", schemas[i],
                                modes[m]);
                }
        }
}
END_TEST

TEST(an_erasure_cools_off_and_can_be_cancelled)
{
        struct member ann = new_member();
        struct answer answer = del(ann.user, "/profile?confirm=true&mode=anonymize");
        expect_status(answer, 202);
        const char *job = text_at(answer, "job_id");
        ck_assert_str_eq(text_at(answer, "state"), "cooling_off");
        ck_assert_str_eq(text_at(answer, "mode"), "anonymize");
        ck_assert(has(answer, "due_at"));
        ck_assert_str_eq(text_at(del(ann.user, AT_ONCE), "job_id"), job);
        struct answer way = get(ann.user, text("%s/transitions", job_path(job)));
        ck_assert_str_eq(text_at(way, "allowed[0].action"), "cancel");
        struct answer done = post(ann.user, text("%s/transitions", job_path(job)),
                text("{\"action\": \"cancel\", \"expected_version\": %d}", (int)number_at(way, "version")));
        expect_status(done, 200);
        ck_assert_str_eq(text_at(done, "state"), "cancelled");
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM anonymize.jobs WHERE key = '%s'", job)), 0);
        expect_status(get(ann.user, "/profile"), 200);
        answer = del(ann.user, "/profile?confirm=true");
        ck_assert_str_ne(text_at(answer, "job_id"), job);
}
END_TEST

TEST(what_has_cooled_off_begins_by_itself)
{
        struct member ann = new_member();
        struct answer answer = del(ann.user, "/profile?confirm=true");
        const char *job = text_at(answer, "job_id");
        sql(text("UPDATE anonymize.jobs SET due_at = now() WHERE key = '%s'", job));
        ck_assert(AWAIT(30, is_in(ann.user, job, "completed")));
        struct answer late = post(ann.user, text("%s/transitions", job_path(job)),
                text("{\"action\": \"cancel\", \"expected_version\": %d}",
                        (int)number_at(get(ann.user, job_path(job)), "version")));
        expect_problem(late, 409, "illegal_transition");
}
END_TEST

TEST(of_many_requests_at_once_there_is_one_erasure)
{
        enum { MANY = 6 };
        struct member ann = new_member();
        struct request requests[MANY];
        int statuses[MANY];
        for (int i = 0; i < MANY; i++)
                requests[i] = (struct request){"DELETE", "/profile?confirm=true", ann.user, NULL, 0, NULL};
        at_once(MANY, requests, statuses);
        for (int i = 0; i < MANY; i++)
                ck_assert_msg(statuses[i] == 202, "answered %d", statuses[i]);
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM anonymize.privacy_jobs WHERE user_id = '%s'", ann.user.id)), 1);
}
END_TEST

TEST(a_service_that_is_away_is_asked_until_it_answers)
{
        struct member ann = new_member();
        instance_down("svc-goals");
        const char *job = text_at(del(ann.user, AT_ONCE), "job_id");
        ck_assert(AWAIT(30, is_in(ann.user, job, "running")));
        ck_assert(AWAIT(30, sql_number(text("SELECT count(*) FROM anonymize.privacy_job_parts WHERE job_id = '%s'"
                                            " AND confirmed_at IS NULL",
                                    job)) == 1));
        ck_assert_str_eq(text_at(get(ann.user, job_path(job)), "state"), "running");
        expect_problem(get(ann.user, "/profile"), 404, "not_found");
        instance_up("svc-goals");
        ck_assert(AWAIT(50, is_in(ann.user, job, "completed")));
}
END_TEST

TEST(an_erasure_must_be_confirmed)
{
        struct member ann = new_member();
        struct answer answer = del(ann.user, "/profile");
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "confirm");
        expect_problem(del(ann.user, "/profile?confirm=false"), 422, "validation_failed");
        const char *body = JSON({"confirm" : false, "mode" : "delete"});
        const struct request request = {"DELETE", "/profile", ann.user, body, strlen(body), NULL};
        expect_problem(ask(&request), 422, "validation_failed");
        expect_problem(del(ann.user, "/profile?confirm=true&mode=hide"), 422, "validation_failed");
        expect_problem(del(nobody, "/profile?confirm=true"), 401, "unauthenticated");
        expect_status(get(ann.user, "/profile"), 200);
}
END_TEST

TEST(a_job_is_its_owners_alone)
{
        struct member ann = new_member();
        const char *job = text_at(del(ann.user, "/profile?confirm=true"), "job_id");
        expect_problem(get(new_user(), job_path(job)), 404, "not_found");
        expect_problem(get(new_user(), text("%s/transitions", job_path(job))), 404, "not_found");
        expect_problem(get(new_user(), text("%s/archive", job_path(job))), 404, "not_found");
}
END_TEST

TEST(who_was_erased_can_begin_anew)
{
        struct member ann = new_member();
        erased(ann.user);
        struct answer answer = post(ann.user, "/initialize-profile", JSON({"display_name" : "Ann Again"}));
        expect_status(answer, 201);
        ck_assert_str_ne(text_at(answer, "profile.id"), ann.profile_id);
}
END_TEST

static void end(void)
{
        instance_up_all();
        scene_end();
}

SUITE_WITH(scene_begin, end, "e2e/erasure", NO_FORK, T(nothing_of_an_erased_person_is_left),
        T(no_service_knows_the_id_of_an_erased_person), T(an_erasure_cools_off_and_can_be_cancelled),
        T(what_has_cooled_off_begins_by_itself), T(of_many_requests_at_once_there_is_one_erasure),
        T(a_service_that_is_away_is_asked_until_it_answers), T(an_erasure_must_be_confirmed),
        T(a_job_is_its_owners_alone), T(who_was_erased_can_begin_anew))
