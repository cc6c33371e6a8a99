/* SPDX-License-Identifier: Apache-2.0 */
/* Members pay in, take back, leave and are paid out in any order, and the books of the group stay those of a group:
 * what the accounts hold together is nothing, nobody gets more than they put in, and cancelling pays what its rehearsal
 * said. */
#include "svc-groups/division.h"
#include "tests/suite.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { SEEDS = 200, STEPS = 400, MEMBERS = 12, RECORDS = 512 };

/* SplitMix64: the same course for the same seed, everywhere. */
static uint64_t course;

static int64_t draw(int64_t below)
{
        course += 0x9e3779b97f4a7c15;
        uint64_t z = course;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (int64_t)((z ^ (z >> 31)) % (uint64_t)below);
}

/* Accounts as svc-groups keeps them: a balance is credits above debits. */
struct books {
        int64_t pot;
        int64_t members[MEMBERS];
        int64_t paid_in[MEMBERS]; /* and not taken back by a reversal */
        char ids[MEMBERS][40];
        struct {
                int member;
                int64_t amount;
                bool is_reversed;
        } records[RECORDS];
        int n_records;
};

static void transfer(struct books *books, int member, int64_t amount)
{
        books->members[member] -= amount;
        books->pot += amount;
}

static void check(const struct books *books, int seed)
{
        int64_t sum = books->pot;
        for (int m = 0; m < MEMBERS; m++) {
                sum += books->members[m];
                ck_assert_msg(-books->members[m] >= 0, "seed %d: a member got more than they put in", seed);
                ck_assert_msg(books->paid_in[m] >= -books->members[m], "seed %d", seed);
        }
        ck_assert_msg(sum == 0, "seed %d: the books are off by %ld", seed, (long)sum);
        ck_assert_msg(books->pot >= 0, "seed %d: the pot is overdrawn", seed);
}

static void contribute(struct books *books)
{
        int member = (int)draw(MEMBERS);
        int64_t amount = 1 + draw(99999);
        if (books->n_records == RECORDS)
                return;
        transfer(books, member, amount);
        books->paid_in[member] += amount;
        books->records[books->n_records].member = member;
        books->records[books->n_records].amount = amount;
        books->records[books->n_records++].is_reversed = false;
}

/* As contributions.c: once, and while the payer has that much in the pot. */
static void reverse(struct books *books)
{
        if (books->n_records == 0)
                return;
        int i = (int)draw(books->n_records);
        int member = books->records[i].member;
        int64_t amount = books->records[i].amount;
        if (books->records[i].is_reversed || -books->members[member] < amount)
                return;
        books->records[i].is_reversed = true;
        transfer(books, member, -amount);
        books->paid_in[member] -= amount;
}

static size_t refunds_of(const struct books *books, int only, struct part *parts)
{
        size_t count = 0;
        for (int m = 0; m < MEMBERS; m++)
                if ((only < 0 || m == only) && books->members[m] < 0)
                        parts[count++] = (struct part){books->ids[m], -books->members[m], 0};
        divide_refunds(books->pot, count, parts);
        return count;
}

static void pay_back(struct books *books, size_t count, const struct part *parts)
{
        for (size_t i = 0; i < count; i++)
                for (int m = 0; m < MEMBERS; m++)
                        if (strcmp(books->ids[m], parts[i].id) == 0)
                                transfer(books, m, -parts[i].amount);
}

static void leave(struct books *books)
{
        struct part parts[MEMBERS];
        int member = (int)draw(MEMBERS);
        pay_back(books, refunds_of(books, member, parts), parts);
        ck_assert_int_eq(books->members[member], 0);
}

static void cancel(struct books *books, int seed)
{
        struct part rehearsed[MEMBERS], paid[MEMBERS];
        size_t count = refunds_of(books, -1, rehearsed);
        ck_assert_int_eq(refunds_of(books, -1, paid), count);
        for (size_t i = 0; i < count; i++)
                ck_assert_msg(rehearsed[i].amount == paid[i].amount, "seed %d: not as rehearsed", seed);
        pay_back(books, count, paid);
        ck_assert_msg(books->pot == 0, "seed %d: %ld are left", seed, (long)books->pot);
        check(books, seed);
}

static void run(int seed)
{
        struct books books = {0};
        course = (uint64_t)seed;
        for (int m = 0; m < MEMBERS; m++)
                snprintf(books.ids[m], sizeof books.ids[m], "%08lx-%d", (long)draw(1 << 30), m);
        for (int step = 0; step < STEPS; step++) {
                int64_t dice = draw(100);
                if (dice < 60)
                        contribute(&books);
                else if (dice < 85)
                        reverse(&books);
                else
                        leave(&books);
                check(&books, seed);
        }
        cancel(&books, seed);
}

TEST(any_course_of_a_group_is_zero_sum)
{
        for (int seed = 1; seed <= SEEDS; seed++)
                run(seed);
}
END_TEST

SUITE("svc-groups/zero_sum", FORK, T(any_course_of_a_group_is_zero_sum))
