/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/noise.h"

#include "common/random.h"

#include <stdbool.h>

/* What would favour the small numbers is drawn again. */
uint64_t noise_uniform(uint64_t bound)
{
        uint64_t drawn;
        uint64_t fair = UINT64_MAX - UINT64_MAX % bound;
        do
                random_bytes(&drawn, sizeof drawn);
        while (drawn >= fair);
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
