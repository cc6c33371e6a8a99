/* SPDX-License-Identifier: Apache-2.0 */
#include "common/metrics.h"
#include "tests/suite.h"

#include <pthread.h>
#include <string.h>

static struct arena *arena;
static struct metrics *metrics;

static void set_up(void)
{
        arena = arena_new(0);
        metrics = metrics_new();
}

static void tear_down(void)
{
        metrics_free(metrics);
        arena_free(arena);
}

static const char *print(void)
{
        struct buffer out = buffer_in(arena);
        metrics_print(metrics, &out);
        return buffer_text(&out);
}

TEST(an_empty_registry_prints_nothing)
{
        ck_assert_str_eq(print(), "");
}
END_TEST

TEST(metrics_of_one_name_stand_together_under_one_head)
{
        struct metric *ok = metrics_counter(metrics, "calls_total", "status=\"OK\"", "Calls.");
        struct metric *up = metrics_gauge(metrics, "up", "", "Whether it is up.");
        struct metric *lost = metrics_counter(metrics, "calls_total", "status=\"LOST\"", "Calls.");
        metric_add(ok, 3);
        metric_add(lost, 1);
        metric_set(up, -5);
        ck_assert_str_eq(print(), "# HELP calls_total Calls.\n"
                                  "# TYPE calls_total counter\n"
                                  "calls_total{status=\"OK\"} 3\n"
                                  "calls_total{status=\"LOST\"} 1\n"
                                  "# HELP up Whether it is up.\n"
                                  "# TYPE up gauge\n"
                                  "up -5\n");
}
END_TEST

TEST(zero_counters_are_silent_only_with_labels)
{
        metrics_counter(metrics, "a_total", "kind=\"x\"", "A.");
        metrics_counter(metrics, "b_total", "", "B.");
        metrics_gauge(metrics, "c", "kind=\"x\"", "C.");
        ck_assert_str_eq(print(), "# HELP a_total A.\n# TYPE a_total counter\n"
                                  "# HELP b_total B.\n# TYPE b_total counter\nb_total 0\n"
                                  "# HELP c C.\n# TYPE c gauge\nc{kind=\"x\"} 0\n");
}
END_TEST

TEST(a_histogram_is_cumulative)
{
        struct histogram *histogram = metrics_histogram(metrics, "seconds", "method=\"Get\"", "Time.");
        static const int64_t durations[] = {0, 100, 101, 2500, 900000, 10000000, 10000001};
        for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
                histogram_observe(histogram, durations[i]);
        ck_assert_str_eq(print(), "# HELP seconds Time.\n"
                                  "# TYPE seconds histogram\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.0001\"} 2\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.00025\"} 3\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.0005\"} 3\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.001\"} 3\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.0025\"} 4\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.005\"} 4\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.01\"} 4\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.025\"} 4\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.05\"} 4\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.1\"} 4\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.25\"} 4\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.5\"} 4\n"
                                  "seconds_bucket{method=\"Get\",le=\"1\"} 5\n"
                                  "seconds_bucket{method=\"Get\",le=\"2.5\"} 5\n"
                                  "seconds_bucket{method=\"Get\",le=\"5\"} 5\n"
                                  "seconds_bucket{method=\"Get\",le=\"10\"} 6\n"
                                  "seconds_bucket{method=\"Get\",le=\"+Inf\"} 7\n"
                                  "seconds_sum{method=\"Get\"} 20.902702\n"
                                  "seconds_count{method=\"Get\"} 7\n");
}
END_TEST

TEST(a_histogram_without_labels_prints_from_the_start)
{
        metrics_histogram(metrics, "seconds", "", "Time.");
        ck_assert_ptr_nonnull(
                strstr(print(), "seconds_bucket{le=\"+Inf\"} 0\nseconds_sum 0.000000\nseconds_count 0\n"));
}
END_TEST

TEST(labels_are_copied)
{
        char labels[] = "kind=\"x\"";
        metric_set(metrics_gauge(metrics, "a", labels, "A."), 1);
        memset(labels, '?', sizeof labels - 1);
        ck_assert_ptr_nonnull(strstr(print(), "a{kind=\"x\"} 1\n"));
}
END_TEST

static void *count(void *arg)
{
        for (int i = 0; i < 10000; i++)
                metric_add(arg, 1);
        return NULL;
}

TEST(no_count_of_several_threads_is_lost)
{
        struct metric *metric = metrics_counter(metrics, "a_total", "", "A.");
        pthread_t threads[4];
        for (int i = 0; i < 4; i++)
                pthread_create(&threads[i], NULL, count, metric);
        for (int i = 0; i < 100; i++) {
                metrics_gauge(metrics, "b", "", "Registered while others count and print.");
                print();
        }
        for (int i = 0; i < 4; i++)
                pthread_join(threads[i], NULL);
        ck_assert_int_eq(metric_value(metric), 40000);
}
END_TEST

static void *print_often(void *arg)
{
        struct arena *own = arena_new(0);
        for (int i = 0; i < 200; i++) {
                struct buffer out = buffer_in(own);
                metrics_print(arg, &out);
                arena_reset(own);
        }
        arena_free(own);
        return NULL;
}

TEST(printing_sees_a_new_metric_whole_or_not_at_all)
{
        pthread_t thread;
        pthread_create(&thread, NULL, print_often, metrics);
        for (int i = 0; i < 200; i++)
                histogram_observe(metrics_histogram(metrics, "seconds", "", "Time."), i);
        pthread_join(thread, NULL);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/metrics", FORK, T(an_empty_registry_prints_nothing),
        T(metrics_of_one_name_stand_together_under_one_head), T(zero_counters_are_silent_only_with_labels),
        T(a_histogram_is_cumulative), T(a_histogram_without_labels_prints_from_the_start), T(labels_are_copied),
        T(no_count_of_several_threads_is_lost), T(printing_sees_a_new_metric_whole_or_not_at_all))
