/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-peers/period.h"

#include "common/clock.h"

#include <stdio.h>
#include <string.h>

enum { MONTHS = 12, FIRST_YEAR = 2000, LAST_YEAR = 2999 };

static int digits(const char *text, int count)
{
        int number = 0;
        for (int i = 0; i < count; i++)
                number = number * 10 + (text[i] - '0');
        return number;
}

bool period_is_valid(const char *period)
{
        if (strlen(period) != PERIOD_SIZE - 1 || period[4] != '-' || strspn(period, "0123456789") != 4 ||
                strspn(period + 5, "0123456789") != 2)
                return false;
        int year = digits(period, 4), month = digits(period + 5, 2);
        return year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1 && month <= MONTHS;
}

void period_at(int64_t unix_us, char out[PERIOD_SIZE])
{
        char text[CLOCK_RFC3339_SIZE];
        clock_rfc3339(unix_us, text);
        memcpy(out, text, PERIOD_SIZE - 1);
        out[PERIOD_SIZE - 1] = '\0';
}

void period_shift(const char *period, int months, char out[PERIOD_SIZE])
{
        int all = digits(period, 4) * MONTHS + digits(period + 5, 2) - 1 + months;
        unsigned year = (unsigned)(all / MONTHS) % 10000, month = (unsigned)(all % MONTHS) + 1;
        snprintf(out, PERIOD_SIZE, "%04u-%02u", year, month % 100);
}
