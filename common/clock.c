/* SPDX-License-Identifier: Apache-2.0 */
#include "common/clock.h"

#include <stdio.h>

static int64_t read_us(clockid_t id)
{
        struct timespec now;
        clock_gettime(id, &now);
        return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
        return read_us(CLOCK_MONOTONIC);
}

int64_t clock_unix_us(void)
{
        return read_us(CLOCK_REALTIME);
}

struct timespec clock_timespec(int64_t us)
{
        return (struct timespec){.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
}

/* Days since 1970 to year, month, day (proleptic Gregorian), counting from 1 March so that leap days come last. */
static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
        days += 719468;
        int64_t era = (days >= 0 ? days : days - 146096) / 146097;
        int64_t of_era = days - era * 146097;
        int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
        int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        int64_t shifted = (5 * of_year + 2) / 153;
        *day = (int)(of_year - (153 * shifted + 2) / 5 + 1);
        *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
        *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

enum { FIRST_DAY = -719528 /* 0000-01-01 */, LAST_DAY = 2932896 /* 9999-12-31 */ };
static const int64_t day_us = 86400LL * 1000000;

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
        return value < least ? least : value > most ? most : value;
}

/* Writes `digits` decimal digits; cheaper than printf in rows of timestamps. */
static char *put_digits(char *out, int digits, int64_t value)
{
        for (int i = digits - 1; i >= 0; i--, value /= 10)
                out[i] = (char)('0' + value % 10);
        return out + digits;
}

static char *put_date(char *out, int64_t days)
{
        int year, month, day;
        civil_from_days(days, &year, &month, &day);
        out = put_digits(out, 4, year);
        *out++ = '-';
        out = put_digits(out, 2, month);
        *out++ = '-';
        return put_digits(out, 2, day);
}

void clock_date(int64_t unix_days, char out[CLOCK_RFC3339_SIZE])
{
        *put_date(out, clamp(unix_days, FIRST_DAY, LAST_DAY)) = '\0';
}

void clock_rfc3339(int64_t unix_us, char out[CLOCK_RFC3339_SIZE])
{
        unix_us = clamp(unix_us, FIRST_DAY * day_us, (LAST_DAY + 1) * day_us - 1);
        int64_t days = unix_us / day_us - (unix_us % day_us < 0);
        int64_t rest = unix_us - days * day_us;
        char *at = put_date(out, days);
        *at++ = 'T';
        at = put_digits(at, 2, rest / 3600000000);
        *at++ = ':';
        at = put_digits(at, 2, rest / 60000000 % 60);
        *at++ = ':';
        at = put_digits(at, 2, rest / 1000000 % 60);
        if (rest % 1000000 != 0) {
                *at++ = '.';
                at = put_digits(at, 6, rest % 1000000);
        }
        *at++ = 'Z';
        *at = '\0';
}
