/* SPDX-License-Identifier: Apache-2.0 */
/* How far goals are, templates to start from, what inspires, and who does not see whose shares. */
#include "tests/e2e/database.h"
#include "tests/e2e/member.h"
#include "tests/e2e/sharing.h"

#include <string.h>

static const char UNKNOWN[] = "00000000-0000-4000-8000-000000000000";

static const char *progress_of(const char *share)
{
        return text("%s/progress", path_of(share));
}

static struct answer checked_in(struct user who, const char *share, int percentage, const char *more)
{
        return post(who, progress_of(share), text("{\"current_progress_percentage\": %d%s}", percentage, more));
}

TEST(a_check_in_moves_the_share_and_others_see_a_band)
{
        struct user ann = new_user(), bob = new_user();
        const char *share = shared(ann, "A slow boat");
        struct answer first =
                checked_in(ann, share, 30, ", \"on_date\": \"2026-01-10\", \"note\": \"Sold the old bicycle\"");
        expect_status(first, 201);
        ck_assert_str_eq(text_at(first, "pct_band"), "25-49");
        expect_status(checked_in(ann, share, 80, ", \"on_date\": \"2026-02-10\""), 201);
        ck_assert_int_eq((int)number_at(get(ann, path_of(share)), "current_progress_percentage"), 80);
        struct answer seen = get(bob, progress_of(share));
        ck_assert_int_eq(length_at(seen, "items"), 2);
        ck_assert_str_eq(text_at(seen, "items[0].pct_band"), "75-99");
        ck_assert_str_eq(text_at(seen, "items[1].note"), "Sold the old bicycle");
        ck_assert(!has(seen, "items[0].current_progress_percentage"));
        ck_assert_int_eq((int)number_at(get(ann, progress_of(share)), "items[0].current_progress_percentage"), 80);
}
END_TEST

TEST(progress_does_not_go_back_unless_it_is_a_correction)
{
        struct user ann = new_user();
        const char *share = shared(ann, "A boat");
        expect_status(checked_in(ann, share, 50, ""), 201);
        struct answer back = checked_in(ann, share, 40, "");
        expect_problem(back, 422, "validation_failed");
        ck_assert_str_eq(text_at(back, "errors[0].field"), "current_progress_percentage");
        expect_status(checked_in(ann, share, 40, ", \"correction\": true"), 201);
        ck_assert_int_eq(length_at(get(ann, progress_of(share)), "items"), 1);
}
END_TEST

TEST(only_its_owner_checks_in_and_not_in_the_future)
{
        struct user ann = new_user(), bob = new_user();
        const char *share = shared(ann, "A boat");
        expect_problem(checked_in(bob, share, 50, ""), 403, "forbidden");
        expect_problem(checked_in(bob, drafted(ann, "Secret"), 50, ""), 404, "not_found");
        expect_problem(checked_in(ann, UNKNOWN, 50, ""), 404, "not_found");
        expect_problem(checked_in(ann, share, 50, ", \"on_date\": \"2126-01-01\""), 422, "validation_failed");
}
END_TEST

TEST(a_note_is_cleaned)
{
        struct user ann = new_user();
        const char *share = shared(ann, "A boat");
        struct answer answer = checked_in(ann, share, 10, ", \"note\": \"Write to ann@example.org about it\"");
        expect_status(answer, 201);
        ck_assert_ptr_null(strstr(answer.body, "ann@example.org"));
        ck_assert_ptr_nonnull(strstr(text_at(answer, "note"), "[email 1]"));
        ck_assert_int_eq(length_at(answer, "notices"), 1);
}
END_TEST

static struct answer with_version(struct user who, const char *verb, const char *path, long version, const char *body)
{
        const char *const headers[] = {
                "Content-Type: application/json", text("If-Match: \"%s-%ld\"", strrchr(path, '/') + 1, version), NULL};
        return ask(&(struct request){verb, path, who, body, body == NULL ? 0 : strlen(body), headers});
}

TEST(admins_write_templates_and_nobody_else)
{
        struct user admin = new_user_as("admin"), ann = new_user();
        const char *body = JSON({
                "goal_category" : "travel",
                "title" : "A year on a boat",
                "description" : "Twelve months.",
                "milestone_percentages" : [ 10, 50, 100 ],
                "tags" : ["sea"]
        });
        expect_problem(post(ann, "/goal-sharing/templates", body), 403, "forbidden");
        struct answer made = post(admin, "/goal-sharing/templates", body);
        expect_status(made, 201);
        const char *path = text("/goal-sharing/templates/%s", text_at(made, "id"));
        ck_assert_int_eq((int)number_at(made, "milestone_percentages[1]"), 50);
        ck_assert(!has(get(ann, path), "adopted_count"));
        expect_problem(patch(admin, path, JSON({"title" : "Two years"})), 428, "version_required");
        expect_status(with_version(admin, "PATCH", path, 1, JSON({"title" : "Two years on a boat"})), 200);
        ck_assert_str_eq(text_at(get(ann, path), "title"), "Two years on a boat");
        ck_assert_str_eq(text_at(get(ann, path), "description"), "Twelve months.");
        expect_problem(with_version(admin, "DELETE", path, 1, NULL), 412, "version_mismatch");
        expect_status(with_version(admin, "DELETE", path, 2, NULL), 204);
        expect_problem(get(ann, path), 404, "not_found");
        const char *falling = JSON({
                "goal_category" : "travel",
                "title" : "A boat",
                "description" : "Twelve months.",
                "milestone_percentages" : [ 50, 10 ]
        });
        expect_problem(post(admin, "/goal-sharing/templates", falling), 422, "validation_failed");
}
END_TEST

TEST(inspiration_is_ranked_and_says_why)
{
        struct user ann = new_user(), bob = new_user();
        const char *loved = shared(ann, "Loved by many"), *plain = shared(new_user(), "Seen by few");
        for (int i = 0; i < 4; i++)
                expect_status(put(new_user(), reaction_to(loved, "inspiration"), ""), 200);
        struct answer list = get(bob, "/goal-sharing/inspiration?limit=50");
        expect_status(list, 200);
        int at_loved = -1, at_plain = 1000;
        for (int i = 0; i < length_at(list, "items"); i++) {
                const char *id = text_at(list, text("items[%d].id", i));
                at_loved = strcmp(id, loved) == 0 ? i : at_loved;
                at_plain = strcmp(id, plain) == 0 ? i : at_plain;
        }
        ck_assert_int_ge(at_loved, 0);
        ck_assert_int_lt(at_loved, at_plain);
        double product = 1;
        for (int i = 0; i < 4; i++)
                product *= number_at(list, text("items[%d].why[%d].value", at_loved, i));
        ck_assert_double_eq_tol(product, number_at(list, text("items[%d].score", at_loved)), 1e-9);
        ck_assert(!lists(get(ann, "/goal-sharing/inspiration?limit=50"), loved));
}
END_TEST

TEST(who_is_blocked_sees_nothing_and_is_not_seen)
{
        struct member ann = new_member(), bob = new_member();
        const char *of_ann = shared(ann.user, "Not for Bob"), *of_bob = shared(bob.user, "Not for Ann");
        expect_status(get(bob.user, path_of(of_ann)), 200);
        expect_status(relate(ann.user, bob, JSON({"blocked" : true})), 200);
        ck_assert_msg(AWAIT(30, get(bob.user, path_of(of_ann)).status == 404), "Bob still sees it");
        ck_assert_msg(AWAIT(30, get(ann.user, path_of(of_bob)).status == 404), "Ann still sees it");
        ck_assert(!lists(get(bob.user, "/goal-sharing/?sort=new&limit=50"), of_ann));
        ck_assert(lists(get(new_user(), "/goal-sharing/?sort=new&limit=50"), of_ann));
        expect_problem(put(bob.user, reaction_to(of_ann, "like"), ""), 404, "not_found");
        expect_status(relate(ann.user, bob, JSON({"blocked" : false})), 200);
        ck_assert_msg(AWAIT(30, get(bob.user, path_of(of_ann)).status == 200), "it does not come back");
}
END_TEST

TEST(a_cell_of_few_people_is_no_filter)
{
        struct user ann = new_user();
        expect_status(put(ann, "/profile/demographics", JSON({"birth_year" : 1931})), 200);
        const char *share = shared(ann, "An old boat");
        struct answer whole = get(ann, path_of(share));
        const char *band = has(whole, "user_age_group") ? text_at(whole, "user_age_group") : "95-99";
        struct answer list = get(new_user(), text("/goal-sharing/?user_age_group=%s", band));
        expect_status(list, 200);
        ck_assert_int_eq(length_at(list, "items"), 0);
}
END_TEST

TEST(an_owner_hears_of_being_inspiring_and_not_by_whom)
{
        struct member ann = new_member();
        struct user bob = new_user();
        const char *share = shared(ann.user, "An inspiring boat");
        expect_status(put(bob, reaction_to(share, "inspiration"), ""), 200);
        struct answer list;
        ck_assert_msg(AWAIT(60, length_at(list = get(ann.user, "/notifications"), "items") > 0), "no notification");
        ck_assert_str_eq(text_at(list, "items[0].type"), "new_inspiration_on_goal");
        ck_assert_ptr_null(strstr(list.body, bob.id));
        ck_assert(!dump_has(sql_dump("feed"), bob.id));
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/progress", NO_FORK, T(a_check_in_moves_the_share_and_others_see_a_band),
        T(progress_does_not_go_back_unless_it_is_a_correction), T(only_its_owner_checks_in_and_not_in_the_future),
        T(a_note_is_cleaned), T(admins_write_templates_and_nobody_else), T(inspiration_is_ranked_and_says_why),
        T(who_is_blocked_sees_nothing_and_is_not_seen), T(a_cell_of_few_people_is_no_filter),
        T(an_owner_hears_of_being_inspiring_and_not_by_whom))
