/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever looks at what is somebody's leaves a mark that the person can read; and what there is to be seen of a person
 * is counted for them. */
#include "tests/e2e/database.h"
#include "tests/e2e/desk.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/member.h"
#include "tests/e2e/sharing.h"

#include <string.h>

#define LEDGER    "/privacy/ledger"
#define DASHBOARD "/privacy/dashboard"

static int n_looks(struct user who, const char *purpose)
{
        struct answer answer = get(who, LEDGER "?kind=access&limit=50");
        int count = 0;
        expect_status(answer, 200);
        for (int i = 0; i < length_at(answer, "items"); i++)
                count += strcmp(text_at(answer, text("items[%d].purpose", i)), purpose) == 0;
        return count;
}

TEST(a_moderator_who_opens_a_case_is_recorded_without_a_name)
{
        struct member ann = new_member();
        struct user mod = new_user_as("mod");
        const char *share = shared(ann.user, "A questionable boat");
        reported(new_user(), "goal_share", share, "spam");
        const char *id = case_of(mod, "goal_share", share);
        expect_status(get(mod, case_path(id, "")), 200);
        ck_assert(AWAIT(20, n_looks(ann.user, "moderation_case") == 1));
        struct answer answer = get(ann.user, LEDGER);
        ck_assert_str_eq(text_at(answer, "items[0].actor_role"), "mod");
        ck_assert(has(answer, "items[0].at"));
        ck_assert_ptr_null(strstr(answer.body, mod.id));
        ck_assert_ptr_null(strstr(answer.body, id));
        expect_status(get(mod, case_path(id, "")), 200);
        ck_assert(AWAIT(20, n_looks(ann.user, "moderation_case") == 2));
        ck_assert_int_eq((int)number_at(get(ann.user, DASHBOARD), "staff_accesses_30d"), 2);
        ck_assert_int_eq(length_at(get(new_user(), LEDGER), "items"), 0);
}
END_TEST

TEST(a_service_that_asks_for_bands_is_recorded_once_a_day)
{
        struct member ann = new_member();
        expect_status(put(ann.user, "/profile/demographics", JSON({"birth_year" : 1984})), 200);
        shared(ann.user, "A quiet boat");
        ck_assert_int_eq(n_looks(ann.user, "share_bands"), 0); /* no band was given out */
        expect_status(set_privacy(ann.user, JSON({"share_age_range" : true})), 200);
        shared(ann.user, "A boat");
        shared(ann.user, "Another boat");
        expect_status(put(ann.user, "/peer-comparison/metrics", JSON({"savings_rate" : 10})), 200);
        ck_assert_int_eq(n_looks(ann.user, "share_bands"), 1);
        ck_assert_int_eq(n_looks(ann.user, "cohort"), 1);
        ck_assert(!dump_has(
                sql_text(text("SELECT string_agg(a::text, ' ') FROM anonymize.personal_accesses a")), ann.user.id));
}
END_TEST

TEST(the_record_of_looks_is_never_changed)
{
        struct member ann = new_member();
        expect_status(put(ann.user, "/profile/demographics", JSON({"birth_year" : 1984})), 200);
        expect_status(put(ann.user, "/peer-comparison/metrics", JSON({"savings_rate" : 10})), 200);
        ck_assert_int_eq(n_looks(ann.user, "cohort"), 1);
        const char *refused = sql_text("DO $$ BEGIN UPDATE anonymize.personal_accesses SET purpose = 'x';"
                                       " RAISE 'it was changed'; EXCEPTION WHEN raise_exception THEN"
                                       " IF SQLERRM = 'it was changed' THEN RAISE; END IF; END $$");
        ck_assert_str_eq(refused, "");
        ck_assert_int_eq(n_looks(ann.user, "cohort"), 1);
}
END_TEST

TEST(the_ledger_is_read_page_by_page)
{
        struct member ann = new_member();
        struct user mod = new_user_as("mod");
        const char *share = shared(ann.user, "A boat that many look at");
        reported(new_user(), "goal_share", share, "spam");
        const char *id = case_of(mod, "goal_share", share);
        for (int i = 0; i < 3; i++)
                expect_status(get(mod, case_path(id, "")), 200);
        ck_assert(AWAIT(20, n_looks(ann.user, "moderation_case") == 3));
        struct answer first = get(ann.user, LEDGER "?limit=2");
        ck_assert(is_true_at(first, "has_more"));
        struct answer rest = get(ann.user, text(LEDGER "?limit=2&cursor=%s", text_at(first, "next_cursor")));
        ck_assert_int_eq(length_at(rest, "items"), 1);
        expect_problem(
                get(new_user(), text(LEDGER "?limit=2&cursor=%sx", text_at(first, "next_cursor"))), 400, "bad_cursor");
        expect_problem(get(ann.user, LEDGER "?kind=rumour"), 422, "validation_failed");
        expect_problem(get(nobody, LEDGER), 401, "unauthenticated");
}
END_TEST

/* The place of a feature in by_feature. */
static const char *feature(struct answer answer, const char *name)
{
        for (int i = 0; i < length_at(answer, "by_feature"); i++)
                if (strcmp(text_at(answer, text("by_feature[%d].feature", i)), name) == 0)
                        return text("by_feature[%d]", i);
        ck_abort_msg("no %s in %s", name, answer.body);
        return NULL;
}

static int n_items(struct answer answer, const char *name)
{
        return (int)number_at(answer, text("%s.items", feature(answer, name)));
}

TEST(what_others_can_see_is_counted)
{
        struct member ann = new_member();
        struct answer before = get(ann.user, DASHBOARD);
        expect_status(before, 200);
        ck_assert_int_eq(n_items(before, "goal_sharing"), 0);
        ck_assert_str_eq(text_at(before, text("%s.level", feature(before, "profile"))), "private");
        shared(ann.user, "A boat");
        drafted(ann.user, "Another boat");
        posted(ann.user, topic(ann.user));
        struct answer after = get(ann.user, DASHBOARD);
        ck_assert_int_eq(n_items(after, "goal_sharing"), 1);
        ck_assert(has(after, text("%s.last_at", feature(after, "goal_sharing"))));
        ck_assert_int_eq(n_items(after, "community"), 2);
        ck_assert_int_eq(n_items(after, "profile"), 1);
        ck_assert_int_eq(length_at(after, "warnings"), 0);
        ck_assert(number_at(after, "budget.epsilon_total") > 0);
        ck_assert_str_gt(text_at(after, "budget.resets_on"), "2026-01-01");
}
END_TEST

TEST(what_deserves_a_thought_is_said)
{
        struct member ann = new_member();
        expect_status(
                set_privacy(ann.user,
                        JSON({"share_age_range" : true, "share_income_range" : true, "share_location_region" : true})),
                200);
        struct answer answer = get(ann.user, DASHBOARD);
        ck_assert_int_eq(length_at(answer, "warnings"), 1);
        ck_assert_str_eq(text_at(answer, "warnings[0].code"), "all_bands_shared");
        expect_problem(get(new_user(), DASHBOARD), 404, "not_found");
        expect_problem(get(nobody, DASHBOARD), 401, "unauthenticated");
}
END_TEST

TEST(a_service_that_is_away_is_unknown_and_no_failure)
{
        struct member ann = new_member();
        instance_down("svc-forum");
        struct answer answer = get(ann.user, DASHBOARD);
        expect_status(answer, 200);
        ck_assert(is_true_at(answer, text("%s.is_unknown", feature(answer, "community"))));
        ck_assert(!has(answer, text("%s.items", feature(answer, "community"))));
        ck_assert_int_eq(n_items(answer, "goal_sharing"), 0);
        instance_up("svc-forum");
}
END_TEST

static void end(void)
{
        instance_up_all();
        scene_end();
}

SUITE_WITH(scene_begin, end, "e2e/looks", NO_FORK, T(a_moderator_who_opens_a_case_is_recorded_without_a_name),
        T(a_service_that_asks_for_bands_is_recorded_once_a_day), T(the_record_of_looks_is_never_changed),
        T(the_ledger_is_read_page_by_page), T(what_others_can_see_is_counted), T(what_deserves_a_thought_is_said),
        T(a_service_that_is_away_is_unknown_and_no_failure))
