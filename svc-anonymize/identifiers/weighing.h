/* SPDX-License-Identifier: Apache-2.0 */
/* What check digits are counted with. */
#pragma once

#include <stddef.h>

/* The value of a sign: 0-9 of a digit, 10-35 of a letter, as in ISO 7064. */
static inline int sign_value(char sign)
{
        return sign >= 'a' ? sign - 'a' + 10 : sign - '0';
}

/* The number that `length` digits make. */
static inline int number_at(const char *digits, size_t length)
{
        int number = 0;
        for (size_t i = 0; i < length; i++)
                number = number * 10 + digits[i] - '0';
        return number;
}

/* The sum of the first signs, each times its weight: a digit of `weights`, or a letter from 'a' = 10 on. */
static inline int weigh(const char *value, size_t length, const char *weights)
{
        int sum = 0;
        for (size_t i = 0; i < length && weights[i] != '\0'; i++)
                sum += sign_value(value[i]) * sign_value(weights[i]);
        return sum;
}
