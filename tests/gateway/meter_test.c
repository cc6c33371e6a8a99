/* SPDX-License-Identifier: Apache-2.0 */
#include "common/status.h"
#include "gateway/meter.h"
#include "tests/suite.h"

#include <string.h>

static struct arena *arena;
static struct schema *schema;
static struct routes *routes;
static struct metrics *metrics;
static struct meter *meter;

static void set_up(void)
{
        static const struct own_route none[] = {{0}};
        arena = arena_new(0);
        schema = schema_new();
        routes = routes_new(schema, none);
        metrics = metrics_new();
        meter = meter_new(metrics, routes, "https");
}

static void tear_down(void)
{
        meter_free(meter);
        metrics_free(metrics);
        routes_free(routes);
        schema_free(schema);
        arena_free(arena);
}

static void assert_prints(const char *line)
{
        struct buffer out = buffer_in(arena);
        metrics_print(metrics, METRICS_TEXT, &out);
        ck_assert_msg(strstr(buffer_text(&out), line) != NULL, "no %s in %s", line, buffer_text(&out));
}

TEST(a_request_is_counted_under_its_route_and_code)
{
        const struct route *route = routes_at(routes, 0);
        meter_observe(meter, route, route->verb, 201, 1000, NULL);
        meter_observe(meter, route, route->verb, 201, 1000, NULL);
        assert_prints(arena_printf(arena,
                "\nhttp_server_request_duration_seconds_count{http_request_method=\"%s\",http_route=\"%s\","
                "http_response_status_code=\"201\",url_scheme=\"https\"} 2\n",
                route->verb, route->path));
}
END_TEST

TEST(our_failures_name_their_type)
{
        meter_observe(meter, NULL, "GET", 503, 1000, NULL);
        assert_prints("http_server_request_duration_seconds_count{http_request_method=\"GET\",http_route=\"\","
                      "http_response_status_code=\"503\",url_scheme=\"https\",error_type=\"503\"} 1\n");
}
END_TEST

TEST(nobody_outside_can_make_series_with_verbs_of_his_own)
{
        meter_observe(meter, NULL, "BREW", 405, 1000, NULL);
        meter_observe(meter, NULL, "BREW\"} 1\n", 405, 1000, NULL);
        assert_prints("{http_request_method=\"_OTHER\",http_route=\"\",http_response_status_code=\"405\","
                      "url_scheme=\"https\",le=\"+Inf\"} 2\n");
}
END_TEST

TEST(every_problem_has_a_code_of_its_own_in_the_list)
{
        for (enum problem problem = PROBLEM_NONE + 1; problem < PROBLEM_COUNT; problem++) {
                meter_observe(meter, NULL, "GET", problem_http(problem), 1000, NULL);
                assert_prints(arena_printf(arena, "http_response_status_code=\"%d\"", problem_http(problem)));
        }
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/meter", FORK, T(a_request_is_counted_under_its_route_and_code),
        T(our_failures_name_their_type), T(nobody_outside_can_make_series_with_verbs_of_his_own),
        T(every_problem_has_a_code_of_its_own_in_the_list))
