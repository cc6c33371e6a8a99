/* SPDX-License-Identifier: Apache-2.0 */
/* How texts are ruled on: the community's rules with their versions and thresholds, the classifier beside them, and
 * texts that are none. */
#include "common/buffer.h"
#include "tests/e2e/desk.h"

#include <string.h>

enum { MARKS = 19999 };

TEST(rules_have_versions_and_are_tried_before_they_hold)
{
        struct user admin = new_user_as("admin"), ann = new_user();
        struct answer rules = get(nobody, "/moderation/rules");
        expect_status(rules, 200);
        const char *seen = text("If-Match: \"rules-%.0f\"", number_at(rules, "version"));
        const char *body = JSON({
                "rules" : [ {
                        "id" : "no_quux",
                        "text" : "Do not speak of quuxing.",
                        "category" : "spam",
                        "patterns" : ["\\bquuxing\\b"],
                        "threshold" : 0.9
                } ]
        });
        const char *const headers[] = {"Content-Type: application/json", seen, NULL};
        struct request request = {
                .verb = "PUT", .path = "/moderation/rules", .user = admin, .body = body, .size = strlen(body)};
        expect_problem(put(admin, "/moderation/rules", body), 428, "version_required");
        request.headers = headers;
        struct answer changed = ask(&request);
        expect_status(changed, 200);
        ck_assert(has(changed, "backtest.cases"));
        expect_problem(ask(&request), 412, "version_mismatch");
        const char *check = JSON({"content" : "We are all quuxing here"});
        ck_assert_msg(AWAIT(30, strcmp(text_at(post(ann, "/moderation/checks", check), "verdict"), "block") == 0),
                "the new rule does not hold");
        ck_assert_int_eq(length_at(get(nobody, "/moderation/rules"), "rules[0].patterns"), 0);
        ck_assert_str_eq(text_at(get(nobody, "/moderation/rules"), "rules[0].text"), "Do not speak of quuxing.");

        const char *bad =
                JSON({"rules" : [ {"id" : "bad", "text" : "Broken.", "category" : "spam", "patterns" : ["(("]} ]});
        const char *const now[] = {"Content-Type: application/json",
                text("If-Match: \"rules-%.0f\"", number_at(changed, "version")), NULL};
        request.headers = now;
        request.body = bad;
        request.size = strlen(bad);
        struct answer refused = ask(&request);
        expect_problem(refused, 422, "validation_failed");
        ck_assert_str_eq(text_at(refused, "errors[0].field"), "rules[0].patterns[0]");
        request.body = JSON({"rules" : []});
        request.size = strlen(request.body);
        expect_status(ask(&request), 200);
        ck_assert_msg(AWAIT(30, strcmp(text_at(post(ann, "/moderation/checks", check), "verdict"), "allow") == 0),
                "the rule holds on");
}
END_TEST

/* Puts rules over those that are in force, whoever changed them last. */
static struct answer put_rules(struct user admin, const char *body)
{
        double version = number_at(get(nobody, "/moderation/rules"), "version");
        const char *const headers[] = {
                "Content-Type: application/json", text("If-Match: \"rules-%.0f\"", version), NULL};
        struct request request = {.verb = "PUT",
                .path = "/moderation/rules",
                .user = admin,
                .headers = headers,
                .body = body,
                .size = strlen(body)};
        return ask(&request);
}

TEST(a_category_can_be_held_to_a_threshold_of_its_own)
{
        struct user admin = new_user_as("admin"), ann = new_user();
        const char *check = JSON({"content" : "They are wibbling in the garden"});
#define WIBBLE                                                                                                            \
        "\"rules\":[{\"id\":\"no_wibble\",\"text\":\"No wibbling.\",\"category\":\"sexual\",\"patterns\":[\"wibbling\"]," \
        "\"threshold\":0.7}]"
        expect_status(put_rules(admin, "{" WIBBLE "}"), 200);
        ck_assert_msg(AWAIT(30, strcmp(text_at(post(ann, "/moderation/checks", check), "verdict"), "label") == 0),
                "the new rule does not hold");
        struct answer lower =
                put_rules(admin, "{" WIBBLE ",\"thresholds\":[{\"category\":\"sexual\",\"act\":0.6,\"review\":0.5}]}");
        expect_status(lower, 200);
        ck_assert_msg(AWAIT(30, strcmp(text_at(post(ann, "/moderation/checks", check), "verdict"), "hold") == 0),
                "the new threshold does not hold");
        struct answer read = get(nobody, "/moderation/rules");
        ck_assert_double_eq_tol(number_at(read, "thresholds[0].act"), 0.6, 1e-9);
        ck_assert_ptr_nonnull(strstr(text_at(post(ann, "/moderation/checks", check), "rule_version"), "/model-"));
        struct answer refused =
                put_rules(admin, "{\"thresholds\":[{\"category\":\"sexual\",\"act\":0.6,\"review\":0.7}]}");
        expect_problem(refused, 422, "validation_failed");
        ck_assert_str_eq(text_at(refused, "errors[0].field"), "thresholds[0].review");
        refused = put_rules(
                admin, "{\"thresholds\":[{\"category\":\"spam\",\"act\":0.9},{\"category\":\"spam\",\"act\":0.8}]}");
        expect_problem(refused, 422, "validation_failed");
        ck_assert_str_eq(text_at(refused, "errors[0].field"), "thresholds[1].category");
        expect_status(put_rules(admin, "{\"rules\":[]}"), 200);
        ck_assert_msg(AWAIT(30, strcmp(text_at(post(ann, "/moderation/checks", check), "verdict"), "allow") == 0),
                "the rule holds on");
}
END_TEST

TEST(restricted_words_need_no_pattern)
{
        struct user admin = new_user_as("admin"), ann = new_user();
        const char *plain = JSON({"content" : "Nobody minds B.l.o.r.p.i.n.g in the garden"});
        const char *phrase = JSON({"content" : "you will get-z0nked by this"});
        const char *other = JSON({"content" : "unblorpings are another matter, and I get up zonked"});
        expect_status(put_rules(admin, JSON({
                "rules" : [ {
                        "id" : "no_blorp",
                        "text" : "Do not blorp.",
                        "category" : "spam",
                        "threshold" : 0.9,
                        "keywords" : [ "Blorping", "get zonked" ]
                } ]
        })),
                200);
        ck_assert_msg(AWAIT(30, strcmp(text_at(post(ann, "/moderation/checks", plain), "verdict"), "block") == 0),
                "the new rule does not hold");
        struct answer checked = post(ann, "/moderation/checks", phrase);
        ck_assert_str_eq(text_at(checked, "verdict"), "block");
        ck_assert_str_eq(text_at(checked, "spans[0].rule_id"), "no_blorp");
        ck_assert_str_eq(text_at(post(ann, "/moderation/checks", other), "verdict"), "allow");
        ck_assert_int_eq(length_at(get(nobody, "/moderation/rules"), "rules[0].keywords"), 0);
        ck_assert_str_eq(text_at(get(admin, "/moderation/rules"), "rules[0].keywords[1]"), "get zonked");
        struct answer refused = put_rules(admin, JSON({
                "rules" : [ {"id" : "bad", "text" : "Broken.", "category" : "spam", "keywords" : [ "good one", "!!" ]} ]
        }));
        expect_problem(refused, 422, "validation_failed");
        ck_assert_str_eq(text_at(refused, "errors[0].field"), "rules[0].keywords[1]");
        expect_status(put_rules(admin, "{\"rules\":[]}"), 200);
        ck_assert_msg(AWAIT(30, strcmp(text_at(post(ann, "/moderation/checks", plain), "verdict"), "allow") == 0),
                "the rule holds on");
}
END_TEST

/* No rule finds anything in it: what it says, it says with words that the classifier has learned. */
TEST(the_classifier_alone_has_a_person_look_and_says_by_which_words)
{
        struct user ann = new_user();
        struct answer checked = post(ann, "/moderation/checks",
                JSON({"content" : "@someone you are such a brainless lying piece of garbage, shut your stupid mouth"}));
        expect_status(checked, 200);
        ck_assert_str_eq(text_at(checked, "verdict"), "hold");
        bool is_explained = false;
        for (int i = 0; i < length_at(checked, "spans"); i++)
                is_explained |= strcmp(text_at(checked, text("spans[%d].rule_id", i)), "classifier") == 0;
        ck_assert(is_explained);
}
END_TEST

static const char *const hostile[] = {"\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80", /* emoji and nothing else */
        "\xE2\x80\xAEgnihton dna\xE2\x80\xAC \xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D",           /* right to left, both ways */
        "\xE2\x80\x8B\xE2\x80\x8B.\xE2\x80\x8B"};                                         /* nothing that can be seen */

TEST(odd_texts_are_answered_and_those_that_are_none_are_refused)
{
        struct user ann = new_user();
        for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
                struct answer checked = post(ann, "/moderation/checks", text("{\"content\":\"%s\"}", hostile[i]));
                expect_status(checked, 200);
                ck_assert_str_eq(text_at(checked, "verdict"), "allow");
        }
        expect_problem(post(ann, "/moderation/checks", JSON({"content" : ""})), 422, "validation_failed");
        expect_problem(post(ann, "/moderation/checks", "{\"content\":\"\xFF\xFE\"}"), 400, "malformed_json");
        struct arena *arena = arena_new(0);
        struct buffer marks = buffer_in(arena);
        buffer_puts(&marks, "{\"content\":\"a");
        for (int i = 0; i < MARKS; i++)
                buffer_puts(&marks, "\u0301");
        buffer_puts(&marks, "\"}");
        expect_status(post(ann, "/moderation/checks", buffer_text(&marks)), 200);
        arena_free(arena);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/checks", NO_FORK, T(rules_have_versions_and_are_tried_before_they_hold),
        T(a_category_can_be_held_to_a_threshold_of_its_own), T(restricted_words_need_no_pattern),
        T(the_classifier_alone_has_a_person_look_and_says_by_which_words),
        T(odd_texts_are_answered_and_those_that_are_none_are_refused))
