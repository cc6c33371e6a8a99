/* SPDX-License-Identifier: Apache-2.0 */
/* A goal is shared, seen, changed and withdrawn. */
#include "tests/e2e/database.h"
#include "tests/e2e/sharing.h"

#include <string.h>

#define PROFILE JSON({"birth_year" : 1984, "annual_income" : 8200000, "currency" : "USD", "region" : "California"})

TEST(identifiers_are_taken_out_of_what_is_shared)
{
        struct answer answer = post(new_user(), "/goal-sharing/", JSON({
                "goal_category" : "travel",
                "goal_title" : "To the sea with jane.doe@example.com",
                "goal_description" : "Call me at (415) 555-0132.",
                "strategy_description" : "Money goes to 4111 1111 1111 1111, every month.",
                "tips_and_lessons" : "Nothing to hide here."
        }));
        expect_status(answer, 201);
        ck_assert_str_eq(text_at(answer, "goal_title"), "To the sea with [email 1]");
        ck_assert_str_eq(text_at(answer, "goal_description"), "Call me at [phone 1].");
        ck_assert_str_eq(text_at(answer, "strategy_description"), "Money goes to [card 1], every month.");
        ck_assert_str_eq(text_at(answer, "tips_and_lessons"), "Nothing to hide here.");
        ck_assert_int_eq(length_at(answer, "notices"), 3);
        ck_assert_str_eq(text_at(answer, "notices[0]"), "goal_title: removed 1 email");
        ck_assert_str_eq(text_at(answer, "notices[1]"), "goal_description: removed 1 phone");
        ck_assert_str_eq(text_at(answer, "notices[2]"), "strategy_description: removed 1 card");
}

TEST(an_amount_is_told_as_a_range)
{
        struct user ann = new_user();
        struct answer answer = post(ann, "/goal-sharing/", JSON({
                "goal_category" : "home",
                "goal_title" : "A roof",
                "target_amount" : 437219,
                "currency" : "USD"
        }));
        expect_status(answer, 201);
        ck_assert_str_eq(text_at(answer, "target_amount_range"), "USD 2,000-5,000");
        ck_assert(!has(answer, "target_amount"));
        ck_assert_ptr_null(strstr(get(ann, path_of(text_at(answer, "id"))).body, "4372"));
}

TEST(the_database_holds_no_identifier_no_amount_and_no_owner)
{
        struct user ann = new_user();
        put(ann, "/profile/demographics",
                JSON({"birth_year" : 1984, "annual_income" : 8261734955, "currency" : "USD"}));
        struct answer answer = post(ann, "/goal-sharing/", JSON({
                "goal_category" : "home",
                "goal_title" : "Write to nora.quill@example.org",
                "goal_description" : "or +1 415 555 0197, or pay 5500 0055 5555 5559",
                "target_amount" : 4372190055,
                "tags" : ["sealed-or-clean"]
        }));
        expect_status(answer, 201);
        drafted(ann, "Write to nora.quill@example.org too");
        static const char *const secrets[] = {"nora.quill", "555 0197", "5550197", "5500 0055", "55000055",
                "4372190055", "43721900.55", "8261734955"};
        static const char *const schemas[] = {"goals", "anonymize", "moderation"};
        ck_assert(dump_has(sql_dump("goals"), "Write to [email 1]"));
        for (size_t s = 0; s < sizeof schemas / sizeof *schemas; s++) {
                const char *dump = sql_dump(schemas[s]);
                for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
                        ck_assert_msg(!dump_has(dump, secrets[i]), "%s holds %s", schemas[s], secrets[i]);
                ck_assert_msg(!dump_has(dump, ann.id), "%s names the owner", schemas[s]);
                ck_assert_msg(!strstr(dump, sql_text(text("SELECT replace('%s', '-', '')", ann.id))),
                        "%s names the owner in 16 bytes", schemas[s]);
        }
}

TEST(bands_of_the_profile_appear_on_shares)
{
        struct user ann = new_user();
        expect_status(put(ann, "/profile/demographics", PROFILE), 200);
        struct answer answer = get(new_user(), path_of(shared(ann, "A house")));
        ck_assert_str_eq(text_at(answer, "user_age_group"), "40-44");
        ck_assert_str_eq(text_at(answer, "user_income_range"), "75k-100k");
        ck_assert_str_eq(text_at(answer, "user_location_region"), "Pacific");
}

TEST(a_profile_answers_with_bands_only)
{
        struct user ann = new_user();
        expect_status(put(ann, "/profile/demographics", PROFILE), 200);
        struct answer answer = get(ann, "/profile/demographics");
        ck_assert_str_eq(text_at(answer, "user_age_group"), "40-44");
        ck_assert_ptr_null(strstr(answer.body, "1984"));
        ck_assert_ptr_null(strstr(answer.body, "8200000"));
        ck_assert_ptr_null(strstr(answer.body, "California"));
}

TEST(what_was_never_told_is_not_guessed)
{
        struct answer answer = get(new_user(), path_of(shared(new_user(), "A house")));
        expect_status(answer, 200);
        ck_assert(!has(answer, "user_age_group"));
        ck_assert(!has(answer, "user_income_range"));
        ck_assert(!has(answer, "user_location_region"));
}

TEST(a_forgotten_profile_is_in_no_later_share)
{
        struct user ann = new_user();
        put(ann, "/profile/demographics", PROFILE);
        expect_status(del(ann, "/profile/demographics"), 204);
        ck_assert(!has(get(ann, path_of(shared(ann, "A house"))), "user_age_group"));
}

TEST(what_the_platform_decides_is_not_taken_from_a_request)
{
        static const char *const fields[] = {"user_age_group", "user_income_range", "user_location_region",
                "target_amount_range", "id", "status", "published_on", "likes_count", "is_verified_completion",
                "viewer"};
        struct user ann = new_user();
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
                struct answer answer = post(ann, "/goal-sharing/",
                        text("{\"goal_category\": \"home\", \"goal_title\": \"A house\", \"%s\": \"x\"}", fields[i]));
                expect_problem(answer, 422, "validation_failed");
                ck_assert_str_eq(text_at(answer, "errors[0].field"), fields[i]);
                ck_assert_str_eq(text_at(answer, "errors[0].code"), "unknown_field");
        }
}

TEST(a_created_share_is_found_where_its_answer_says)
{
        struct user ann = new_user();
        struct answer answer = post(ann, "/goal-sharing/", JSON({"goal_category" : "home", "goal_title" : "A house"}));
        const char *location = header_of(answer, "Location");
        ck_assert_ptr_nonnull(location);
        ck_assert_str_eq(location, text("/api/v1/social%s", path_of(text_at(answer, "id"))));
        ck_assert_str_eq(text_at(get(ann, path_of(text_at(answer, "id"))), "goal_title"), "A house");
}

TEST(another_user_finds_a_share_in_the_list)
{
        const char *share = shared(new_user(), "A house by the lake");
        struct user bob = new_user();
        ck_assert(lists(get(bob, "/goal-sharing/?sort=new&limit=5"), share));
        struct answer answer = get(bob, path_of(share));
        ck_assert_str_eq(text_at(answer, "goal_title"), "A house by the lake");
        ck_assert_str_eq(text_at(answer, "status"), "published");
        ck_assert(!is_true_at(answer, "viewer.is_owner"));
        ck_assert_int_eq(length_at(answer, "notices"), 0);
}

TEST(an_edit_is_cleaned_again)
{
        struct user ann = new_user();
        const char *share = shared(ann, "A house");
        struct answer answer = patch(ann, path_of(share), JSON({"goal_description" : "Ask bo.lind@example.com"}));
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "goal_description"), "Ask [email 1]");
        ck_assert_str_eq(text_at(answer, "notices[0]"), "goal_description: removed 1 email");
        ck_assert_str_eq(text_at(get(new_user(), path_of(share)), "goal_description"), "Ask [email 1]");
        ck_assert(!dump_has(sql_dump("goals"), "bo.lind"));
}

TEST(an_edit_keeps_what_it_does_not_name)
{
        struct user ann = new_user();
        struct answer before = post(ann, "/goal-sharing/", JSON({
                "goal_category" : "home",
                "goal_title" : "A house",
                "goal_description" : "of wood",
                "target_amount" : 437219,
                "tags" : ["wood"],
                "current_progress_percentage" : 10
        }));
        struct answer after = patch(ann, path_of(text_at(before, "id")), JSON({"current_progress_percentage" : 60}));
        expect_status(after, 200);
        ck_assert_int_eq(number_at(after, "current_progress_percentage"), 60);
        ck_assert_str_eq(text_at(after, "goal_title"), "A house");
        ck_assert_str_eq(text_at(after, "goal_description"), "of wood");
        ck_assert_str_eq(text_at(after, "target_amount_range"), "USD 2,000-5,000");
        ck_assert_str_eq(text_at(after, "tags[0]"), "wood");
        ck_assert_int_eq(number_at(after, "version"), number_at(before, "version") + 1);
}

TEST(a_stranger_may_look_but_not_touch)
{
        struct user bob = new_user();
        const char *share = shared(new_user(), "A house");
        expect_problem(patch(bob, path_of(share), JSON({"goal_title" : "Bobs house"})), 403, "forbidden");
        expect_problem(del(bob, path_of(share)), 403, "forbidden");
        ck_assert_str_eq(text_at(get(bob, path_of(share)), "goal_title"), "A house");
}

TEST(a_submitted_draft_is_published)
{
        struct user ann = new_user();
        struct user bob = new_user();
        const char *draft = drafted(ann, "A plan for later");
        ck_assert_str_eq(text_at(get(ann, path_of(draft)), "status"), "draft");
        ck_assert_str_eq(text_at(get(ann, path_of(draft)), "goal_title"), "A plan for later");
        expect_problem(get(bob, path_of(draft)), 404, "not_found");
        struct answer answer = patch(ann, path_of(draft), JSON({"submit" : true}));
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "status"), "published");
        ck_assert_str_eq(text_at(get(bob, path_of(draft)), "goal_title"), "A plan for later");
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM goals.pending_texts WHERE share_id = '%s'", draft)), 0);
}

TEST(a_withdrawn_share_leaves_no_row)
{
        struct user ann = new_user();
        struct user bob = new_user();
        const char *share = shared(ann, "A house");
        expect_status(put(bob, reaction_to(share, "like"), NULL), 200);
        ck_assert(dump_has(sql_dump("goals"), share));
        expect_status(del(ann, path_of(share)), 204);
        expect_problem(get(ann, path_of(share)), 404, "not_found");
        expect_problem(get(bob, path_of(share)), 404, "not_found");
        expect_problem(del(ann, path_of(share)), 404, "not_found");
        expect_problem(put(bob, reaction_to(share, "like"), NULL), 404, "not_found");
        ck_assert(!dump_has(sql_dump_beside_events("goals"), share));
}

TEST(a_text_that_breaks_the_rules_is_refused_and_not_stored)
{
        long before = stored_rows();
        struct answer answer = post(new_user(), "/goal-sharing/", JSON({
                "goal_category" : "investment",
                "goal_title" : "Easy",
                "goal_description" : "Double your money with bitcoin, send 1 btc now"
        }));
        expect_problem(answer, 422, "content_blocked");
        ck_assert_int_eq(stored_rows(), before);
}

TEST(templates_are_listed_and_read)
{
        struct user ann = new_user();
        struct answer list = get(ann, "/goal-sharing/templates?goal_category=home");
        expect_status(list, 200);
        ck_assert_int_eq(length_at(list, "items"), 1);
        struct answer one = get(ann, text("/goal-sharing/templates/%s", text_at(list, "items[0].id")));
        ck_assert(cJSON_Compare(one.json, value_at(list, "items[0]"), true));
        expect_problem(get(ann, "/goal-sharing/templates/6f1d3c52-0a51-4b6e-9a1e-0000000000ff"), 404, "not_found");
}

TEST(a_share_is_made_from_a_template_that_is_there)
{
        struct user ann = new_user();
        const char *body = "{\"goal_category\": \"home\", \"goal_title\": \"A house\", \"template_id\": \"%s\"}";
        struct answer list = get(ann, "/goal-sharing/templates");
        expect_status(post(ann, "/goal-sharing/", text(body, text_at(list, "items[0].id"))), 201);
        struct answer unknown = post(ann, "/goal-sharing/", text(body, "6f1d3c52-0a51-4b6e-9a1e-0000000000ff"));
        expect_problem(unknown, 409, "conflict");
        ck_assert_int_eq(length_at(get(ann, "/goal-sharing/?owner=me"), "items"), 1);
}
END_TEST

static struct answer ask_if_match(
        struct user user, const char *verb, const char *path, const char *body, const char *tag)
{
        const char *const headers[] = {"Content-Type: application/json", text("If-Match: %s", tag), NULL};
        const struct request request = {.verb = verb,
                .path = path,
                .user = user,
                .body = body,
                .size = body == NULL ? 0 : strlen(body),
                .headers = headers};
        return ask(&request);
}

TEST(a_change_of_an_old_version_changes_nothing)
{
        struct user ann = new_user();
        const char *path = path_of(shared(ann, "A boat with sails"));
        const char *first = header_of(get(ann, path), "ETag");
        ck_assert_ptr_nonnull(first);
        expect_status(ask_if_match(ann, "PATCH", path, JSON({"goal_title" : "A boat with oars"}), first), 200);
        expect_problem(ask_if_match(ann, "PATCH", path, JSON({"goal_title" : "No boat at all"}), first), 412,
                "version_mismatch");
        expect_problem(ask_if_match(ann, "DELETE", path, NULL, first), 412, "version_mismatch");
        expect_problem(
                ask_if_match(ann, "PATCH", path, JSON({"goal_title" : "No boat"}), "7"), 422, "validation_failed");
        struct answer now = get(ann, path);
        ck_assert_str_eq(text_at(now, "goal_title"), "A boat with oars");
        ck_assert_str_ne(header_of(now, "ETag"), first);
        expect_status(ask_if_match(ann, "PATCH", path, JSON({"goal_title" : "Any boat"}), "*"), 200);
        expect_status(ask_if_match(ann, "DELETE", path, NULL, header_of(get(ann, path), "ETag")), 204);
}

SUITE_WITH(scene_begin, scene_end, "e2e/share", NO_FORK, T(identifiers_are_taken_out_of_what_is_shared),
        T(an_amount_is_told_as_a_range), T(the_database_holds_no_identifier_no_amount_and_no_owner),
        T(bands_of_the_profile_appear_on_shares), T(a_profile_answers_with_bands_only),
        T(what_was_never_told_is_not_guessed), T(a_forgotten_profile_is_in_no_later_share),
        T(what_the_platform_decides_is_not_taken_from_a_request), T(a_created_share_is_found_where_its_answer_says),
        T(another_user_finds_a_share_in_the_list), T(an_edit_is_cleaned_again), T(an_edit_keeps_what_it_does_not_name),
        T(a_stranger_may_look_but_not_touch), T(a_submitted_draft_is_published), T(a_withdrawn_share_leaves_no_row),
        T(a_text_that_breaks_the_rules_is_refused_and_not_stored), T(templates_are_listed_and_read),
        T(a_share_is_made_from_a_template_that_is_there), T(a_change_of_an_old_version_changes_nothing))
