/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/buckets.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

enum { QUOTA = 6, KIND = 1, OTHER_KIND = 2, SECOND = 1000000 };

/* Any time but nothing. */
static const int64_t start_us = INT64_C(1000000000);
static struct buckets *buckets;

static void set_up(void)
{
        buckets = buckets_new((int64_t[BUCKET_KINDS_MAX]){[KIND] = QUOTA, [OTHER_KIND] = 1});
}

static void tear_down(void)
{
        buckets_free(buckets);
}

static struct bucket_key key_of(uint8_t kind, const char *name)
{
        struct bucket_key key = {.kind = kind, .size = (uint8_t)strlen(name)};
        memcpy(key.bytes, name, key.size);
        return key;
}

static struct bucket_state take(const char *name, int64_t at_us)
{
        const struct bucket_key key = key_of(KIND, name);
        return buckets_take(buckets, &key, start_us + at_us);
}

static void drain(const char *name, int64_t at_us)
{
        for (int i = QUOTA - 1; i >= 0; i--) {
                struct bucket_state state = take(name, at_us);
                ck_assert(state.has_given);
                ck_assert_int_eq(state.left, i);
        }
}

TEST(a_full_bucket_gives_its_quota_at_once_and_no_more)
{
        drain("ann", 0);
        struct bucket_state state = take("ann", 0);
        ck_assert(!state.has_given);
        ck_assert_int_eq(state.left, 0);
        ck_assert_int_eq(state.wait_us, 10 * SECOND);
}
END_TEST

TEST(tokens_come_back_one_by_one)
{
        drain("ann", 0);
        ck_assert(!take("ann", 10 * SECOND - 1).has_given);
        ck_assert(take("ann", 10 * SECOND).has_given);
        ck_assert(!take("ann", 10 * SECOND).has_given);
        ck_assert_int_eq(take("ann", 45 * SECOND).left, 2);
}
END_TEST

TEST(a_refusal_costs_nothing)
{
        drain("ann", 0);
        for (int i = 0; i < 1000; i++)
                ck_assert(!take("ann", 0).has_given);
        ck_assert(take("ann", 10 * SECOND).has_given);
}
END_TEST

TEST(no_more_is_saved_up_than_the_quota)
{
        take("ann", 0);
        drain("ann", INT64_C(3600) * SECOND);
        ck_assert(!take("ann", INT64_C(3600) * SECOND).has_given);
}
END_TEST

TEST(each_key_and_kind_has_its_own)
{
        const struct bucket_key other = key_of(OTHER_KIND, "ann");
        drain("ann", 0);
        ck_assert(take("bob", 0).has_given);
        ck_assert(take("an", 0).has_given);
        ck_assert(buckets_take(buckets, &other, start_us).has_given);
        ck_assert(!buckets_take(buckets, &other, start_us).has_given);
}
END_TEST

/* The memory is what it is; whoever has much left is forgotten first. */
TEST(more_keys_than_places_are_dealt_with)
{
        char name[16];
        drain("ann", 59 * SECOND);
        for (int i = 0; i < 2 * BUCKETS_MAX; i++) {
                snprintf(name, sizeof name, "%d", i);
                ck_assert(take(name, 0).has_given);
        }
        ck_assert(!take("ann", 59 * SECOND).has_given);
}
END_TEST

TEST(what_was_taken_is_owed_once)
{
        struct bucket_debt debts[4];
        take("ann", 0);
        take("ann", 0);
        take("bob", 0);
        ck_assert_uint_eq(buckets_take_debts(buckets, debts, 4), 2);
        ck_assert_int_eq(debts[0].count + debts[1].count, 3);
        ck_assert_uint_eq(buckets_take_debts(buckets, debts, 4), 0);
        buckets_give_back(buckets, &debts[0]);
        take("ann", 0);
        ck_assert_uint_ge(buckets_take_debts(buckets, debts, 4), 1);
}
END_TEST

TEST(what_others_took_is_gone_here_too)
{
        struct bucket_debt debt;
        take("ann", 0);
        ck_assert_uint_eq(buckets_take_debts(buckets, &debt, 1), 1);
        take("ann", 0); /* before the answer comes */
        buckets_settle(buckets, &debt, 40 * SECOND, start_us);
        ck_assert_int_eq(take("ann", 0).left, 0);
        ck_assert(!take("ann", 0).has_given);
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/buckets", FORK, T(a_full_bucket_gives_its_quota_at_once_and_no_more),
        T(tokens_come_back_one_by_one), T(a_refusal_costs_nothing), T(no_more_is_saved_up_than_the_quota),
        T(each_key_and_kind_has_its_own), T(more_keys_than_places_are_dealt_with), T(what_was_taken_is_owed_once),
        T(what_others_took_is_gone_here_too))
