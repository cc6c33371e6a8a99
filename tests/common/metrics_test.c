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
        metrics_print(metrics, METRICS_TEXT, &out);
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
        struct histogram *histogram = metrics_histogram(metrics, HISTOGRAM_FINE, "seconds", "method=\"Get\"", "Time.");
        static const int64_t durations[] = {0, 100, 101, 2500, 900000, 10000000, 10000001};
        for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
                histogram_observe(histogram, durations[i], NULL);
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
                                  "seconds_bucket{method=\"Get\",le=\"0.075\"} 4\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.1\"} 4\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.25\"} 4\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.5\"} 4\n"
                                  "seconds_bucket{method=\"Get\",le=\"0.75\"} 4\n"
                                  "seconds_bucket{method=\"Get\",le=\"1\"} 5\n"
                                  "seconds_bucket{method=\"Get\",le=\"2.5\"} 5\n"
                                  "seconds_bucket{method=\"Get\",le=\"5\"} 5\n"
                                  "seconds_bucket{method=\"Get\",le=\"7.5\"} 5\n"
                                  "seconds_bucket{method=\"Get\",le=\"10\"} 6\n"
                                  "seconds_bucket{method=\"Get\",le=\"+Inf\"} 7\n"
                                  "seconds_sum{method=\"Get\"} 20.902702\n"
                                  "seconds_count{method=\"Get\"} 7\n");
}
END_TEST

TEST(a_histogram_without_labels_prints_from_the_start)
{
        metrics_histogram(metrics, HISTOGRAM_FINE, "seconds", "", "Time.");
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

static const char *print_open(void)
{
        struct buffer out = buffer_in(arena);
        metrics_print(metrics, METRICS_OPEN, &out);
        return buffer_text(&out);
}

TEST(openmetrics_names_families_without_total_and_says_where_it_ends)
{
        metric_add(metrics_counter(metrics, "calls_total", "", "Calls."), 2);
        metric_add(metrics_counter_us(metrics, "cpu_seconds_total", "", "Time."), 1500000);
        ck_assert_str_eq(print_open(), "# HELP calls Calls.\n# TYPE calls counter\ncalls_total 2\n"
                                       "# HELP cpu_seconds Time.\n# TYPE cpu_seconds counter\n"
                                       "# UNIT cpu_seconds seconds\ncpu_seconds_total 1.500000\n# EOF\n");
}
END_TEST

TEST(a_traced_observation_is_the_example_of_its_bucket_in_openmetrics_alone)
{
        struct histogram *histogram = metrics_histogram(metrics, HISTOGRAM_SEMCONV, "seconds", "", "Time.");
        histogram_observe(histogram, 1500000, "0123456789abcdef0123456789abcdef");
        ck_assert_ptr_nonnull(strstr(print_open(), "seconds_bucket{le=\"1.0\"} 0\n"));
        ck_assert_ptr_nonnull(strstr(print_open(),
                "seconds_bucket{le=\"2.5\"} 1 # {trace_id=\"0123456789abcdef0123456789abcdef\"} 1.500000 "));
        ck_assert_ptr_null(strstr(print(), "trace_id"));
}
END_TEST

TEST(a_histogram_is_registered_once_at_its_place)
{
        struct histogram *_Atomic place = NULL;
        struct histogram *first = metrics_histogram_at(metrics, &place, HISTOGRAM_FINE, "seconds", "a=\"1\"", "Time.");
        struct histogram *second = metrics_histogram_at(metrics, &place, HISTOGRAM_FINE, "seconds", "a=\"1\"", "Time.");
        ck_assert_ptr_eq(first, second);
}
END_TEST

static void refresh(void *owner)
{
        metric_add(owner, 1);
}

TEST(what_is_looked_up_is_looked_up_at_every_print)
{
        metrics_before_print(metrics, refresh, metrics_gauge(metrics, "looked", "", "Looked up."));
        print();
        ck_assert_ptr_nonnull(strstr(print(), "looked 2\n"));
}
END_TEST

static void *observe_often(void *arg)
{
        for (int i = 0; i < 20000; i++)
                histogram_observe(arg, i % 40000,
                        i % 2 == 0 ? "00000000000000000000000000000000" : "11111111111111111111111111111111");
        return NULL;
}

/* Every example that is printed is of one observation. */
static void assert_whole(const char *text)
{
        static const char mark[] = "trace_id=\"";
        for (const char *at = strstr(text, mark); at != NULL; at = strstr(at + 1, mark)) {
                const char *digits = at + strlen(mark);
                ck_assert_uint_eq(strspn(digits, (char[]){*digits, '\0'}), 32);
        }
}

TEST(an_example_is_never_half_of_one_and_half_of_another)
{
        struct histogram *histogram = metrics_histogram(metrics, HISTOGRAM_SEMCONV, "seconds", "", "Time.");
        pthread_t threads[2];
        for (int i = 0; i < 2; i++)
                pthread_create(&threads[i], NULL, observe_often, histogram);
        for (int i = 0; i < 200; i++)
                assert_whole(print_open());
        for (int i = 0; i < 2; i++)
                pthread_join(threads[i], NULL);
        assert_whole(print_open());
}
END_TEST

static void *print_often(void *arg)
{
        struct arena *own = arena_new(0);
        for (int i = 0; i < 200; i++) {
                struct buffer out = buffer_in(own);
                metrics_print(arg, METRICS_TEXT, &out);
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
                histogram_observe(metrics_histogram(metrics, HISTOGRAM_FINE, "seconds", "", "Time."), i, NULL);
        pthread_join(thread, NULL);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/metrics", FORK, T(an_empty_registry_prints_nothing),
        T(metrics_of_one_name_stand_together_under_one_head), T(zero_counters_are_silent_only_with_labels),
        T(a_histogram_is_cumulative), T(a_histogram_without_labels_prints_from_the_start), T(labels_are_copied),
        T(no_count_of_several_threads_is_lost), T(printing_sees_a_new_metric_whole_or_not_at_all),
        T(openmetrics_names_families_without_total_and_says_where_it_ends),
        T(a_traced_observation_is_the_example_of_its_bucket_in_openmetrics_alone),
        T(a_histogram_is_registered_once_at_its_place), T(what_is_looked_up_is_looked_up_at_every_print),
        T(an_example_is_never_half_of_one_and_half_of_another))
