/* SPDX-License-Identifier: Apache-2.0 */
/* The choice among endpoints and the budget of retries, without a connection. */
#include "common/client_target.h"
#include "common/clock.h"
#include "tests/suite.h"

#include <stdio.h>

enum { SECOND_US = 1000000, DRAWS = 1000 };

static struct metrics *metrics;
static struct client_target *target;

static void set_up(void)
{
        metrics = metrics_new();
        target = client_target_new("goals", "ipc:///nowhere/{service}.ipc", NULL, metrics);
}

static void tear_down(void)
{
        for (int i = 0; i < ENDPOINTS_MAX; i++)
                atomic_store(&target->endpoints[i].state, CLIENT_ENDPOINT_NONE);
        client_target_free(target);
        metrics_free(metrics);
}

static void have(int count, const enum client_endpoint_state *states)
{
        for (int i = 0; i < count; i++)
                atomic_store(&target->endpoints[i].state, states[i]);
        atomic_store(&target->n_places, count);
}

/* How often each of three is picked in so many draws, each call ending at once. */
static void draw(int out[3], uint64_t tried)
{
        out[0] = out[1] = out[2] = 0;
        for (int i = 0; i < DRAWS; i++) {
                struct client_endpoint *endpoint = client_target_pick(target, tried);
                ck_assert_ptr_nonnull(endpoint);
                out[endpoint - target->endpoints]++;
                client_endpoint_leave(endpoint, true);
        }
}

TEST(the_less_busy_of_two_is_taken)
{
        int picked[3];
        have(2, (enum client_endpoint_state[]){CLIENT_ENDPOINT_HEALTHY, CLIENT_ENDPOINT_HEALTHY});
        atomic_store(&target->endpoints[0].in_flight, 5);
        draw(picked, 0);
        ck_assert_int_eq(picked[1], DRAWS);
        atomic_store(&target->endpoints[0].in_flight, 0);
}
END_TEST

TEST(idle_ones_share_the_calls)
{
        int picked[3];
        have(3, (enum client_endpoint_state[]){
                        CLIENT_ENDPOINT_HEALTHY, CLIENT_ENDPOINT_HEALTHY, CLIENT_ENDPOINT_HEALTHY});
        draw(picked, 0);
        for (int i = 0; i < 3; i++)
                ck_assert_int_gt(picked[i], DRAWS / 6);
}
END_TEST

TEST(an_ejected_one_is_not_asked_while_half_are_well)
{
        int picked[3];
        have(2, (enum client_endpoint_state[]){CLIENT_ENDPOINT_EJECTED, CLIENT_ENDPOINT_HEALTHY});
        draw(picked, 0);
        ck_assert_int_eq(picked[0], 0);
}
END_TEST

TEST(when_most_are_ejected_all_are_asked)
{
        int picked[3];
        have(3, (enum client_endpoint_state[]){
                        CLIENT_ENDPOINT_EJECTED, CLIENT_ENDPOINT_EJECTED, CLIENT_ENDPOINT_HEALTHY});
        draw(picked, 0);
        ck_assert_int_gt(picked[0], 0);
        ck_assert_int_gt(picked[1], 0);
}
END_TEST

TEST(a_single_one_is_asked_though_ejected_and_the_circuit_shows)
{
        int picked[3];
        have(1, (enum client_endpoint_state[]){CLIENT_ENDPOINT_EJECTED});
        draw(picked, 0);
        client_target_show(target);
        ck_assert_int_eq(metric_value(target->circuit_open), 1);
        ck_assert_int_eq(metric_value(target->by_state[CLIENT_ENDPOINT_EJECTED]), 1);
}
END_TEST

TEST(one_that_does_not_serve_is_asked_only_when_nobody_does)
{
        int picked[3];
        have(2, (enum client_endpoint_state[]){CLIENT_ENDPOINT_NOT_SERVING, CLIENT_ENDPOINT_EJECTED});
        draw(picked, 0);
        ck_assert_int_eq(picked[0], 0);
        have(2, (enum client_endpoint_state[]){CLIENT_ENDPOINT_NOT_SERVING, CLIENT_ENDPOINT_NOT_SERVING});
        draw(picked, 0);
        ck_assert_int_gt(picked[0], 0);
}
END_TEST

TEST(what_was_tried_is_left_out_and_what_is_gone_never_taken)
{
        int picked[3];
        have(3, (enum client_endpoint_state[]){CLIENT_ENDPOINT_HEALTHY, CLIENT_ENDPOINT_GONE, CLIENT_ENDPOINT_HEALTHY});
        draw(picked, 1);
        ck_assert_int_eq(picked[2], DRAWS);
        ck_assert_ptr_null(client_target_pick(target, 1 | 4));
}
END_TEST

/* How many retries can be paid for. */
static int spend(void)
{
        int n = 0;
        while (n < DRAWS && client_target_pay(target))
                n++;
        return n;
}

TEST(half_of_the_budget_may_be_spent_and_successes_earn_it_back)
{
        ck_assert_int_eq(spend(), 5);
        for (int i = 0; i < 10; i++)
                client_target_earn(target);
        ck_assert_int_eq(spend(), 1);
        for (int i = 0; i < DRAWS; i++)
                client_target_earn(target);
        ck_assert_int_eq(spend(), 5);
}
END_TEST

TEST(what_is_lost_together_is_paid_for_once)
{
        for (int i = 0; i < 200; i++)
                ck_assert(client_target_pay_for_loss(target, &target->endpoints[0]));
        ck_assert_int_ge(atomic_load(&target->budget), CLIENT_BUDGET_MAX - 5 * CLIENT_BUDGET_RETRY);
}
END_TEST

static void fail_often(struct client_endpoint *endpoint)
{
        for (int i = 0; i < CLIENT_STRAIGHT_MAX; i++) {
                ck_assert(client_endpoint_enter(endpoint));
                client_endpoint_leave(endpoint, false);
        }
}

TEST(a_connection_over_a_network_is_given_up_when_it_is_silent)
{
        static const struct {
                const char *url;
                bool is_given_up;
        } cases[] = {{"tcp://10.0.0.7:7000", true}, {"tls+tcp://10.0.0.7:7000", true},
                {"ipc:///run/sfp/svc-goals.ipc", false}};
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                struct client_endpoint endpoint = {.state = CLIENT_ENDPOINT_HEALTHY};
                snprintf(endpoint.at.url, sizeof endpoint.at.url, "%s", cases[i].url);
                fail_often(&endpoint);
                int64_t now = clock_now_us();
                ck_assert(!client_endpoint_is_silent(&endpoint, now));
                ck_assert_int_eq(
                        client_endpoint_is_silent(&endpoint, now + CLIENT_SILENT_US + SECOND_US), cases[i].is_given_up);
                client_endpoint_enter(&endpoint);
                client_endpoint_leave(&endpoint, true);
                ck_assert(!client_endpoint_is_silent(&endpoint, now + CLIENT_SILENT_US + SECOND_US));
        }
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/client_target", FORK, T(the_less_busy_of_two_is_taken),
        T(idle_ones_share_the_calls), T(an_ejected_one_is_not_asked_while_half_are_well),
        T(when_most_are_ejected_all_are_asked), T(a_single_one_is_asked_though_ejected_and_the_circuit_shows),
        T(one_that_does_not_serve_is_asked_only_when_nobody_does),
        T(what_was_tried_is_left_out_and_what_is_gone_never_taken),
        T(half_of_the_budget_may_be_spent_and_successes_earn_it_back), T(what_is_lost_together_is_paid_for_once),
        T(a_connection_over_a_network_is_given_up_when_it_is_silent))
