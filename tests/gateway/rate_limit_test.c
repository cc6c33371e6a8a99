/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/own_routes.h"
#include "gateway/rate_limit.h"
#include "tests/suite.h"

#include <arpa/inet.h>
#include <string.h>

#define BASE "/api/v1/social"
#define ANN  "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"
#define BOB  "9d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"

static const int64_t start_us = INT64_C(1000000000);
static struct arena *arena;
static struct metrics *metrics;
static struct schema *schema;
static struct routes *routes;
static struct rate_limit *limit;
static struct exchange exchange;
static struct sockaddr_in peer;

static void set_up(void)
{
        const struct rate_settings settings = {
                .quotas = {[RATE_POLICY_READ] = 3, [RATE_POLICY_WRITE] = 2, [RATE_POLICY_PUBLIC] = 1},
                .trusted_proxies = "10.0.0.0/8",
                .proxy_header = "x-forwarded-for",
                .redis_url = "",
                .secret = "s",
        };
        arena = arena_new(0);
        metrics = metrics_new();
        schema = schema_new();
        routes = routes_new(schema, own_routes);
        limit = rate_limit_new(&settings, metrics);
}

static void tear_down(void)
{
        rate_limit_free(limit);
        routes_free(routes);
        schema_free(schema);
        metrics_free(metrics);
        arena_free(arena);
}

static enum problem ask(const char *verb, const char *user_id, const char *address, const char *forwarded_for)
{
        struct path path;
        exchange = (struct exchange){.arena = arena, .request = {.verb = verb}};
        peer = (struct sockaddr_in){.sin_family = AF_INET};
        inet_pton(AF_INET, address, &peer.sin_addr);
        exchange.request.peer = (const struct sockaddr *)&peer;
        exchange.request.headers[HEADER_FORWARDED_FOR] = forwarded_for;
        ck_assert_int_eq(path_split(arena, BASE "/goal-sharing/", &path), STATUS_OK);
        ck_assert_int_eq(routes_match(routes, verb, &path, &exchange.match), ROUTE_FOUND);
        return rate_limit_take(limit, &exchange, user_id, start_us);
}

TEST(a_user_has_a_quota_for_each_class)
{
        for (int i = 0; i < 3; i++)
                ck_assert_int_eq(ask("GET", ANN, "127.0.0.1", NULL), PROBLEM_NONE);
        ck_assert_int_eq(ask("GET", ANN, "127.0.0.2", NULL), PROBLEM_RATE_LIMITED);
        ck_assert_int_eq(ask("POST", ANN, "127.0.0.1", NULL), PROBLEM_NONE);
        ck_assert_int_eq(ask("GET", BOB, "127.0.0.1", NULL), PROBLEM_NONE);
}
END_TEST

TEST(strangers_share_the_quota_of_their_address)
{
        ck_assert_int_eq(ask("GET", NULL, "127.0.0.1", NULL), PROBLEM_NONE);
        ck_assert_int_eq(ask("POST", NULL, "127.0.0.1", NULL), PROBLEM_RATE_LIMITED);
        ck_assert_int_eq(ask("GET", NULL, "127.0.0.2", NULL), PROBLEM_NONE);
        ck_assert_int_eq(ask("GET", ANN, "127.0.0.1", NULL), PROBLEM_NONE);
}
END_TEST

TEST(behind_a_trusted_proxy_is_who_it_says)
{
        ck_assert_int_eq(ask("GET", NULL, "10.0.0.1", "203.0.113.1"), PROBLEM_NONE);
        ck_assert_int_eq(ask("GET", NULL, "10.0.0.2", "203.0.113.1"), PROBLEM_RATE_LIMITED);
        ck_assert_int_eq(ask("GET", NULL, "10.0.0.1", "203.0.113.2"), PROBLEM_NONE);
        ck_assert_int_eq(ask("GET", NULL, "127.0.0.1", "203.0.113.3"), PROBLEM_NONE);
        ck_assert_int_eq(ask("GET", NULL, "127.0.0.1", "203.0.113.4"), PROBLEM_RATE_LIMITED);
}
END_TEST

TEST(what_is_left_is_noted)
{
        ask("GET", ANN, "127.0.0.1", NULL);
        ck_assert_str_eq(rate_limit_header(arena, &exchange.rate), "\"read\";r=2;t=20");
        ck_assert_str_eq(rate_limit_policy_header(arena, &exchange.rate), "\"read\";q=3;w=60");
        ask("POST", ANN, "127.0.0.1", NULL);
        ck_assert_str_eq(rate_limit_header(arena, &exchange.rate), "\"write\";r=1;t=30");
        ask("GET", NULL, "127.0.0.1", NULL);
        ask("GET", NULL, "127.0.0.1", NULL);
        ck_assert_str_eq(rate_limit_header(arena, &exchange.rate), "\"public\";r=0;t=60");
        ck_assert_uint_eq(exchange.rate.wait_s, 60);
}
END_TEST

TEST(zero_is_no_limit)
{
        const struct rate_settings settings = {
                .trusted_proxies = "", .proxy_header = "x-forwarded-for", .redis_url = "", .secret = "s"};
        struct rate_limit *limited = limit;
        limit = rate_limit_new(&settings, metrics);
        for (int i = 0; i < 10000; i++)
                ck_assert_int_eq(ask("GET", i % 2 == 0 ? ANN : NULL, "127.0.0.1", NULL), PROBLEM_NONE);
        ck_assert_ptr_null(exchange.rate.policy);
        rate_limit_free(limit);
        limit = limited;
}
END_TEST

TEST(what_is_not_well_formed_is_refused_at_the_start)
{
        const struct rate_settings proxies = {
                .trusted_proxies = "x", .proxy_header = "x-forwarded-for", .redis_url = "", .secret = "s"};
        const struct rate_settings url = {
                .trusted_proxies = "", .proxy_header = "x-forwarded-for", .redis_url = "x", .secret = "s"};
        const struct rate_settings header = {
                .trusted_proxies = "", .proxy_header = "via", .redis_url = "", .secret = "s"};
        ck_assert_ptr_null(rate_limit_new(&header, metrics));
        ck_assert_ptr_null(rate_limit_new(&proxies, metrics));
        ck_assert_ptr_null(rate_limit_new(&url, metrics));
}
END_TEST

/* It is looked for without end, and nobody waits for it. */
TEST(a_redis_that_is_not_there_is_no_obstacle)
{
        const struct rate_settings settings = {.quotas = {[RATE_POLICY_READ] = 1},
                .trusted_proxies = "",
                .proxy_header = "x-forwarded-for",
                .redis_url = "unix:///nonexistent/redis.sock",
                .secret = "s"};
        struct rate_limit *local = limit;
        limit = rate_limit_new(&settings, metrics);
        ck_assert_ptr_nonnull(limit);
        ck_assert_int_eq(ask("GET", ANN, "127.0.0.1", NULL), PROBLEM_NONE);
        ck_assert_int_eq(ask("GET", ANN, "127.0.0.1", NULL), PROBLEM_RATE_LIMITED);
        rate_limit_free(limit);
        limit = local;
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/rate_limit", FORK, T(a_user_has_a_quota_for_each_class),
        T(strangers_share_the_quota_of_their_address), T(behind_a_trusted_proxy_is_who_it_says),
        T(what_is_left_is_noted), T(zero_is_no_limit), T(what_is_not_well_formed_is_refused_at_the_start),
        T(a_redis_that_is_not_there_is_no_obstacle))
