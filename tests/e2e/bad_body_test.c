/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies that nobody should send. */
#include "tests/e2e/refusal.h"

/* A body posted as a new share. */
struct bad_body {
        const char *body;
        int status;
        const char *code;
        const char *field; /* of the first error; NULL: there is none to name */
        const char *why;
};

static void expect_bad_bodies(const struct bad_body *bad, size_t count)
{
        for (size_t i = 0; i < count; i++)
                expect_bad(post(sender(), "/goal-sharing/", bad[i].body), bad[i].body, bad[i].status, bad[i].code,
                        bad[i].field, bad[i].why);
        expect_no_effect();
}
#define EXPECT_BAD_BODIES(table) expect_bad_bodies(table, sizeof table / sizeof *table)

TEST(what_is_no_json_is_refused)
{
        static const struct bad_body bad[] = {
                {"{", 400, "malformed_json"},
                {"}", 400, "malformed_json"},
                {"{" REST, 400, "malformed_json"},
                {"{" REST ",}", 400, "malformed_json"},
                {"{" REST "} {}", 400, "malformed_json"},
                {"{" REST "}x", 400, "malformed_json"},
                {"{" REST "},", 400, "malformed_json"},
                {"{'goal_category': 'home'}", 400, "malformed_json"},
                {"{goal_category: \"home\"}", 400, "malformed_json"},
                {"goal_category=home&goal_title=x", 400, "malformed_json"},
                {"<share/>", 400, "malformed_json"},
                {"\xEF\xBB\xBF{" REST "}", 400, "malformed_json"},
                {WITH("\"target_amount\": 01"), 400, "malformed_json"},
                {WITH("\"target_amount\": +1"), 400, "malformed_json"},
                {WITH("\"target_amount\": 0x10"), 400, "malformed_json"},
                {WITH("\"target_amount\": NaN"), 400, "malformed_json"},
                {WITH("\"target_amount\": Infinity"), 400, "malformed_json"},
                {WITH("\"tags\": [1,]"), 400, "malformed_json"},
                {WITH("\"submit\": True"), 400, "malformed_json"},
                {WITH("\"goal_description\": \"tab\there\""), 400, "malformed_json"},
                {WITH("\"goal_description\": \"\\x41\""), 400, "malformed_json"},
                {WITH("\"goal_description\": \"\\u12\""), 400, "malformed_json"},
                {"/* a comment */ {" REST "}", 400, "malformed_json"},
        };
        EXPECT_BAD_BODIES(bad);
}

TEST(a_body_that_is_no_object_is_refused)
{
        static const struct bad_body bad[] = {
                {"[]", 400, "malformed_json"},
                {"[{" REST "}]", 400, "malformed_json"},
                {"null", 400, "malformed_json"},
                {"true", 400, "malformed_json"},
                {"1", 400, "malformed_json"},
                {"\"text\"", 400, "malformed_json"},
        };
        EXPECT_BAD_BODIES(bad);
}

TEST(a_key_given_twice_is_refused)
{
        static const struct bad_body bad[] = {
                {WITH("\"goal_title\": \"Another house\""), 400, "malformed_json"},
                {WITH("\"submit\": false, \"sub\\u006dit\": true"), 400, "malformed_json"},
                {WITH("\"nothing\": {\"a\": 1, \"a\": 1}"), 400, "malformed_json"},
        };
        EXPECT_BAD_BODIES(bad);
}

TEST(what_is_no_text_is_refused)
{
        static const struct bad_body bad[] = {
                {WITH("\"goal_description\": \"a\\u0000b\""), 400, "malformed_json"},
                {WITH("\"goal_description\": \"\\ud800\""), 400, "malformed_json"},
                {WITH("\"goal_description\": \"\\udc00\\ud800\""), 400, "malformed_json"},
                {WITH("\"goal_description\": \"\xFF\""), 400, "malformed_json"},
                {WITH("\"goal_description\": \"\xC0\xAF\""), 400, "malformed_json"},
                {WITH("\"goal_description\": \"\xED\xA0\x80\""), 400, "malformed_json"},
                {WITH("\"goal_description\": \"\xF4\x90\x80\x80\""), 400, "malformed_json"},
                {WITH("\"goal_description\": \"\xE2\x82\""), 400, "malformed_json"},
                {WITH("\"goal\xFFtitle\": \"x\""), 400, "malformed_json"},
        };
        EXPECT_BAD_BODIES(bad);
        static const char with_nul[] = WITH("\"goal_description\": \"a\0b\"");
        expect_bad(ask(&(struct request){"POST", "/goal-sharing/", sender(), with_nul, sizeof with_nul - 1}),
                "a NUL in a text", 400, "malformed_json", NULL, NULL);
        static const char nul_behind[] = "{" REST "}\0";
        expect_bad(ask(&(struct request){"POST", "/goal-sharing/", sender(), nul_behind, sizeof nul_behind - 1}),
                "a NUL behind it all", 400, "malformed_json", NULL, NULL);
        expect_no_effect();
}

TEST(a_value_of_the_wrong_type_is_refused)
{
        static const struct bad_body bad[] = {
                {"{\"goal_category\": \"home\", \"goal_title\": 5}", 422, "validation_failed", "goal_title",
                        "wrong_type"},
                {"{\"goal_category\": [\"home\"], \"goal_title\": \"A house\"}", 422, "validation_failed",
                        "goal_category", "wrong_type"},
                {WITH("\"goal_description\": {}"), 422, "validation_failed", "goal_description", "wrong_type"},
                {WITH("\"goal_description\": true"), 422, "validation_failed", "goal_description", "wrong_type"},
                {WITH("\"target_amount\": \"100\""), 422, "validation_failed", "target_amount", "wrong_type"},
                {WITH("\"target_amount\": true"), 422, "validation_failed", "target_amount", "wrong_type"},
                {WITH("\"target_amount\": []"), 422, "validation_failed", "target_amount", "wrong_type"},
                {WITH("\"current_progress_percentage\": \"50\""), 422, "validation_failed",
                        "current_progress_percentage", "wrong_type"},
                {WITH("\"submit\": 1"), 422, "validation_failed", "submit", "wrong_type"},
                {WITH("\"submit\": \"true\""), 422, "validation_failed", "submit", "wrong_type"},
                {WITH("\"tags\": \"a\""), 422, "validation_failed", "tags", "wrong_type"},
                {WITH("\"tags\": {\"0\": \"a\"}"), 422, "validation_failed", "tags", "wrong_type"},
                {WITH("\"tags\": [\"a\", 1]"), 422, "validation_failed", "tags[1]", "wrong_type"},
                {WITH("\"tags\": [[\"a\"]]"), 422, "validation_failed", "tags[0]", "wrong_type"},
                {WITH("\"tags\": [null]"), 422, "validation_failed", "tags[0]", "wrong_type"},
        };
        EXPECT_BAD_BODIES(bad);
}

TEST(money_is_a_whole_number_of_minor_units)
{
        static const struct bad_body bad[] = {
                {WITH("\"target_amount\": 1.5"), 422, "validation_failed", "target_amount", "wrong_type"},
                {WITH("\"target_amount\": 1.0"), 422, "validation_failed", "target_amount", "wrong_type"},
                {WITH("\"target_amount\": 1e3"), 422, "validation_failed", "target_amount", "wrong_type"},
                {WITH("\"target_amount\": 9007199254740992"), 422, "validation_failed", "target_amount",
                        "out_of_range"},
                {WITH("\"target_amount\": 9007199254740993"), 422, "validation_failed", "target_amount",
                        "out_of_range"},
                {WITH("\"target_amount\": 18446744073709551617"), 422, "validation_failed", "target_amount",
                        "out_of_range"},
                {WITH("\"target_amount\": 99999999999999999999999999999999999999999"), 422, "validation_failed",
                        "target_amount", "out_of_range"},
                {WITH("\"target_amount\": 0"), 422, "validation_failed", "target_amount", "out_of_range"},
                {WITH("\"target_amount\": -0"), 422, "validation_failed", "target_amount", "out_of_range"},
                {WITH("\"target_amount\": -5"), 422, "validation_failed", "target_amount", "out_of_range"},
                {WITH("\"target_amount\": 5, \"currency\": \"usd\""), 422, "validation_failed", "currency",
                        "malformed"},
                {WITH("\"target_amount\": 5, \"currency\": \"US\""), 422, "validation_failed", "currency", "malformed"},
                {WITH("\"target_amount\": 5, \"currency\": \"USDT\""), 422, "validation_failed", "currency",
                        "malformed"},
                {WITH("\"target_amount\": 5, \"currency\": \"\""), 422, "validation_failed", "currency", "malformed"},
                {WITH("\"target_amount\": 5, \"currency\": \"U$D\""), 422, "validation_failed", "currency",
                        "malformed"},
                {WITH("\"target_amount\": 5, \"currency\": 840"), 422, "validation_failed", "currency", "wrong_type"},
        };
        EXPECT_BAD_BODIES(bad);
}

TEST(a_value_outside_its_bounds_is_refused)
{
        static const struct bad_body bad[] = {
                {"{\"goal_category\": \"yacht\", \"goal_title\": \"A house\"}", 422, "validation_failed",
                        "goal_category", "not_allowed"},
                {"{\"goal_category\": \"HOME\", \"goal_title\": \"A house\"}", 422, "validation_failed",
                        "goal_category", "not_allowed"},
                {"{\"goal_category\": \"\", \"goal_title\": \"A house\"}", 422, "validation_failed", "goal_category",
                        "not_allowed"},
                {"{\"goal_category\": \"home\", \"goal_title\": \"\"}", 422, "validation_failed", "goal_title",
                        "too_short"},
                {"{\"goal_category\": \"home\", \"goal_title\": \"     \"}", 422, "validation_failed", "goal_title",
                        "too_short"},
                {"{\"goal_category\": \"home\", \"goal_title\": \"A \\u0007 house\"}", 422, "validation_failed",
                        "goal_title", "not_text"},
                {"{\"goal_category\": \"home\", \"goal_title\": \"ab\"}", 422, "validation_failed", "goal_title",
                        "too_short"},
                {"{\"goal_category\": \"home\", \"goal_title\": \"\xF0\x9F\x8F\xA0\xF0\x9F\x8F\xA0\"}", 422,
                        "validation_failed", "goal_title", "too_short"},
                {WITH("\"current_progress_percentage\": 101"), 422, "validation_failed", "current_progress_percentage",
                        "out_of_range"},
                {WITH("\"current_progress_percentage\": -1"), 422, "validation_failed", "current_progress_percentage",
                        "out_of_range"},
                {WITH("\"current_progress_percentage\": 4294967297"), 422, "validation_failed",
                        "current_progress_percentage", "out_of_range"},
                {WITH("\"tags\": [\"good\", \"Bad\"]"), 422, "validation_failed", "tags[1]", "malformed"},
                {WITH("\"tags\": [\"a b\"]"), 422, "validation_failed", "tags[0]", "malformed"},
                {WITH("\"tags\": [\"a'b\"]"), 422, "validation_failed", "tags[0]", "malformed"},
                {WITH("\"tags\": [\"\"]"), 422, "validation_failed", "tags[0]", "too_short"},
                {WITH("\"tags\": [\"aaaaaaaaaabbbbbbbbbbccccccccccd\"]"), 422, "validation_failed", "tags[0]",
                        "too_long"},
                {WITH("\"tags\": [\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\"]"), 422,
                        "validation_failed", "tags", "too_many"},
                {WITH("\"template_id\": \"6f1d3c52\""), 422, "validation_failed", "template_id", "malformed"},
                {WITH("\"template_id\": \"6F1D3C52-0A51-4B6E-9A1E-000000000001\""), 422, "validation_failed",
                        "template_id", "malformed"},
        };
        EXPECT_BAD_BODIES(bad);
}

TEST(what_is_missing_and_what_is_unknown_are_named)
{
        static const struct bad_body bad[] = {
                {"{}", 422, "validation_failed", "goal_category", "required"},
                {"{\"goal_category\": \"home\"}", 422, "validation_failed", "goal_title", "required"},
                {"{\"goal_category\": \"home\", \"goal_title\": null}", 422, "validation_failed", "goal_title",
                        "required"},
                {WITH("\"owner_id\": \"x\""), 422, "validation_failed", "owner_id", "unknown_field"},
                {WITH("\"__proto__\": {}"), 422, "validation_failed", "__proto__", "unknown_field"},
                {WITH("\"GoalTitle\": \"x\""), 422, "validation_failed", "GoalTitle", "unknown_field"},
                {WITH("\"goalTitle\": \"x\""), 422, "validation_failed", "goalTitle", "unknown_field"},
                {WITH("\"\": \"x\""), 422, "validation_failed", "", "unknown_field"},
                {WITH("\"tags.0\": \"x\""), 422, "validation_failed", "tags.0", "unknown_field"},
        };
        EXPECT_BAD_BODIES(bad);
}

TEST(every_bad_field_is_named_at_once)
{
        struct answer answer = post(sender(), "/goal-sharing/",
                JSON({"goal_title" : "ab", "target_amount" : 1.5, "currency" : "x", "tags" : ["A"], "nothing" : 1}));
        expect_problem(answer, 422, "validation_failed");
        ck_assert_int_eq(length_at(answer, "errors"), 6);
        expect_no_effect();
}

SUITE_WITH(refusal_begin, refusal_end, "e2e/bad_body", NO_FORK, T(what_is_no_json_is_refused),
        T(a_body_that_is_no_object_is_refused), T(a_key_given_twice_is_refused), T(what_is_no_text_is_refused),
        T(a_value_of_the_wrong_type_is_refused), T(money_is_a_whole_number_of_minor_units),
        T(a_value_outside_its_bounds_is_refused), T(what_is_missing_and_what_is_unknown_are_named),
        T(every_bad_field_is_named_at_once))
