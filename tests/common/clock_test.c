/* SPDX-License-Identifier: Apache-2.0 */
#include "common/clock.h"
#include "tests/suite.h"

#define SECOND_US 1000000LL

TEST(times_read_as_rfc_3339)
{
        static const struct {
                int64_t us;
                const char *text;
        } rows[] = {
                {0, "1970-01-01T00:00:00Z"},
                {1, "1970-01-01T00:00:00.000001Z"},
                {-1, "1969-12-31T23:59:59.999999Z"},
                {-SECOND_US, "1969-12-31T23:59:59Z"},
                {-86400 * SECOND_US, "1969-12-31T00:00:00Z"},
                {951782400 * SECOND_US, "2000-02-29T00:00:00Z"},
                {951868800 * SECOND_US - 1, "2000-02-29T23:59:59.999999Z"},
                {951868800 * SECOND_US, "2000-03-01T00:00:00Z"},
                {1709210096 * SECOND_US + 120000, "2024-02-29T12:34:56.120000Z"},
                {1740787199 * SECOND_US, "2025-02-28T23:59:59Z"},
                {4107542399 * SECOND_US, "2100-02-28T23:59:59Z"},
                {4107542400 * SECOND_US, "2100-03-01T00:00:00Z"},
                {-2203891200 * SECOND_US, "1900-03-01T00:00:00Z"},
                {-2203891200 * SECOND_US - SECOND_US, "1900-02-28T23:59:59Z"},
                {1795505400 * SECOND_US + 123456, "2026-11-24T07:30:00.123456Z"},
                {253402300799 * SECOND_US, "9999-12-31T23:59:59Z"},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                char text[CLOCK_RFC3339_SIZE];
                clock_rfc3339(rows[i].us, text);
                ck_assert_str_eq(text, rows[i].text);
        }
}
END_TEST

TEST(days_read_as_dates)
{
        static const struct {
                int64_t days;
                const char *text;
        } rows[] = {{0, "1970-01-01"}, {-1, "1969-12-31"}, {11016, "2000-02-29"}, {11017, "2000-03-01"},
                {59, "1970-03-01"}, {-719162, "0001-01-01"}, {2932896, "9999-12-31"}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                char text[CLOCK_RFC3339_SIZE];
                clock_date(rows[i].days, text);
                ck_assert_str_eq(text, rows[i].text);
        }
}
END_TEST

TEST(dates_agree_with_the_c_library_over_four_centuries)
{
        for (int64_t days = -100000; days < 100000; days += 1) {
                char text[CLOCK_RFC3339_SIZE], expected[CLOCK_RFC3339_SIZE];
                time_t time = (time_t)(days * 86400);
                struct tm parts;
                gmtime_r(&time, &parts);
                strftime(expected, sizeof expected, "%Y-%m-%d", &parts);
                clock_date(days, text);
                ck_assert_str_eq(text, expected);
        }
}
END_TEST

TEST(times_outside_the_four_digit_years_become_the_nearest_inside)
{
        char text[CLOCK_RFC3339_SIZE];
        clock_rfc3339(INT64_MAX, text);
        ck_assert_str_eq(text, "9999-12-31T23:59:59.999999Z");
        clock_rfc3339(253402300800 * SECOND_US, text);
        ck_assert_str_eq(text, "9999-12-31T23:59:59.999999Z");
        clock_rfc3339(INT64_MIN, text);
        ck_assert_str_eq(text, "0000-01-01T00:00:00Z");
        clock_date(INT64_MAX, text);
        ck_assert_str_eq(text, "9999-12-31");
        clock_date(INT64_MIN, text);
        ck_assert_str_eq(text, "0000-01-01");
}
END_TEST

TEST(the_monotonic_clock_goes_forward)
{
        int64_t last = clock_now_us();
        for (int i = 0; i < 10000; i++) {
                int64_t now = clock_now_us();
                ck_assert_int_ge(now, last);
                last = now;
        }
}
END_TEST

TEST(a_point_in_time_is_split_for_waiting)
{
        struct timespec point = clock_timespec(12345678);
        ck_assert_int_eq(point.tv_sec, 12);
        ck_assert_int_eq(point.tv_nsec, 345678000);
}
END_TEST

SUITE("common/clock", FORK, T(times_read_as_rfc_3339), T(days_read_as_dates),
        T(dates_agree_with_the_c_library_over_four_centuries),
        T(times_outside_the_four_digit_years_become_the_nearest_inside), T(the_monotonic_clock_goes_forward),
        T(a_point_in_time_is_split_for_waiting))
