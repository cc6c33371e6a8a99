/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite.h"
#include "tools/top_figures.h"

#include <math.h>

#define RPC(part) "rpc_server_call_duration_seconds" part "{rpc_method=\"A/B\",rpc_response_status_code="

static const char before_text[] = RPC("_bucket") "\"OK\",le=\"0.1\"} 10\n" RPC("_bucket") "\"OK\",le=\"1\"} 10\n" RPC(
        "_bucket") "\"OK\",le=\"+Inf\"} 10\n" RPC("_count") "\"OK\"} 10\n"
                                                            "process_start_time_seconds 1000\nprocess_cpu_seconds_total 5\n";
static const char after_text[] =
        RPC("_bucket") "\"OK\",le=\"0.1\"} 60\n" RPC("_bucket") "\"OK\",le=\"1\"} 110\n" RPC("_bucket") "\"OK\",le=\"+Inf\"} 110\n" RPC(
                "_count") "\"OK\"} 110\n" RPC("_count") "\"INTERNAL\"} 4\n" RPC("_count") "\"NOT_FOUND\"} 6\n"
                                                                                          "process_start_time_seconds 1000\nprocess_cpu_seconds_total 6\nprocess_resident_memory_bytes 1048576\n"
                                                                                          "sfp_rpc_waiting{lane=\"calls\"} 3\nsfp_rpc_waiting{lane=\"control\"} 9\nsfp_rpc_busy{lane=\"calls\"} 2\n"
                                                                                          "sfp_events_lag{group=\"a\"} 5\nsfp_events_lag{group=\"b\"} 70\nsfp_database_up 0\n";

static struct top_look before, after;
static struct top_figures figures;

static void set_up(void)
{
        top_look_read(before_text, &before);
        top_look_read(after_text, &after);
}

TEST(a_look_sums_and_takes_the_worst)
{
        ck_assert(after.is_there && after.has_database && !after.is_database_up && !after.is_gateway);
        ck_assert_double_eq(after.calls, 120);
        ck_assert_double_eq(after.failures, 4);
        ck_assert_double_eq(after.waiting, 3);
        ck_assert_double_eq(after.busy, 2);
        ck_assert_double_eq(after.events_behind, 70);
}
END_TEST

TEST(two_looks_give_rates_and_times_of_what_lies_between)
{
        top_figures_between(&before, &after, 10, &figures);
        ck_assert_double_eq(figures.calls_per_s, 11);
        ck_assert_double_eq(figures.failures_per_s, 0.4);
        ck_assert_double_eq_tol(figures.p50_s, 0.1, 1e-9);
        ck_assert_double_eq_tol(figures.p99_s, 0.982, 1e-9);
        ck_assert_double_eq(figures.cpu_part, 0.1);
}
END_TEST

TEST(a_process_that_has_started_anew_has_no_figures_yet)
{
        after.started_s = 2000;
        top_figures_between(&before, &after, 10, &figures);
        ck_assert_double_eq(figures.calls_per_s, 0);
        top_figures_between(&after, &after, 0, &figures);
        ck_assert_double_eq(figures.p99_s, 0);
}
END_TEST

TEST(what_took_longer_than_the_last_bound_is_said_to_take_that)
{
        top_look_read(RPC("_bucket") "\"OK\",le=\"10\"} 0\n" RPC("_bucket") "\"OK\",le=\"+Inf\"} 5\n"
                                                                            "process_start_time_seconds 1000\n",
                &after);
        before = (struct top_look){.is_there = true, .started_s = 1000};
        top_figures_between(&before, &after, 1, &figures);
        ck_assert_double_eq(figures.p50_s, 10);
}
END_TEST

TEST(a_gateway_is_known_by_what_it_serves)
{
        top_look_read("http_server_request_duration_seconds_count{http_response_status_code=\"503\"} 2\n"
                      "http_server_request_duration_seconds_count{http_response_status_code=\"404\"} 2\n"
                      "http_server_active_requests 7\n",
                &after);
        ck_assert(after.is_gateway);
        ck_assert_double_eq(after.calls, 4);
        ck_assert_double_eq(after.failures, 2);
        ck_assert_double_eq(after.busy, 7);
}
END_TEST

TEST(nonsense_is_a_look_without_anything)
{
        top_look_read(
                "<html>not found</html>\n# \n{{{{\nrpc_server_call_duration_seconds_bucket{le=\"x\"} NaN\n", &after);
        ck_assert_double_eq(after.calls, 0);
        ck_assert_int_eq(after.n_buckets, 0);
}
END_TEST

SUITE_WITH(set_up, NULL, "tools/top_figures", FORK, T(a_look_sums_and_takes_the_worst),
        T(two_looks_give_rates_and_times_of_what_lies_between), T(a_process_that_has_started_anew_has_no_figures_yet),
        T(what_took_longer_than_the_last_bound_is_said_to_take_that), T(a_gateway_is_known_by_what_it_serves),
        T(nonsense_is_a_look_without_anything))
