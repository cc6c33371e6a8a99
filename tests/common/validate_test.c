/* SPDX-License-Identifier: Apache-2.0 */
#include "common/validate.h"
#include "sfp/events.pb-c.h"
#include "sfp/goals.pb-c.h"
#include "sfp/peers.pb-c.h"
#include "sfp/rpc.pb-c.h"
#include "tests/suite.h"

#include <math.h>
#include <string.h>

static struct arena *arena;
static struct schema *schema;
static struct violations violations;

static void set_up(void)
{
        arena = arena_new(0);
        schema = schema_new();
}

static void tear_down(void)
{
        schema_free(schema);
        arena_free(arena);
}

static void check(const ProtobufCMessage *message)
{
        violations = violations_in(arena);
        validate_message(schema_message_find(schema, message->descriptor), message, &violations);
}

static Goals__CreateShareRequest good_share(void)
{
        Goals__CreateShareRequest in = GOALS__CREATE_SHARE_REQUEST__INIT;
        in.goal_category = "home";
        in.goal_title = "Our home";
        return in;
}

static void assert_breaks(const ProtobufCMessage *message, const char *field, const char *code)
{
        check(message);
        ck_assert_uint_eq(violations.count, 1);
        ck_assert_str_eq(violations.errors[0]->field, field);
        ck_assert_str_eq(violations.errors[0]->code, code);
}

TEST(a_good_message_breaks_nothing)
{
        Goals__CreateShareRequest in = good_share();
        check(&in.base);
        ck_assert_uint_eq(violations.count, 0);
}
END_TEST

TEST(a_real_number_is_held_to_its_range)
{
        Peers__PutMetricsRequest in = PEERS__PUT_METRICS_REQUEST__INIT;
        static const double good[] = {-100, 0, 99.999, 100}, bad[] = {-100.001, 100.001, INFINITY, NAN};
        in.has_savings_rate = 1;
        for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
                in.savings_rate = good[i];
                check(&in.base);
                ck_assert_uint_eq(violations.count, 0);
        }
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                in.savings_rate = bad[i];
                assert_breaks(&in.base, "savings_rate", "out_of_range");
        }
        ck_assert_str_eq(violations.errors[0]->message, "must be from -100 to 100");
}
END_TEST

TEST(all_that_is_missing_is_named)
{
        Goals__CreateShareRequest in = GOALS__CREATE_SHARE_REQUEST__INIT;
        check(&in.base);
        ck_assert_uint_eq(violations.count, 2);
        ck_assert_str_eq(violations.errors[0]->field, "goal_category");
        ck_assert_str_eq(violations.errors[1]->field, "goal_title");
        ck_assert_str_eq(violations.errors[1]->code, "required");
}
END_TEST

TEST(lengths_are_counted_in_code_points)
{
        char text[121 * 2 + 1];
        for (int i = 0; i < 121; i++)
                memcpy(text + 2 * i, "\u00e9", 2);
        text[242] = '\0';
        Goals__CreateShareRequest in = good_share();
        in.goal_title = text;
        assert_breaks(&in.base, "goal_title", "too_long");
        text[240] = '\0';
        check(&in.base);
        ck_assert_uint_eq(violations.count, 0);
        in.goal_title = "\u00e9\u00e9";
        assert_breaks(&in.base, "goal_title", "too_short");
}
END_TEST

TEST(ranges_include_their_ends)
{
        Goals__CreateShareRequest in = good_share();
        in.has_current_progress_percentage = 1;
        in.current_progress_percentage = 101;
        assert_breaks(&in.base, "current_progress_percentage", "out_of_range");
        in.current_progress_percentage = -1;
        assert_breaks(&in.base, "current_progress_percentage", "out_of_range");
        in.current_progress_percentage = 100;
        check(&in.base);
        ck_assert_uint_eq(violations.count, 0);
        in.has_target_amount = 1;
        in.target_amount = 0;
        assert_breaks(&in.base, "target_amount", "out_of_range");
}
END_TEST

TEST(a_word_must_be_one_of_the_list)
{
        Goals__CreateShareRequest in = good_share();
        in.goal_category = "Home";
        assert_breaks(&in.base, "goal_category", "not_allowed");
}
END_TEST

TEST(every_item_of_a_list_is_checked_and_the_list_too)
{
        char *tags[11] = {"a", "b", "C", "d", "e", "f", "g", "h", "i", "j", "k"};
        Goals__CreateShareRequest in = good_share();
        in.tags = tags;
        in.n_tags = 10;
        assert_breaks(&in.base, "tags[2]", "malformed");
        in.n_tags = 11;
        assert_breaks(&in.base, "tags", "too_many");
}
END_TEST

TEST(text_must_be_utf8_even_without_rules)
{
        Goals__Viewer viewer = GOALS__VIEWER__INIT;
        Goals__Share share = GOALS__SHARE__INIT;
        share.viewer = &viewer;
        share.goal_title = "\xff";
        assert_breaks(&share.base, "goal_title", "not_text");
}
END_TEST

TEST(forms_are_taken_literally)
{
        static const char *const bad_ids[] = {"", "8d7f2f8e", "8D7F2F8E-0B1C-4A57-9C0A-0F6B5D3F2A11",
                "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a111", "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a1g",
                "8d7f2f8e00b1c-4a57-9c0a-0f6b5d3f2a11", "{8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11}"};
        Goals__GetShareRequest in = GOALS__GET_SHARE_REQUEST__INIT;
        in.share_id = "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11";
        check(&in.base);
        ck_assert_uint_eq(violations.count, 0);
        for (size_t i = 0; i < sizeof bad_ids / sizeof *bad_ids; i++) {
                in.share_id = (char *)bad_ids[i];
                assert_breaks(&in.base, "share_id", "malformed");
        }
        Goals__CreateShareRequest share = good_share();
        share.currency = "usd";
        assert_breaks(&share.base, "currency", "malformed");
}
END_TEST

TEST(claims_have_rules_like_any_message)
{
        Sfp__Claims claims = SFP__CLAIMS__INIT;
        claims.sub = "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11";
        assert_breaks(&claims.base, "exp", "required");
        claims.has_exp = 1;
        claims.tz = "../etc/passwd";
        assert_breaks(&claims.base, "tz", "malformed");
        claims.tz = "Europe/Berlin";
        check(&claims.base);
        ck_assert_uint_eq(violations.count, 0);
}
END_TEST

TEST(the_list_of_complaints_is_bounded)
{
        char *tags[10] = {"A", "B", "C", "D", "E", "F", "G", "H", "I", "J"};
        Goals__CreateShareRequest in = good_share();
        Goals__CreateShareRequest again = good_share();
        in.tags = again.tags = tags;
        in.n_tags = again.n_tags = 10;
        check(&in.base);
        validate_message(schema_message_find(schema, in.base.descriptor), &again.base, &violations);
        validate_message(schema_message_find(schema, in.base.descriptor), &again.base, &violations);
        ck_assert_uint_eq(violations.count, VIOLATIONS_MAX);
}
END_TEST

TEST(a_number_too_large_for_a_sign_is_out_of_range_too)
{
        static const uint64_t absurd[] = {(uint64_t)1 << 53, (uint64_t)1 << 63, UINT64_MAX};
        Events__ReadRequest in = EVENTS__READ_REQUEST__INIT;
        in.has_after_seq = 1;
        in.after_seq = 9007199254740991;
        check(&in.base);
        ck_assert_uint_eq(violations.count, 0);
        for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
                in.after_seq = absurd[i];
                assert_breaks(&in.base, "after_seq", "out_of_range");
        }
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/validate", FORK, T(a_good_message_breaks_nothing),
        T(a_real_number_is_held_to_its_range), T(all_that_is_missing_is_named), T(lengths_are_counted_in_code_points),
        T(ranges_include_their_ends), T(a_number_too_large_for_a_sign_is_out_of_range_too),
        T(a_word_must_be_one_of_the_list), T(every_item_of_a_list_is_checked_and_the_list_too),
        T(text_must_be_utf8_even_without_rules), T(forms_are_taken_literally), T(claims_have_rules_like_any_message),
        T(the_list_of_complaints_is_bounded))
