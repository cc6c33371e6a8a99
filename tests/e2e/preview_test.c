/* SPDX-License-Identifier: Apache-2.0 */
/* What a preview shows is what that viewer gets, and looking at it changes nothing. */
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/member.h"
#include "tests/e2e/mentoring.h"
#include "tests/e2e/sharing.h"

#include <string.h>

#define PREVIEW "/privacy/preview"

static struct answer preview_of(struct user who, const char *as, const char *resource)
{
        struct answer answer = get(who, text(PREVIEW "?as=%s&resource=%s", as, resource));
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "as"), as);
        ck_assert_str_eq(text_at(answer, "resource"), resource);
        return answer;
}

static bool hides(struct answer answer, const char *field)
{
        for (int i = 0; i < length_at(answer, "hidden_fields"); i++)
                if (strcmp(text_at(answer, text("hidden_fields[%d]", i)), field) == 0)
                        return true;
        return false;
}

/* The value under `rendered` is, member by member, what a viewer was answered. */
static void expect_rendered(struct answer preview, struct answer seen)
{
        ck_assert_msg(cJSON_Compare(value_at(preview, "rendered"), seen.json, true), "%s\nis not\n%s", preview.body,
                seen.body);
}

static struct member told_member(void)
{
        struct member ann = new_member();
        expect_status(patch(ann.user, "/profile", JSON({
                "display_name" : "Ann Anders",
                "bio" : "Saves for a boat",
                "interest_areas" : ["boats"]
        })),
                200);
        return ann;
}

TEST(a_stranger_is_shown_what_a_stranger_gets)
{
        struct member ann = told_member();
        struct answer preview = preview_of(ann.user, "stranger", "profile");
        expect_rendered(preview, get(new_user(), ann.path));
        ck_assert(is_true_at(preview, "rendered.is_limited"));
        ck_assert(hides(preview, "bio"));
        ck_assert(!hides(preview, "display_name"));
        expect_status(set_privacy(ann.user, JSON({"profile_visibility" : "community"})), 200);
        preview = preview_of(ann.user, "stranger", "profile");
        ck_assert_str_eq(text_at(preview, "rendered.bio"), "Saves for a boat");
        ck_assert(!hides(preview, "bio"));
        ck_assert_int_eq(length_at(preview, "hidden_fields"), 0);
}
END_TEST

TEST(a_connection_is_shown_what_a_connection_gets)
{
        struct member ann = told_member(), bob = new_member();
        expect_status(set_privacy(ann.user, JSON({"profile_visibility" : "connections"})), 200);
        expect_status(relate(ann.user, bob, JSON({"following" : true})), 200);
        expect_rendered(preview_of(ann.user, "connection", "profile"), get(bob.user, ann.path));
        ck_assert(is_true_at(preview_of(ann.user, "stranger", "profile"), "rendered.is_limited"));
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM anonymize.relationships WHERE user_id = '%s'", ann.user.id)), 1);
}
END_TEST

TEST(a_moderator_is_shown_what_stands_at_the_desk)
{
        struct member ann = told_member();
        struct answer preview = preview_of(ann.user, "mod", "profile");
        ck_assert_ptr_nonnull(strstr(preview.body, "Saves for a boat"));
        ck_assert_str_eq(text_at(preview, "rendered.state"), "published");
        ck_assert_ptr_null(strstr(preview.body, ann.user.id));
}
END_TEST

TEST(drafts_are_hidden_and_shares_are_shown_as_published)
{
        struct member ann = new_member();
        drafted(ann.user, "A secret boat");
        const char *share = shared(ann.user, "A boat for all");
        struct answer preview = preview_of(ann.user, "stranger", "shares");
        ck_assert_int_eq((int)number_at(preview, "hidden_items"), 1);
        ck_assert_int_eq(length_at(preview, "rendered"), 1);
        ck_assert_str_eq(text_at(preview, "rendered[0].id"), share);
        ck_assert(!is_true_at(preview, "rendered[0].viewer.is_owner"));
        ck_assert_ptr_null(strstr(preview.body, "A secret boat"));
        struct answer seen = get(new_user(), path_of(share));
        ck_assert(cJSON_Compare(value_at(preview, "rendered[0]"), seen.json, true));
}
END_TEST

TEST(a_topic_is_previewed_without_being_viewed)
{
        struct member ann = new_member();
        const char *id = topic(ann.user);
        preview_of(ann.user, "stranger", "topics");
        struct answer preview = preview_of(ann.user, "stranger", "topics");
        ck_assert_str_eq(text_at(preview, "rendered[0].id"), id);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM forum.topic_readers WHERE topic_id = '%s'"
                                         " AND user_id = '00000000-0000-4000-8000-000000000000'",
                                 id)),
                0);
}
END_TEST

static const char *told(struct user who, const char *visibility)
{
        struct answer answer = post(who, "/feed/activities",
                text("{\"type\": \"tip\", \"text\": \"Save\", \"visibility\": \"%s\"}", visibility));
        expect_status(answer, 201);
        return text_at(answer, "id");
}

TEST(activities_are_shown_to_whom_they_are_for)
{
        struct member ann = new_member();
        told(ann.user, "private");
        told(ann.user, "connections");
        const char *open = told(ann.user, "community");
        struct answer preview = preview_of(ann.user, "stranger", "activities");
        ck_assert_int_eq(length_at(preview, "rendered"), 1);
        ck_assert_str_eq(text_at(preview, "rendered[0].id"), open);
        ck_assert_int_eq((int)number_at(preview, "hidden_items"), 2);
        ck_assert_int_eq(length_at(preview_of(ann.user, "connection", "activities"), "rendered"), 2);
        ck_assert_int_eq(length_at(preview_of(ann.user, "mod", "activities"), "rendered"), 3);
}
END_TEST

TEST(a_mentor_is_previewed_as_others_find_them)
{
        struct member ann = new_member();
        const char *mentor = registered(ann.user, 2);
        ck_assert(AWAIT(20, strcmp(text_at(get(ann.user, mentor_path(mentor)), "user_profile.kind"), "profile") == 0));
        struct answer preview = preview_of(ann.user, "stranger", "mentor_profile");
        expect_rendered(preview, get(new_user(), mentor_path(mentor)));
        ck_assert(hides(preview, "status"));
}
END_TEST

TEST(who_has_nothing_has_nothing_to_preview)
{
        struct user ann = new_user();
        expect_problem(get(ann, PREVIEW), 404, "not_found");
        ck_assert_int_eq(length_at(preview_of(ann, "stranger", "shares"), "rendered"), 0);
        expect_problem(get(ann, PREVIEW "?resource=mentor_profile"), 404, "not_found");
        expect_problem(get(ann, PREVIEW "?as=neighbour"), 422, "validation_failed");
        expect_problem(get(ann, PREVIEW "?resource=weather"), 422, "validation_failed");
        expect_problem(get(nobody, PREVIEW), 401, "unauthenticated");
}
END_TEST

static void end(void)
{
        instance_up_all();
        scene_end();
}

SUITE_WITH(scene_begin, end, "e2e/preview", NO_FORK, T(a_stranger_is_shown_what_a_stranger_gets),
        T(a_connection_is_shown_what_a_connection_gets), T(a_moderator_is_shown_what_stands_at_the_desk),
        T(drafts_are_hidden_and_shares_are_shown_as_published), T(a_topic_is_previewed_without_being_viewed),
        T(activities_are_shown_to_whom_they_are_for), T(a_mentor_is_previewed_as_others_find_them),
        T(who_has_nothing_has_nothing_to_preview))
