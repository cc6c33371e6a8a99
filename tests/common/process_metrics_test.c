/* SPDX-License-Identifier: Apache-2.0 */
#include "common/process_metrics.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

static double value_of(const char *text, const char *name)
{
        const char *line = strstr(text, name);
        ck_assert_msg(line != NULL, "%s is missing", name);
        return strtod(line + strlen(name), NULL);
}

TEST(a_process_says_what_it_uses_and_who_it_is)
{
        struct arena *arena = arena_new(0);
        struct metrics *metrics = metrics_new();
        struct process_metrics *process = process_metrics_new(metrics, "svc-goals", "2");
        struct buffer out = buffer_in(arena);
        metrics_print(metrics, METRICS_TEXT, &out);
        const char *text = buffer_text(&out);
        ck_assert_ptr_nonnull(strstr(text, "\ntarget_info{service_name=\"svc-goals\",service_version=\"" SFP_VERSION
                                           "\",service_instance_id=\"2\"} 1\n"));
        ck_assert_double_gt(value_of(text, "\nprocess_resident_memory_bytes "), 0);
        ck_assert_double_ge(
                value_of(text, "\nprocess_virtual_memory_bytes "), value_of(text, "\nprocess_resident_memory_bytes "));
        ck_assert_double_ge(value_of(text, "\nprocess_open_fds "), 3);
        ck_assert_double_ge(value_of(text, "\nprocess_threads "), 1);
        ck_assert_double_ge(value_of(text, "\nprocess_cpu_seconds_total "), 0);
        process_metrics_free(process);
        metrics_free(metrics);
        arena_free(arena);
}
END_TEST

SUITE("common/process_metrics", FORK, T(a_process_says_what_it_uses_and_who_it_is))
