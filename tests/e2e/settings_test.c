/* SPDX-License-Identifier: Apache-2.0 */
/* Privacy settings: changed under the version seen, recorded, told. */
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/member.h"
#include "tests/e2e/sharing.h"

#include <string.h>

#define SETTINGS "/privacy/settings"

static long n_changes(struct member who, const char *setting)
{
        return sql_number(text("SELECT count(*) FROM anonymize.privacy_changes WHERE user_id = '%s' AND setting = '%s'",
                who.user.id, setting));
}

static long n_events(struct member who)
{
        return sql_number(text("SELECT count(*) FROM anonymize.outbox WHERE subject = '%s'"
                               " AND type LIKE '%%.profile.privacy.changed.v1'",
                who.profile_id));
}

TEST(a_setting_is_changed_and_the_change_recorded)
{
        struct member ann = new_member();
        struct answer answer = set_privacy(ann.user, JSON({"share_age_range" : true, "retention_days" : 90}));
        expect_status(answer, 200);
        ck_assert(is_true_at(answer, "share_age_range"));
        ck_assert_int_eq((int)number_at(answer, "retention_days"), 90);
        ck_assert(!is_true_at(answer, "share_income_range"));
        ck_assert_int_eq((int)number_at(answer, "version"), 2);
        ck_assert_int_eq(n_changes(ann, "share_age_range"), 1);
        ck_assert_str_eq(sql_text(text("SELECT from_value || '>' || to_value FROM anonymize.privacy_changes"
                                       " WHERE user_id = '%s' AND setting = 'retention_days'",
                                 ann.user.id)),
                "365>90");
        ck_assert_int_eq(n_events(ann), 1);
}
END_TEST

TEST(what_does_not_change_anything_is_no_change)
{
        struct member ann = new_member();
        struct answer answer = set_privacy(ann.user, JSON({"discoverable" : false}));
        expect_status(answer, 200);
        ck_assert_int_eq((int)number_at(answer, "version"), 1);
        ck_assert_int_eq(n_changes(ann, "discoverable"), 0);
        ck_assert_int_eq(n_events(ann), 0);
}
END_TEST

TEST(nobody_changes_settings_blindly)
{
        struct member ann = new_member();
        struct answer seen = get(ann.user, SETTINGS);
        expect_status(patch_seen(ann.user, SETTINGS, seen, JSON({"discoverable" : true})), 200);
        expect_problem(patch_seen(ann.user, SETTINGS, seen, JSON({"discoverable" : false})), 412, "version_mismatch");
        ck_assert(is_true_at(get(ann.user, SETTINGS), "discoverable"));
}
END_TEST

TEST(of_many_who_have_seen_the_same_version_one_changes_it)
{
        enum { MANY = 8 };
        struct member ann = new_member();
        struct request requests[MANY];
        int statuses[MANY], n_changed = 0;
        const char *const headers[] = {"Content-Type: application/json",
                text("If-Match: %s", header_of(get(ann.user, SETTINGS), "ETag")), NULL};
        for (int i = 0; i < MANY; i++) {
                const char *body = text("{\"retention_days\": %d}", 100 + i);
                requests[i] = (struct request){"PATCH", SETTINGS, ann.user, body, strlen(body), headers};
        }
        at_once(MANY, requests, statuses);
        for (int i = 0; i < MANY; i++) {
                ck_assert_msg(statuses[i] == 200 || statuses[i] == 412, "answered %d", statuses[i]);
                n_changed += statuses[i] == 200;
        }
        ck_assert_int_eq(n_changed, 1);
        ck_assert_int_eq(n_changes(ann, "retention_days"), 1);
}
END_TEST

TEST(levels_of_activities_are_kept_by_type)
{
        struct member ann = new_member();
        expect_status(set_privacy(ann.user, JSON({
                "activity_levels" : [
                        {"type" : "topic_created", "level" : "community"},
                        {"type" : "badge_awarded", "level" : "private"}
                ]
        })),
                200);
        struct answer answer = set_privacy(
                ann.user, JSON({"activity_levels" : [ {"type" : "badge_awarded", "level" : "connections"} ]}));
        ck_assert_int_eq(length_at(answer, "activity_levels"), 2);
        ck_assert_str_eq(text_at(answer, "activity_levels[0].type"), "badge_awarded");
        ck_assert_str_eq(text_at(answer, "activity_levels[0].level"), "connections");
        ck_assert_str_eq(text_at(answer, "activity_levels[1].level"), "community");
        ck_assert_int_eq(n_changes(ann, "activity_levels.badge_awarded"), 2);
}
END_TEST

TEST(restricted_words_take_the_place_of_the_old_ones_and_are_not_in_the_record)
{
        struct member ann = new_member();
        expect_status(set_privacy(ann.user, JSON({
                "restricted_keywords" : [
                        {"phrase" : "quickloans", "whole_word" : true, "contexts" : ["feed"], "action" : "hide"},
                        {"phrase" : "old news", "action" : "warn", "expires_at" : "2020-01-01T00:00:00Z"}
                ]
        })),
                200);
        struct answer answer = get(ann.user, SETTINGS);
        ck_assert_int_eq(length_at(answer, "restricted_keywords"), 1); /* the other one is over */
        ck_assert_str_eq(text_at(answer, "restricted_keywords[0].phrase"), "quickloans");
        ck_assert_str_eq(text_at(answer, "restricted_keywords[0].contexts[0]"), "feed");
        ck_assert_int_eq(
                sql_number("SELECT count(*) FROM anonymize.privacy_changes WHERE to_value LIKE '%quickloans%'"), 0);
        answer = set_privacy(ann.user, JSON({"clear_restricted_keywords" : true}));
        ck_assert_int_eq(length_at(answer, "restricted_keywords"), 0);
}
END_TEST

TEST(bands_appear_on_shared_goals_only_where_they_are_shared)
{
        struct member ann = new_member();
        expect_status(put(ann.user, "/profile/demographics",
                              JSON({"birth_year" : 1984, "annual_income" : 8200000, "currency" : "USD"})),
                200);
        struct answer before = get(ann.user, path_of(shared(ann.user, "A house")));
        ck_assert(!has(before, "user_age_group"));
        ck_assert(!has(before, "user_income_range"));
        expect_status(set_privacy(ann.user, JSON({"share_age_range" : true})), 200);
        struct answer after = get(ann.user, path_of(shared(ann.user, "A boat")));
        ck_assert(has(after, "user_age_group"));
        ck_assert(!has(after, "user_income_range"));
}
END_TEST

TEST(records_of_changes_go_when_their_time_is_over)
{
        struct member ann = new_member();
        expect_status(set_privacy(ann.user, JSON({"retention_days" : 30, "discoverable" : true})), 200);
        sql(text(
                "SET session_replication_role = replica; UPDATE anonymize.privacy_changes SET at = at - interval '31 days' WHERE user_id = '%s'"
                " AND setting = 'discoverable'",
                ann.user.id));
        sql("UPDATE anonymize.jobs SET due_at = now() WHERE kind = 'forget_old'");
        ck_assert(AWAIT(20, n_changes(ann, "discoverable") == 0));
        ck_assert_int_eq(n_changes(ann, "retention_days"), 1);
}
END_TEST

TEST(the_history_is_read_by_its_owner_and_shows_what_was_changed_in_it)
{
        struct member ann = new_member();
        ck_assert_int_eq(length_at(get(ann.user, SETTINGS "/history"), "items"), 0);
        expect_status(set_privacy(ann.user, JSON({"share_age_range" : true, "retention_days" : 90})), 200);
        expect_status(set_privacy(ann.user, JSON({"share_age_range" : false})), 200);
        struct answer first = get(ann.user, SETTINGS "/history?limit=2");
        ck_assert_str_eq(text_at(first, "items[0].setting"), "share_age_range");
        ck_assert_str_eq(text_at(first, "items[0].from_value"), "true");
        ck_assert_str_eq(text_at(first, "items[0].to_value"), "false");
        ck_assert_str_eq(text_at(first, "items[0].previous_hash"), text_at(first, "items[1].hash"));
        ck_assert(is_true_at(first, "is_whole"));
        struct answer rest = get(ann.user, text(SETTINGS "/history?cursor=%s", text_at(first, "next_cursor")));
        ck_assert_int_eq(length_at(rest, "items"), 1);
        ck_assert(is_true_at(rest, "is_whole"));
        sql(text("SET session_replication_role = replica; UPDATE anonymize.privacy_changes SET to_value = 'true'"
                 " WHERE user_id = '%s' AND to_value = 'false'",
                ann.user.id));
        ck_assert(!is_true_at(get(ann.user, SETTINGS "/history"), "is_whole"));
        ck_assert_int_eq(length_at(get(new_user(), SETTINGS "/history"), "items"), 0);
        expect_problem(get(nobody, SETTINGS "/history"), 401, "unauthenticated");
}
END_TEST

TEST(a_record_that_is_taken_out_is_missed)
{
        struct member ann = new_member();
        for (int i = 0; i < 3; i++)
                expect_status(set_privacy(ann.user, text("{\"retention_days\": %d}", 100 + i)), 200);
        ck_assert(is_true_at(get(ann.user, SETTINGS "/history"), "is_whole"));
        sql(text("DELETE FROM anonymize.privacy_changes WHERE user_id = '%s' AND to_value = '101'", ann.user.id));
        ck_assert(!is_true_at(get(ann.user, SETTINGS "/history"), "is_whole"));
}
END_TEST

TEST(goals_are_for_their_owner_alone_while_sharing_is_off)
{
        struct member ann = new_member();
        const char *goal = JSON({"goal_category" : "home", "goal_title" : "A boat", "submit" : true});
        expect_status(set_privacy(ann.user, JSON({"goal_sharing_level" : "anonymous"})), 200);
        expect_status(set_privacy(ann.user, JSON({"goal_sharing_level" : "private"})), 200);
        expect_problem(post(ann.user, "/goal-sharing/", goal), 409, "conflict");
        expect_status(set_privacy(ann.user, JSON({"goal_sharing_level" : "anonymous"})), 200);
        struct answer made = post(ann.user, "/goal-sharing/", goal);
        expect_status(made, 201);
        const char *share = path_of(text_at(made, "id"));
        expect_status(get(new_user(), share), 200);
        expect_status(set_privacy(ann.user, JSON({"goal_sharing_level" : "private"})), 200);
        ck_assert(AWAIT(20, get(new_user(), share).status == 404));
        ck_assert_str_eq(text_at(get(ann.user, share), "status"), "hidden");
        struct answer way = get(ann.user, text("%s/transitions", share));
        expect_problem(
                post(ann.user, text("%s/transitions", share),
                        text("{\"action\": \"unhide\", \"expected_version\": %d}", (int)number_at(way, "version"))),
                409, "conflict");
}
END_TEST

TEST(who_has_never_said_anything_of_sharing_says_it_by_sharing)
{
        struct member ann = new_member();
        const char *goal = JSON({"goal_category" : "home", "goal_title" : "A canoe", "submit" : true});
        expect_status(post(ann.user, "/goal-sharing/", goal), 201);
}
END_TEST

TEST(who_wants_to_be_found_is_found)
{
        struct member ann = new_member(), bob = new_member();
        const char *name = text("Zed%.8s", ann.user.id);
        expect_status(patch(ann.user, "/profile", text("{\"display_name\": \"%s\"}", name)), 200);
        const char *search = text("/profiles?q=%s", text("zED%.6s", ann.user.id));
        ck_assert_int_eq(length_at(get(bob.user, search), "items"), 0);
        expect_status(set_privacy(ann.user, JSON({"discoverable" : true})), 200);
        struct answer found = get(bob.user, search);
        ck_assert_str_eq(text_at(found, "items[0].author_ref.id"), ann.profile_id);
        ck_assert_int_eq(length_at(get(bob.user, "/profiles?q=%25%25"), "items"), 0);
        expect_status(relate(ann.user, bob, JSON({"blocked" : true})), 200);
        ck_assert_int_eq(length_at(get(bob.user, search), "items"), 0);
        expect_problem(get(bob.user, "/profiles?q=a"), 422, "validation_failed");
        expect_problem(get(nobody, search), 401, "unauthenticated");
}
END_TEST

TEST(a_value_that_is_not_allowed_names_its_field)
{
        struct member ann = new_member();
        static const char *const bad[][2] = {
                {"profile_visibility", "{\"profile_visibility\": \"everybody\"}"},
                {"retention_days", "{\"retention_days\": 29}"},
                {"activity_levels[0].level", "{\"activity_levels\": [{\"type\": \"x\", \"level\": \"all\"}]}"},
                {"restricted_keywords[0].action", "{\"restricted_keywords\": [{\"phrase\": \"ab\"}]}"},
        };
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                struct answer answer = set_privacy(ann.user, bad[i][1]);
                expect_problem(answer, 422, "validation_failed");
                ck_assert_str_eq(text_at(answer, "errors[0].field"), bad[i][0]);
        }
        ck_assert_int_eq((int)number_at(get(ann.user, SETTINGS), "version"), 1);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/settings", NO_FORK, T(a_setting_is_changed_and_the_change_recorded),
        T(what_does_not_change_anything_is_no_change), T(nobody_changes_settings_blindly),
        T(of_many_who_have_seen_the_same_version_one_changes_it), T(levels_of_activities_are_kept_by_type),
        T(restricted_words_take_the_place_of_the_old_ones_and_are_not_in_the_record),
        T(bands_appear_on_shared_goals_only_where_they_are_shared), T(records_of_changes_go_when_their_time_is_over),
        T(the_history_is_read_by_its_owner_and_shows_what_was_changed_in_it), T(a_record_that_is_taken_out_is_missed),
        T(goals_are_for_their_owner_alone_while_sharing_is_off),
        T(who_has_never_said_anything_of_sharing_says_it_by_sharing), T(who_wants_to_be_found_is_found),
        T(a_value_that_is_not_allowed_names_its_field))
