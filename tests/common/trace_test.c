/* SPDX-License-Identifier: Apache-2.0 */
#include "common/trace.h"
#include "tests/suite.h"

#include <string.h>

#define TRACE_ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN_ID  "00f067aa0ba902b7"

TEST(a_valid_parent_is_continued_with_a_span_of_our_own)
{
        static const struct {
                const char *text;
                bool is_sampled;
        } good[] = {{"00-" TRACE_ID "-" SPAN_ID "-01", true}, {"00-" TRACE_ID "-" SPAN_ID "-00", false},
                {"00-" TRACE_ID "-" SPAN_ID "-0a", false}, {"00-" TRACE_ID "-" SPAN_ID "-0b", true},
                {"00-" TRACE_ID "-" SPAN_ID "-ff", true}, {"00-" TRACE_ID "-" SPAN_ID "-fe", false},
                {"01-" TRACE_ID "-" SPAN_ID "-01", true}, {"cc-" TRACE_ID "-" SPAN_ID "-01-what-will-come", true}};
        for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
                struct trace trace;
                trace_start(&trace, good[i].text);
                ck_assert_str_eq(trace.trace_id, TRACE_ID);
                ck_assert_str_ne(trace.span_id, SPAN_ID);
                ck_assert_uint_eq(strlen(trace.span_id), 16);
                ck_assert_msg(trace.is_sampled == good[i].is_sampled, "%s", good[i].text);
        }
}
END_TEST

TEST(anything_else_begins_a_new_trace)
{
        static const char *const bad[] = {NULL, "", "00", "00-" TRACE_ID "-" SPAN_ID, "00-" TRACE_ID "-" SPAN_ID "-",
                "00-" TRACE_ID "-" SPAN_ID "-1", "00-" TRACE_ID "-" SPAN_ID "-0g", "00-" TRACE_ID "-" SPAN_ID "-011",
                "00-" TRACE_ID "-" SPAN_ID "-01-more", "01-" TRACE_ID "-" SPAN_ID "-011",
                "ff-" TRACE_ID "-" SPAN_ID "-01", "0x-" TRACE_ID "-" SPAN_ID "-01", "00_" TRACE_ID "-" SPAN_ID "-01",
                "00-" TRACE_ID "_" SPAN_ID "-01", "00-00000000000000000000000000000000-" SPAN_ID "-01",
                "00-" TRACE_ID "-0000000000000000-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN_ID "-01",
                "00-" TRACE_ID "-00f067aa0ba902b\xff-01", "                                                       "};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                struct trace trace;
                trace_start(&trace, bad[i]);
                ck_assert_str_ne(trace.trace_id, TRACE_ID);
                ck_assert_uint_eq(strspn(trace.trace_id, "0123456789abcdef"), 32);
                ck_assert(trace.is_sampled);
        }
}
END_TEST

TEST(a_cut_parent_is_not_read_behind_its_end)
{
        static const char whole[] = "00-" TRACE_ID "-" SPAN_ID "-01";
        for (size_t length = 0; length < strlen(whole); length++) {
                char *cut = malloc(length + 1);
                struct trace trace;
                memcpy(cut, whole, length);
                cut[length] = '\0';
                trace_start(&trace, cut);
                ck_assert_str_ne(trace.trace_id, TRACE_ID);
                free(cut);
        }
}
END_TEST

TEST(what_is_handed_on_is_valid_itself)
{
        struct trace trace, next;
        char text[TRACE_PARENT_SIZE];
        trace_start(&trace, "00-" TRACE_ID "-" SPAN_ID "-00");
        trace_format(&trace, text);
        ck_assert_uint_eq(strlen(text), TRACE_PARENT_SIZE - 1);
        trace_start(&next, text);
        ck_assert_str_eq(next.trace_id, TRACE_ID);
        ck_assert_str_ne(next.span_id, trace.span_id);
        ck_assert(!next.is_sampled);
}
END_TEST

SUITE("common/trace", FORK, T(a_valid_parent_is_continued_with_a_span_of_our_own), T(anything_else_begins_a_new_trace),
        T(a_cut_parent_is_not_read_behind_its_end), T(what_is_handed_on_is_valid_itself))
