/* SPDX-License-Identifier: Apache-2.0 */
#include "common/client_endpoint.h"
#include "common/clock.h"
#include "tests/suite.h"

static struct client_endpoint endpoint;

static void set_up(void)
{
        endpoint = (struct client_endpoint){.state = CLIENT_ENDPOINT_HEALTHY};
}

static void call(int count, bool is_good)
{
        for (int i = 0; i < count; i++) {
                ck_assert(client_endpoint_enter(&endpoint));
                client_endpoint_leave(&endpoint, is_good);
        }
}

static void assert_state(enum client_endpoint_state state)
{
        ck_assert_int_eq(atomic_load(&endpoint.state), state);
}

/* Lets the time of an ejection pass; returns how long it was to be, rounded to seconds. */
static int64_t sit_out(void)
{
        int64_t left = atomic_load(&endpoint.ejected_until_us) - clock_now_us();
        atomic_store(&endpoint.ejected_until_us, clock_now_us());
        return (left + 500000) / 1000000;
}

TEST(three_failures_in_a_row_eject)
{
        call(2, false);
        call(1, true);
        call(2, false);
        assert_state(CLIENT_ENDPOINT_HEALTHY);
        call(1, false);
        assert_state(CLIENT_ENDPOINT_EJECTED);
}
END_TEST

TEST(half_of_twenty_calls_eject)
{
        for (int i = 0; i < CLIENT_WINDOW_CALLS / 2 - 1; i++) {
                call(1, false);
                call(1, true);
        }
        assert_state(CLIENT_ENDPOINT_HEALTHY);
        call(1, true);
        call(1, false);
        assert_state(CLIENT_ENDPOINT_EJECTED);
}
END_TEST

TEST(an_ejection_is_twice_as_long_as_the_last_up_to_half_a_minute)
{
        static const int64_t seconds[] = {1, 2, 4, 8, 16, 30, 30};
        call(CLIENT_STRAIGHT_MAX, false);
        for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
                ck_assert_int_eq(sit_out(), seconds[i]);
                call(1, false); /* the probe */
                assert_state(CLIENT_ENDPOINT_EJECTED);
        }
}
END_TEST

TEST(only_a_good_probe_after_its_time_brings_it_back)
{
        call(CLIENT_STRAIGHT_MAX, false);
        client_endpoint_set_serving(&endpoint, true);
        assert_state(CLIENT_ENDPOINT_EJECTED);
        sit_out();
        client_endpoint_set_serving(&endpoint, true);
        assert_state(CLIENT_ENDPOINT_HEALTHY);
        call(2, false);
        assert_state(CLIENT_ENDPOINT_HEALTHY); /* the old failures are forgotten */
}
END_TEST

TEST(a_good_window_makes_the_next_ejection_shorter)
{
        call(CLIENT_STRAIGHT_MAX, false);
        sit_out();
        client_endpoint_set_serving(&endpoint, true);
        client_endpoint_turn_window(&endpoint, clock_now_us() + CLIENT_WINDOW_US);
        call(CLIENT_STRAIGHT_MAX, false);
        ck_assert_int_eq(sit_out(), 1);
}
END_TEST

TEST(one_that_says_it_does_not_serve_comes_back_when_it_does)
{
        client_endpoint_set_serving(&endpoint, false);
        assert_state(CLIENT_ENDPOINT_NOT_SERVING);
        client_endpoint_set_serving(&endpoint, true);
        assert_state(CLIENT_ENDPOINT_HEALTHY);
}
END_TEST

TEST(nobody_enters_one_that_is_gone)
{
        atomic_store(&endpoint.state, CLIENT_ENDPOINT_GONE);
        ck_assert(!client_endpoint_enter(&endpoint));
        client_endpoint_set_serving(&endpoint, true);
        client_endpoint_set_serving(&endpoint, false);
        assert_state(CLIENT_ENDPOINT_GONE);
        ck_assert_int_eq(atomic_load(&endpoint.in_flight), 0);
}
END_TEST

SUITE_WITH(set_up, NULL, "common/client_endpoint", FORK, T(three_failures_in_a_row_eject),
        T(half_of_twenty_calls_eject), T(an_ejection_is_twice_as_long_as_the_last_up_to_half_a_minute),
        T(only_a_good_probe_after_its_time_brings_it_back), T(a_good_window_makes_the_next_ejection_shorter),
        T(one_that_says_it_does_not_serve_comes_back_when_it_does), T(nobody_enters_one_that_is_gone))
