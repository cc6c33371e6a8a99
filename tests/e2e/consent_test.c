/* SPDX-License-Identifier: Apache-2.0 */
/* What people agree to is on record, can be taken back as easily, and is heeded at once. */
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/member.h"
#include "tests/e2e/sharing.h"

#include <string.h>

#define CONSENTS "/privacy/consents"
#define FIGURES  "/peer-comparison/metrics"

/* The place of a purpose among the items. */
static const char *purpose_in(struct answer answer, const char *purpose)
{
        for (int i = 0; i < length_at(answer, "items"); i++)
                if (strcmp(text_at(answer, text("items[%d].purpose", i)), purpose) == 0)
                        return text("items[%d]", i);
        ck_abort_msg("no %s in %s", purpose, answer.body);
        return NULL;
}

static bool is_given(struct user who, const char *purpose)
{
        struct answer answer = get(who, CONSENTS);
        expect_status(answer, 200);
        return is_true_at(answer, text("%s.given", purpose_in(answer, purpose)));
}

static struct answer give(struct user who, const char *purpose)
{
        struct answer asked = get(who, CONSENTS);
        return put(who, text(CONSENTS "/%s", purpose),
                text("{\"given\": true, \"channel\": \"web\", \"text_version\": \"%s\"}",
                        text_at(asked, text("%s.current_text_version", purpose_in(asked, purpose)))));
}

static struct answer take_back(struct user who, const char *purpose)
{
        return put(who, text(CONSENTS "/%s", purpose), JSON({"given" : false}));
}

TEST(nothing_is_given_before_somebody_gives_it)
{
        struct member ann = new_member();
        struct answer answer = get(ann.user, CONSENTS);
        expect_status(answer, 200);
        ck_assert_int_ge(length_at(answer, "items"), 5);
        for (int i = 0; i < length_at(answer, "items"); i++) {
                ck_assert(!is_true_at(answer, text("items[%d].given", i)));
                ck_assert(!has(answer, text("items[%d].at", i)));
                ck_assert(has(answer, text("items[%d].text", i)));
        }
        expect_problem(get(nobody, CONSENTS), 401, "unauthenticated");
}
END_TEST

TEST(a_consent_is_its_setting_and_a_setting_its_consent)
{
        struct member ann = new_member();
        struct answer given = give(ann.user, "age_band");
        expect_status(given, 200);
        ck_assert(is_true_at(given, "given"));
        ck_assert_str_eq(text_at(given, "channel"), "web");
        ck_assert(is_true_at(get(ann.user, "/privacy/settings"), "share_age_range"));
        expect_status(set_privacy(ann.user, JSON({"share_age_range" : false})), 200);
        ck_assert(!is_given(ann.user, "age_band"));
        struct answer log = get(ann.user, CONSENTS "/history");
        ck_assert_int_eq(length_at(log, "items"), 2);
        ck_assert_str_eq(text_at(log, "items[0].channel"), "settings");
        ck_assert(!is_true_at(log, "items[0].given"));
        ck_assert_str_eq(text_at(log, "items[0].previous_hash"), text_at(log, "items[1].hash"));
        ck_assert(is_true_at(log, "is_whole"));
}
END_TEST

TEST(to_give_the_text_must_have_been_read_to_take_back_it_need_not)
{
        struct member ann = new_member();
        struct answer answer = put(ann.user, CONSENTS "/discovery", JSON({"given" : true}));
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "text_version");
        expect_problem(put(ann.user, CONSENTS "/discovery", JSON({"given" : true, "text_version" : "1999-1"})), 409,
                "conflict");
        expect_status(take_back(ann.user, "discovery"), 200);
        expect_problem(put(ann.user, CONSENTS "/weather", JSON({"given" : false})), 404, "not_found");
        expect_problem(put(ann.user, CONSENTS "/discovery", JSON({"channel" : "web"})), 422, "validation_failed");
        expect_problem(put(nobody, CONSENTS "/discovery", JSON({"given" : false})), 401, "unauthenticated");
        ck_assert_int_eq(length_at(get(ann.user, CONSENTS "/history"), "items"), 0);
        expect_problem(give(new_user(), "discovery"), 404, "not_found"); /* a setting needs a profile */
}
END_TEST

TEST(saying_the_same_again_is_no_new_record)
{
        struct member ann = new_member();
        for (int i = 0; i < 2; i++)
                expect_status(give(ann.user, "discovery"), 200);
        for (int i = 0; i < 2; i++)
                expect_status(take_back(ann.user, "discovery"), 200);
        ck_assert_int_eq(length_at(get(ann.user, CONSENTS "/history"), "items"), 2);
        ck_assert_int_eq(length_at(get(new_user(), CONSENTS "/history"), "items"), 0);
}
END_TEST

TEST(figures_go_with_the_consent_to_compare_them)
{
        struct user ann = new_user();
        expect_status(put(ann, FIGURES, JSON({"savings_rate" : 10})), 200);
        ck_assert(is_given(ann, "peer_comparison"));
        ck_assert_str_eq(text_at(get(ann, CONSENTS "/history"), "items[0].channel"), "peer_comparison");
        expect_status(take_back(ann, "peer_comparison"), 200);
        ck_assert(AWAIT(
                20, sql_number(text("SELECT count(*) FROM peers.metric_snapshots WHERE user_id = '%s'", ann.id)) == 0));
        expect_problem(put(ann, FIGURES, JSON({"savings_rate" : 10})), 409, "conflict");
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM peers.metric_snapshots WHERE user_id = '%s'", ann.id)), 0);
        expect_status(give(ann, "peer_comparison"), 200);
        expect_status(put(ann, FIGURES, JSON({"savings_rate" : 10})), 200);
        ck_assert_int_eq(length_at(get(ann, CONSENTS "/history"), "items"), 3);
}
END_TEST

TEST(of_many_who_say_it_at_once_the_chain_is_one)
{
        enum { MANY = 8 };
        struct member ann = new_member();
        struct request requests[MANY];
        int statuses[MANY];
        static const char *const bodies[] = {
                "{\"given\": true, \"text_version\": \"2026-11-1\"}", "{\"given\": false}"};
        for (int i = 0; i < MANY; i++)
                requests[i] = (struct request){
                        "PUT", CONSENTS "/peer_comparison", ann.user, bodies[i % 2], strlen(bodies[i % 2]), NULL};
        at_once(MANY, requests, statuses);
        for (int i = 0; i < MANY; i++)
                ck_assert_msg(statuses[i] == 200, "answered %d", statuses[i]);
        struct answer log = get(ann.user, CONSENTS "/history");
        ck_assert_int_ge(length_at(log, "items"), 1);
        ck_assert(is_true_at(log, "is_whole"));
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/consent", NO_FORK, T(nothing_is_given_before_somebody_gives_it),
        T(a_consent_is_its_setting_and_a_setting_its_consent),
        T(to_give_the_text_must_have_been_read_to_take_back_it_need_not), T(saying_the_same_again_is_no_new_record),
        T(figures_go_with_the_consent_to_compare_them), T(of_many_who_say_it_at_once_the_chain_is_one))
