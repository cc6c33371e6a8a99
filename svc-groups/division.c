/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-groups/division.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS_MAX = 1000 };

/* What a part is still owed after whole units: numerator of a fraction with the sum of weights below it. */
struct remainder {
        __int128 rest;
        uint64_t rank;
        struct part *part;
};

uint64_t fnv1a(const char *text)
{
        uint64_t hash = 0xcbf29ce484222325;
        for (; *text != '\0'; text++)
                hash = (hash ^ (uint8_t)*text) * 0x100000001b3;
        return hash;
}

static int compare_remainders(const void *left, const void *right)
{
        const struct remainder *a = left, *b = right;
        if (a->rest != b->rest)
                return a->rest < b->rest ? 1 : -1;
        if (a->rank != b->rank)
                return a->rank > b->rank ? 1 : -1;
        return strcmp(a->part->id, b->part->id);
}

static __int128 sum_of_weights(size_t count, const struct part *parts)
{
        __int128 sum = 0;
        for (size_t i = 0; i < count; i++)
                sum += parts[i].weight;
        return sum;
}

void divide(int64_t total, size_t count, struct part *parts)
{
        struct remainder remainders[PARTS_MAX];
        __int128 weights = sum_of_weights(count, parts);
        int64_t left = weights > 0 && count <= PARTS_MAX ? total : 0;
        for (size_t i = 0; i < count; i++) {
                __int128 share = left == 0 ? 0 : (__int128)total * parts[i].weight;
                parts[i].amount = left == 0 ? 0 : (int64_t)(share / weights);
                if (weights > 0 && count <= PARTS_MAX)
                        remainders[i] = (struct remainder){share % weights, fnv1a(parts[i].id), &parts[i]};
        }
        if (left == 0)
                return;
        for (size_t i = 0; i < count; i++)
                left -= parts[i].amount;
        qsort(remainders, count, sizeof *remainders, compare_remainders);
        for (size_t i = 0; left > 0 && i < count; i++, left--)
                remainders[i].part->amount++;
}

void divide_refunds(int64_t pot, size_t count, struct part *parts)
{
        __int128 owed = sum_of_weights(count, parts);
        divide(pot < owed ? pot : (int64_t)owed, count, parts);
}

/* ISO 4217: without decimals, and with three. */
static int64_t minor_units(const char *currency)
{
        static const char none[] = " BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
        static const char three[] = " BHD IQD JOD KWD LYD OMR TND ";
        if (strstr(none, currency) != NULL)
                return 1;
        return strstr(three, currency) != NULL ? 1000 : 100;
}

const char *amount_band(struct arena *arena, int64_t amount, const char *currency)
{
        static const int64_t steps[] = {1, 2, 5, 10};
        int64_t major = amount / minor_units(currency);
        if (major < 1)
                return arena_printf(arena, "%s under 1", currency);
        for (int64_t zeros = 1;; zeros *= 10)
                for (int i = 0; i < 3; i++)
                        if (major < steps[i + 1] * zeros)
                                return arena_printf(arena, "%s %lld-%lld", currency, (long long)(steps[i] * zeros),
                                        (long long)(steps[i + 1] * zeros));
}
