/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/ordeal.h"

#include "common/clock.h"
#include "tests/e2e/client.h"
#include "tests/e2e/instance.h"

#include <stdio.h>

static const enum deed_kind needed[] = {DEED_CREATE, DEED_READ, DEED_LIST, DEED_REACT};
enum { NEEDED = sizeof needed / sizeof *needed };

static bool has_recovered(const struct load *load, int64_t since_us)
{
        for (int i = 0; i < NEEDED; i++)
                if (history_first_done(load_history(load), needed[i], since_us) == INT64_MAX)
                        return false;
        return true;
}

/* How long after `since_us` the last of the needed kinds was first done again. */
static int64_t recovery_us(const struct load *load, int64_t since_us)
{
        int64_t latest = since_us;
        for (int i = 0; i < NEEDED; i++) {
                int64_t first = history_first_done(load_history(load), needed[i], since_us);
                if (first > latest)
                        latest = first;
        }
        return latest - since_us;
}

/* What was refused was answered: one's own share takes no reaction. */
static int count_failed(const struct history *history, enum deed_kind kind, int64_t from_us, int64_t to_us)
{
        return history_count(history, kind, DEED_UNKNOWN, from_us, to_us);
}

static void expect_spared(const struct ordeal *ordeal, const struct history *history, int64_t from_us)
{
        static const enum deed_kind readers[] = {DEED_READ, DEED_LIST};
        for (size_t i = 0; ordeal->spares_readers && i < 2; i++)
                ck_assert_msg(count_failed(history, readers[i], from_us, INT64_MAX) == 0, "%s: %d of the %ss failed",
                        ordeal->name, count_failed(history, readers[i], from_us, INT64_MAX), deed_name(readers[i]));
        for (int kind = 0; ordeal->spares_all && kind < DEED_EDIT; kind++)
                ck_assert_msg(count_failed(history, kind, from_us, INT64_MAX) == 0, "%s: %d of the %ss failed",
                        ordeal->name, count_failed(history, kind, from_us, INT64_MAX), deed_name(kind));
}

static void expect_hurt(const struct ordeal *ordeal, const struct history *history, int64_t from_us)
{
        int n_hurt = 0;
        for (int i = 0; i < history_length(history); i++) {
                const struct deed *deed = history_at(history, i);
                n_hurt += deed->ended_us >= from_us && (deed->attempts > 1 || deed->outcome == DEED_UNKNOWN);
        }
        ck_assert_msg(n_hurt > 0 || !ordeal->hurts, "%s: nobody noticed anything, so nothing was tested", ordeal->name);
}

static void report(const struct ordeal *ordeal, const struct history *history, int64_t from_us, int64_t took_us)
{
        printf("%s %s: back after %lld ms;", ordeal->name, ordeal->whom == NULL ? "" : ordeal->whom,
                (long long)(took_us / 1000));
        for (int kind = 0; kind < DEED_KINDS; kind++)
                printf(" %s %d done %d failed", deed_name(kind),
                        history_count(history, kind, DEED_DONE, from_us, INT64_MAX),
                        count_failed(history, kind, from_us, INT64_MAX));
        printf("\n");
}

void ordeal_run(const struct ordeal *ordeal)
{
        struct ledger before = ledger_read();
        struct load *load = load_start(ordeal->actors == 0 ? ORDEAL_ACTORS : ordeal->actors);
        bool is_warm = AWAIT(ORDEAL_PATIENCE_S, has_recovered(load, 0));
        pause_ms(ORDEAL_WARM_MS);
        int64_t inflicted_us = clock_now_us();
        if (is_warm)
                ordeal->inflict(ordeal->whom);
        pause_ms(ordeal->lasts_ms);
        if (ordeal->heal != NULL)
                ordeal->heal(ordeal->whom);
        int64_t healed_us = clock_now_us();
        bool is_back = AWAIT(ORDEAL_PATIENCE_S, has_recovered(load, healed_us));
        int64_t took_us = recovery_us(load, healed_us);
        pause_ms(ORDEAL_AFTER_MS);
        const struct history *history = load_stop(load);
        report(ordeal, history, inflicted_us, took_us);
        instance_up_all();
        ck_assert_msg(is_warm, "%s: the load did not get under way", ordeal->name);
        ck_assert_msg(is_back, "%s: service did not come back", ordeal->name);
        ck_assert_msg(took_us <= ORDEAL_RECOVERY_MS * 1000LL + load_lag_us(load), "%s: service was back after %lld ms",
                ordeal->name, (long long)(took_us / 1000));
        expect_spared(ordeal, history, inflicted_us);
        expect_hurt(ordeal, history, inflicted_us);
        expect_invariants(&before, load);
        load_free(load);
}
