/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/noise.h"

#include "common/random.h"

#include <stdbool.h>
#include <stdlib.h>

/* Lemire, Fast Random Integer Generation in an Interval, 2019: the upper half of a product; what would favour some
 * numbers is drawn again. */
static uint32_t uniform_small(uint32_t bound)
{
        uint32_t drawn;
        uint64_t product;
        uint32_t unfair = -bound % bound;
        do {
                random_bytes(&drawn, sizeof drawn);
                product = (uint64_t)drawn * bound;
        } while ((uint32_t)product < unfair);
        return (uint32_t)(product >> 32);
}

uint64_t noise_uniform(uint64_t bound)
{
        uint64_t drawn;
        if (bound <= UINT32_MAX)
                return bound == 1 ? 0 : uniform_small((uint32_t)bound);
        uint64_t unfair = -bound % bound;
        do
                random_bytes(&drawn, sizeof drawn);
        while (drawn < unfair);
        return drawn % bound;
}

/* True with probability exp(-u / t), for u <= t: von Neumann's series, of which the odd terms are the answer. */
static bool bernoulli_exp(uint64_t u, uint64_t t)
{
        uint64_t k = 1;
        while (noise_uniform(t * k) < u)
                k++;
        return k % 2 == 1;
}

/* 0, 1, 2... each e times rarer than the one before. */
static uint64_t geometric_exp(void)
{
        uint64_t count = 0;
        while (bernoulli_exp(1, 1))
                count++;
        return count;
}

int64_t noise_laplace(uint32_t numerator, uint32_t denominator)
{
#ifdef PRIVACY_FAULT_HALF_NOISE /* planted in a build of its own, which the audit must find out */
        denominator /= 2;
#endif
        for (;;) {
                uint64_t u = noise_uniform(denominator);
                if (!bernoulli_exp(u, denominator))
                        continue;
                uint64_t size = (u + denominator * geometric_exp()) / numerator;
                bool is_negative = noise_uniform(2) == 1;
                if (is_negative && size == 0)
                        continue; /* else zero would be twice as likely */
                return is_negative ? -(int64_t)size : (int64_t)size;
        }
}

/* At epsilon 1 zero comes with (1 - 1/e) / (1 + 1/e) = 0.4621 of all draws; the bounds are nine standard deviations of
 * its count, and of the sum. */
void noise_self_test(void)
{
        enum { DRAWS = 4096, ZEROS_LOW = 1605, ZEROS_HIGH = 2181, SUM_MAX = 784 };
        int zeros = 0;
        int64_t sum = 0;
        for (int i = 0; i < DRAWS; i++) {
                int64_t drawn = noise_laplace(1000000, 1000000);
                zeros += drawn == 0;
                sum += drawn;
        }
        if (zeros < ZEROS_LOW || zeros > ZEROS_HIGH || sum > SUM_MAX || sum < -SUM_MAX)
                abort();
}
