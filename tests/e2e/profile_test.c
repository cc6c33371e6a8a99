/* SPDX-License-Identifier: Apache-2.0 */
/* A profile is made, read, changed, and seen by others as its settings allow. */
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/member.h"

#include <string.h>

#define NOT_THERE "/profiles/00000000-0000-4000-8000-000000000000"

TEST(a_first_profile_is_private_in_every_way)
{
        struct user ann = new_user();
        struct answer answer = post(ann, "/initialize-profile", JSON({
                "time_zone" : "Europe/Berlin",
                "locale" : "de-DE",
                "currency" : "EUR",
                "interest_areas" : ["home"]
        }));
        expect_status(answer, 201);
        ck_assert_str_eq(text_at(answer, "profile.time_zone"), "Europe/Berlin");
        ck_assert_str_eq(text_at(answer, "profile.experience_level"), "newcomer");
        ck_assert_int_eq((int)number_at(answer, "profile.reputation_score"), 0);
        ck_assert_str_eq(text_at(answer, "privacy_settings.profile_visibility"), "private");
        ck_assert_str_eq(text_at(answer, "privacy_settings.goal_sharing_level"), "private");
        static const char *const off[] = {"share_goal_amounts", "share_age_range", "share_income_range",
                "share_location_region", "discoverable", "accept_mentor_requests", "accept_group_invites"};
        for (size_t i = 0; i < sizeof off / sizeof *off; i++)
                ck_assert_msg(!is_true_at(answer, text("privacy_settings.%s", off[i])), "%s is on", off[i]);
        ck_assert(is_true_at(answer, "privacy_settings.anonymize_in_comparisons"));
        ck_assert_int_gt(length_at(answer, "next_steps"), 0);
        ck_assert_ptr_null(strstr(answer.body, ann.id));
}
END_TEST

TEST(making_a_profile_twice_gives_the_first_one)
{
        struct user ann = new_user();
        struct answer first = post(ann, "/initialize-profile", JSON({"display_name" : "Ann"}));
        expect_status(first, 201);
        struct answer second = post(ann, "/initialize-profile", JSON({"display_name" : "Bea"}));
        expect_status(second, 200);
        ck_assert_str_eq(text_at(first, "profile.id"), text_at(second, "profile.id"));
        ck_assert_str_eq(text_at(second, "profile.display_name"), "Ann");
}
END_TEST

TEST(of_many_who_make_one_s_profile_at_once_one_does)
{
        enum { MANY = 8 };
        struct user ann = new_user();
        struct request requests[MANY];
        int statuses[MANY], n_made = 0;
        for (int i = 0; i < MANY; i++)
                requests[i] = (struct request){"POST", "/initialize-profile", ann, "{}", 2, NULL};
        at_once(MANY, requests, statuses);
        for (int i = 0; i < MANY; i++) {
                ck_assert_msg(statuses[i] == 200 || statuses[i] == 201, "answered %d", statuses[i]);
                n_made += statuses[i] == 201;
        }
        ck_assert_int_eq(n_made, 1);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM anonymize.outbox WHERE type LIKE '%%.initialized.v1'"
                                         " AND subject = '%s'",
                                 text_at(get(ann, "/profile"), "id"))),
                1);
}
END_TEST

TEST(who_has_no_profile_is_told_how_to_make_one)
{
        struct user ann = new_user();
        struct answer answer = get(ann, "/profile");
        expect_problem(answer, 404, "not_found");
        ck_assert_ptr_nonnull(strstr(text_at(answer, "detail"), "/initialize-profile"));
        expect_problem(get(ann, "/privacy/settings"), 404, "not_found");
        expect_problem(get(nobody, "/profile"), 401, "unauthenticated");
}
END_TEST

TEST(a_profile_is_changed_under_the_version_seen)
{
        struct member ann = new_member();
        struct answer seen = get(ann.user, "/profile");
        struct answer answer = patch_seen(ann.user, "/profile", seen, JSON({
                "display_name" : "Ann of the Lake",
                "bio" : "Saves for a boat.",
                "avatar_url" : "https://img.example.org/ann.png",
                "location" : "Uppsala",
                "expertise_areas" : [ "budgeting", "debt" ]
        }));
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "display_name"), "Ann of the Lake");
        ck_assert_str_eq(text_at(answer, "location"), "Uppsala");
        ck_assert_int_eq(length_at(answer, "expertise_areas"), 2);
        ck_assert_int_eq((int)number_at(answer, "version"), 2);
        expect_problem(patch_seen(ann.user, "/profile", seen, JSON({"bio" : "Late."})), 412, "version_mismatch");
        answer = patch(ann.user, "/profile", JSON({"bio" : "", "avatar_url" : ""}));
        ck_assert(!has(answer, "bio"));
        ck_assert(!has(answer, "avatar_url"));
        ck_assert_str_eq(text_at(answer, "location"), "Uppsala");
}
END_TEST

TEST(identifiers_are_taken_out_of_a_profile)
{
        struct member ann = new_member();
        struct answer answer = patch(ann.user, "/profile", JSON({"bio" : "Write to jane.doe@example.com"}));
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "bio"), "Write to [email 1]");
        ck_assert_int_eq(length_at(answer, "notices"), 1);
        ck_assert(!dump_has(sql_dump("anonymize"), "jane.doe@example.com"));
}
END_TEST

TEST(text_that_may_break_the_rules_waits_for_a_ruling)
{
        struct member ann = new_member();
        struct member bob = new_member();
        expect_status(set_privacy(ann.user, JSON({"profile_visibility" : "community"})), 200);
        expect_status(patch(ann.user, "/profile", JSON({"bio" : "Kind words"})), 200);
        struct answer answer = patch(ann.user, "/profile", JSON({"bio" : "you should just kill yourself"}));
        expect_status(answer, 200);
        ck_assert(is_true_at(answer, "is_in_review"));
        ck_assert_int_eq(length_at(answer, "notices"), 1);
        ck_assert_str_eq(text_at(get(ann.user, "/profile"), "bio"), "you should just kill yourself");
        ck_assert_str_eq(text_at(get(bob.user, ann.path), "bio"), "Kind words");
        ck_assert(!dump_has(sql_dump("anonymize"), "kill yourself"));
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM anonymize.outbox WHERE subject = '%s'"
                                         " AND type LIKE '%%.content.held.v1'",
                                 ann.profile_id)),
                1);
        answer = patch(ann.user, "/profile", JSON({"bio" : "Kinder words"}));
        ck_assert(!is_true_at(answer, "is_in_review"));
        ck_assert_str_eq(text_at(get(bob.user, ann.path), "bio"), "Kinder words");
}
END_TEST

TEST(text_waits_while_moderation_is_away_and_is_ruled_on_later)
{
        struct member ann = new_member();
        struct member bob = new_member();
        expect_status(set_privacy(ann.user, JSON({"profile_visibility" : "community"})), 200);
        instance_down("svc-moderation");
        struct answer answer = patch(ann.user, "/profile", JSON({"bio" : "Patient words"}));
        expect_status(answer, 200);
        ck_assert(is_true_at(answer, "is_in_review"));
        ck_assert(!has(get(bob.user, ann.path), "bio"));
        instance_up("svc-moderation");
        ck_assert(AWAIT(40, has(get(bob.user, ann.path), "bio")));
        ck_assert_str_eq(text_at(get(bob.user, ann.path), "bio"), "Patient words");
        ck_assert(!is_true_at(get(ann.user, "/profile"), "is_in_review"));
}
END_TEST

TEST(what_breaks_a_rule_names_its_field)
{
        struct member ann = new_member();
        static const struct {
                const char *field;
                const char *value;
        } bad[] = {
                {"display_name", "\"a\""},
                {"avatar_url", "\"http://example.org/a.png\""},
                {"avatar_url", "\"https://a@example.org/\""},
                {"currency", "\"usd\""},
        };
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                struct answer answer = patch(ann.user, "/profile", text("{\"%s\": %s}", bad[i].field, bad[i].value));
                expect_problem(answer, 422, "validation_failed");
                ck_assert_str_eq(text_at(answer, "errors[0].field"), bad[i].field);
        }
}
END_TEST

TEST(a_private_profile_shows_name_and_level_only)
{
        struct member ann = new_member();
        struct member bob = new_member();
        patch(ann.user, "/profile", JSON({"display_name" : "Ann", "bio" : "Secret garden", "location" : "Uppsala"}));
        struct answer answer = get(bob.user, ann.path);
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "display_name"), "Ann");
        ck_assert(is_true_at(answer, "is_limited"));
        ck_assert(!has(answer, "bio"));
        ck_assert(!has(answer, "location"));
        ck_assert(!has(answer, "reputation_score"));
        ck_assert_ptr_null(strstr(answer.body, ann.user.id));
        ck_assert_str_eq(text_at(get(ann.user, ann.path), "bio"), "Secret garden");
}
END_TEST

TEST(connections_are_those_whom_the_owner_follows)
{
        struct member ann = new_member();
        struct member bob = new_member();
        struct member eve = new_member();
        patch(ann.user, "/profile", JSON({"bio" : "Garden"}));
        expect_status(set_privacy(ann.user, JSON({"profile_visibility" : "connections"})), 200);
        expect_status(relate(ann.user, bob, JSON({"following" : true})), 200);
        expect_status(relate(eve.user, ann, JSON({"following" : true})), 200);
        ck_assert_str_eq(text_at(get(bob.user, ann.path), "bio"), "Garden");
        ck_assert(is_true_at(get(eve.user, ann.path), "is_limited"));
        expect_status(set_privacy(ann.user, JSON({"profile_visibility" : "community"})), 200);
        ck_assert_str_eq(text_at(get(eve.user, ann.path), "bio"), "Garden");
        ck_assert(is_true_at(get(eve.user, ann.path), "relationship.following"));
}
END_TEST

TEST(a_profile_that_is_not_there_is_not_found)
{
        struct member ann = new_member();
        expect_problem(get(ann.user, NOT_THERE), 404, "not_found");
        expect_problem(get(ann.user, "/profiles/ann"), 422, "validation_failed");
        expect_problem(get(nobody, ann.path), 401, "unauthenticated");
}
END_TEST

TEST(events_tell_that_a_profile_is_there_and_has_changed)
{
        struct member ann = new_member();
        expect_status(patch(ann.user, "/profile", JSON({"bio" : "Hello"})), 200);
        const char *count =
                "SELECT count(*) FROM anonymize.outbox WHERE subject = '%s' AND type LIKE '%%.profile.%s.v1'";
        ck_assert_int_eq(sql_number(text(count, ann.profile_id, "initialized")), 1);
        ck_assert_int_eq(sql_number(text(count, ann.profile_id, "updated")), 1);
}
END_TEST

static void end(void)
{
        instance_up_all();
        scene_end();
}

SUITE_WITH(scene_begin, end, "e2e/profile", NO_FORK, T(a_first_profile_is_private_in_every_way),
        T(making_a_profile_twice_gives_the_first_one), T(of_many_who_make_one_s_profile_at_once_one_does),
        T(who_has_no_profile_is_told_how_to_make_one), T(a_profile_is_changed_under_the_version_seen),
        T(identifiers_are_taken_out_of_a_profile), T(text_that_may_break_the_rules_waits_for_a_ruling),
        T(text_waits_while_moderation_is_away_and_is_ruled_on_later), T(what_breaks_a_rule_names_its_field),
        T(a_private_profile_shows_name_and_level_only), T(connections_are_those_whom_the_owner_follows),
        T(a_profile_that_is_not_there_is_not_found), T(events_tell_that_a_profile_is_there_and_has_changed))
