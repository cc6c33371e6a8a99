/* SPDX-License-Identifier: Apache-2.0 */
#include "common/redis_url.h"
#include "tests/suite.h"

static struct redis_place place;

TEST(a_host_has_a_port_and_a_database)
{
        ck_assert(redis_url_parse("redis://cache.example:7000/3", &place));
        ck_assert_str_eq(place.host, "cache.example");
        ck_assert_int_eq(place.port, 7000);
        ck_assert_int_eq(place.database, 3);
        ck_assert_str_eq(place.password, "");
}
END_TEST

TEST(what_is_left_out_is_as_usual)
{
        ck_assert(redis_url_parse("redis://cache", &place));
        ck_assert_int_eq(place.port, 6379);
        ck_assert_int_eq(place.database, 0);
        ck_assert(redis_url_parse("redis://cache/", &place));
}
END_TEST

TEST(a_password_may_hold_what_divides_the_rest)
{
        ck_assert(redis_url_parse("redis://:a@b:c/d@cache:7000", &place));
        ck_assert_str_eq(place.password, "a@b:c/d");
        ck_assert_str_eq(place.host, "cache");
        ck_assert_int_eq(place.port, 7000);
}
END_TEST

TEST(a_socket_is_a_path)
{
        ck_assert(redis_url_parse("/run/redis.sock", &place));
        ck_assert_str_eq(place.host, "/run/redis.sock");
        ck_assert_int_eq(place.port, 0);
        ck_assert(redis_url_parse("unix:///run/redis.sock", &place));
        ck_assert_str_eq(place.host, "/run/redis.sock");
}
END_TEST

TEST(an_address_that_is_none_is_refused)
{
        static const char *const bad[] = {"", "redis:", "redis://", "redis://host:port", "redis://host:0",
                "http://host", "redis://host:6379/x", "redis://host:70000", "redis://password@host",
                "redis://user:password@host", "relative/path", "unix://relative"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(!redis_url_parse(bad[i], &place), "%s", bad[i]);
}
END_TEST

SUITE("common/redis_url", FORK, T(a_host_has_a_port_and_a_database), T(what_is_left_out_is_as_usual),
        T(a_password_may_hold_what_divides_the_rest), T(a_socket_is_a_path), T(an_address_that_is_none_is_refused))
