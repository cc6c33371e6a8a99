/* SPDX-License-Identifier: Apache-2.0 */
/* The days of an outbox: what is dropped, for whom it waits, and what was left over. */
#include "common/db.h"
#include "common/outbox.h"
#include "tests/common/ledger.h"
#include "tests/suite.h"

#include <string.h>

static uint64_t drop(int64_t keep_h, int64_t patience_h, uint64_t *abandoned)
{
        Events__Dropped dropped = EVENTS__DROPPED__INIT;
        struct call *call = ledger_begin(false);
        ck_assert_int_eq(outbox_drop_days(call, keep_h, patience_h, &dropped), STATUS_OK);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        *abandoned = dropped.abandoned;
        return dropped.days;
}

static void note(uint64_t position)
{
        struct call *call = ledger_begin(false);
        ck_assert_int_eq(outbox_note_reader(call, "feed/home", 0, position), STATUS_OK);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}

TEST(old_days_are_dropped_and_reading_below_them_is_out_of_range)
{
        Events__EventList list;
        Events__ReadRequest query = ledger_after(1);
        uint64_t abandoned;
        ledger_published(3, "a share");
        ledger_number();
        ledger_grow_old();
        ck_assert_uint_eq(drop(24 * 7, 24, &abandoned), 0); /* not old enough */
        ck_assert_uint_eq(drop(24, 24, &abandoned), 1);
        ck_assert_int_eq(ledger_read(&query, &list), STATUS_OUT_OF_RANGE);
        ck_assert_ptr_nonnull(strstr(ledger.call.failure, "up to 3"));
        query.has_after_seq = 0; /* from the oldest there is */
        ck_assert_int_eq(ledger_read(&query, &list), STATUS_OK);
        ck_assert_uint_eq(list.floor, 3);
        ck_assert_uint_eq(list.next_seq, 3);
        ledger_published(1, "a share");
        ck_assert_uint_eq(ledger_number(), 4); /* sequences go on */
}
END_TEST

TEST(a_group_that_is_behind_holds_its_events_until_it_is_given_up)
{
        uint64_t abandoned;
        ledger_published(3, "a share");
        ledger_number();
        ledger_grow_old();
        note(2);
        ck_assert_uint_eq(drop(24, 24, &abandoned), 0);
        ck_assert_uint_eq(abandoned, 0);
        kit_sql(&ledger, "UPDATE outbox_readers SET moved_at = now() - interval '25 hours'");
        ck_assert_uint_eq(drop(24, 24, &abandoned), 1);
        ck_assert_uint_eq(abandoned, 1);
}
END_TEST

TEST(a_group_that_is_through_holds_nothing)
{
        uint64_t abandoned;
        ledger_published(3, "a share");
        ledger_number();
        ledger_grow_old();
        note(3);
        note(1); /* a late word of a slow replica does not move it back */
        ck_assert_uint_eq(drop(24, 24, &abandoned), 1);
}
END_TEST

TEST(events_that_are_not_numbered_are_never_dropped)
{
        uint64_t abandoned;
        ledger_published(1, "a share");
        ledger_grow_old();
        ck_assert_uint_eq(drop(1, 24, &abandoned), 0);
        ck_assert_uint_eq(ledger_number(), 1);
        ck_assert_uint_eq(drop(1, 24, &abandoned), 1);
}
END_TEST

TEST(days_are_dropped_whatever_the_planner_joins_first)
{
        uint64_t abandoned;
        ledger_published(1, "a share");
        ledger_number();
        ledger_grow_old();
        kit_sql(&ledger, "ALTER FUNCTION outbox_drop_days SET enable_nestloop = off");
        kit_sql(&ledger, "ALTER FUNCTION outbox_drop_days SET enable_indexscan = off");
        ck_assert_uint_eq(drop(24, 24, &abandoned), 1);
}
END_TEST

TEST(what_waits_since_days_is_numbered)
{
        ledger_settle();
        ledger_published(2, "a share");
        ledger_grow_old();
        ck_assert_uint_eq(ledger_number(), 0);
        ledger_settle();
        ledger_published(1, "a share");
        ck_assert_uint_eq(ledger_number(), 3);
}
END_TEST

SUITE_WITH(ledger_open, ledger_close, "common/outbox_days", FORK,
        T(old_days_are_dropped_and_reading_below_them_is_out_of_range),
        T(a_group_that_is_behind_holds_its_events_until_it_is_given_up), T(a_group_that_is_through_holds_nothing),
        T(events_that_are_not_numbered_are_never_dropped), T(days_are_dropped_whatever_the_planner_joins_first),
        T(what_waits_since_days_is_numbered))
