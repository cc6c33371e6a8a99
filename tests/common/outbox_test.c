/* SPDX-License-Identifier: Apache-2.0 */
/* Against a server, in a schema of the test's own: many who write and several who number. */
#include "common/clock.h"
#include "common/db.h"
#include "common/event.h"
#include "common/outbox.h"
#include "common/random.h"
#include "sfp/goals.pb-c.h"
#include "tests/common/ledger.h"
#include "tests/suite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WRITERS = 16, EACH = 40, SEQUENCERS = 3 };

TEST(an_event_is_there_with_the_commit_and_carries_its_envelope)
{
        Events__EventList list;
        Events__ReadRequest query = ledger_after(0);
        struct call *call = ledger_begin(true);
        call->causation_id = "01a214d4-255a-7e08-abe2-e383682a82bf";
        ck_assert_int_eq(ledger_publish(call, "a share"), STATUS_OK);
        ck_assert(call->has_published);
        ck_assert_int_eq(db_flush(call), STATUS_OK);
        ck_assert_str_eq(kit_sql(&ledger, "SELECT last FROM outbox_number(100)"), "0");
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        ck_assert_uint_eq(ledger_number(), 1);

        ck_assert_int_eq(ledger_read(&query, &list), STATUS_OK);
        ck_assert_uint_eq(list.n_events, 1);
        const Events__CloudEvent *event = list.events[0];
        ck_assert_str_eq(event->source, "/social/ledger");
        ck_assert_str_eq(event->specversion, "1.0");
        ck_assert_str_eq(event->type, "com.financialplanning.social.goals.share.updated.v1");
        ck_assert_str_eq(event->subject, "a share");
        ck_assert_str_eq(event->partitionkey, "a share");
        ck_assert_str_eq(event->dataschema, "sfp.goals.ShareUpdated");
        ck_assert_str_eq(event->actorclass, "user");
        ck_assert_str_eq(event->privacyclass, "public");
        ck_assert_str_eq(event->causationid, "01a214d4-255a-7e08-abe2-e383682a82bf");
        ck_assert_uint_eq(strlen(event->traceparent), 55);
        ck_assert_uint_eq(event->sequence, 1);
        ck_assert_uint_eq(event->previous, 0);
}
END_TEST

TEST(a_transaction_that_fails_has_no_event)
{
        struct call *call = ledger_begin(true);
        ck_assert_int_eq(ledger_publish(call, "a share"), STATUS_OK);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        ck_assert_uint_eq(ledger_number(), 0);
        ck_assert_str_eq(kit_sql(&ledger, "SELECT count(*) FROM outbox"), "0");
}
END_TEST

TEST(what_is_no_event_cannot_be_published)
{
        Goals__Share share = GOALS__SHARE__INIT;
        struct call *call = ledger_begin(true);
        ck_assert_int_eq(event_publish(call, &share.base), STATUS_INTERNAL);
        ck_assert(!call->has_published);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
}
END_TEST

static _Atomic bool is_writing;

/* Commits at its own slow pace, so that later ordinals are committed before earlier ones. */
static void *write_slowly(void *arg)
{
        struct kit *own = arg;
        struct db *connection = db_new(ledger.database_url, LEDGER_QUERY_US);
        struct arena *arena = arena_new(0);
        for (int i = 0; i < EACH; i++) {
                uint8_t pause;
                struct call call;
                Goals__ShareUpdated event = GOALS__SHARE_UPDATED__INIT;
                Goals__ReactionSet reaction = GOALS__REACTION_SET__INIT;
                event.share_id = reaction.share_id = "a share";
                reaction.kind = "like";
                random_bytes(&pause, 1);
                call_init_own(&call, arena, &own->service, NULL, LEDGER_QUERY_US);
                call.db = connection;
                db_begin(&call, true);
                bool is_good = event_publish(&call, i % 3 == 0 ? &reaction.base : &event.base) == STATUS_OK &&
                               db_flush(&call) == STATUS_OK;
                usleep(pause * 40U);
                if (!is_good || db_end(&call, true) != STATUS_OK)
                        abort();
                arena_reset(arena);
        }
        arena_free(arena);
        db_free(connection);
        return NULL;
}

/* Without any patience in settling, so that slow writers commit below the bottom all the time. */
static void *number_on(void *arg)
{
        struct kit *own = arg;
        struct db *connection = db_new(ledger.database_url, LEDGER_QUERY_US);
        struct arena *arena = arena_new(0);
        while (atomic_load(&is_writing)) {
                struct call call;
                Events__Numbered numbered = EVENTS__NUMBERED__INIT;
                call_init_own(&call, arena, &own->service, NULL, LEDGER_QUERY_US);
                call.db = connection;
                db_begin(&call, false);
                if (outbox_number(&call, &numbered) != STATUS_OK || outbox_settle(&call, 0) != STATUS_OK ||
                        db_end(&call, true) != STATUS_OK)
                        abort();
                arena_reset(arena);
        }
        arena_free(arena);
        db_free(connection);
        return NULL;
}

/* Reads behind the highest it has seen, as a subscriber does: nothing may appear below that later. */
static uint64_t follow(uint64_t *position)
{
        Events__EventList list;
        Events__ReadRequest query = ledger_after(*position);
        query.limit = 500;
        ck_assert_int_eq(ledger_read(&query, &list), STATUS_OK);
        for (size_t i = 0; i < list.n_events; i++)
                ck_assert_uint_eq(list.events[i]->sequence, ++*position);
        return list.n_events;
}

TEST(sixteen_slow_writers_and_three_sequencers_lose_nothing)
{
        pthread_t writers[WRITERS], sequencers[SEQUENCERS];
        uint64_t position = 0;
        atomic_store(&is_writing, true);
        for (int i = 0; i < SEQUENCERS; i++)
                pthread_create(&sequencers[i], NULL, number_on, &ledger);
        for (int i = 0; i < WRITERS; i++)
                pthread_create(&writers[i], NULL, write_slowly, &ledger);
        for (int64_t until = clock_now_us() + 50000000; position < WRITERS * EACH && clock_now_us() < until;)
                if (follow(&position) == 0)
                        usleep(2000);
        for (int i = 0; i < WRITERS; i++)
                pthread_join(writers[i], NULL);
        atomic_store(&is_writing, false);
        for (int i = 0; i < SEQUENCERS; i++)
                pthread_join(sequencers[i], NULL);
        ck_assert_uint_eq(position, WRITERS * EACH);
        ck_assert_str_eq(
                kit_sql(&ledger,
                        "SELECT count(DISTINCT sequence) || ' ' || min(sequence) || ' ' || max(sequence) FROM outbox"),
                "640 1 640");
        /* `previous` chains the events of each topic */
        ck_assert_str_eq(
                kit_sql(&ledger,
                        "SELECT count(*) FROM (SELECT previous, coalesce(lag(sequence) OVER"
                        " (PARTITION BY type ORDER BY sequence), 0) AS before FROM outbox) o WHERE previous <> before"),
                "0");
}
END_TEST

TEST(a_sequencer_that_holds_the_head_and_stands_still_is_passed_by_when_it_is_gone)
{
        ledger_published(1, "a share");
        PGconn *stopped = PQconnectdb(ledger.database_url);
        PQclear(PQexec(stopped, "SET idle_in_transaction_session_timeout = '500ms'; BEGIN;"
                                " SELECT FROM outbox_head FOR UPDATE"));
        ck_assert_uint_eq(ledger_number(), 0); /* it does not wait */
        bool is_numbered = false;
        for (int i = 0; i < 200 && !is_numbered; i++, usleep(50000))
                is_numbered = ledger_number() == 1;
        ck_assert(is_numbered);
        PQfinish(stopped);
}
END_TEST

TEST(topics_and_shards_choose_and_say_where_to_read_on)
{
        Events__EventList list;
        Events__ReadRequest query = ledger_after(0);
        char *topics[] = {"com.financialplanning.social.goals.reaction."};
        ledger_published(5, "a share");
        ck_assert_uint_eq(ledger_number(), 5);
        query.n_topics = 1;
        query.topics = topics;
        ck_assert_int_eq(ledger_read(&query, &list), STATUS_OK);
        ck_assert_uint_eq(list.n_events, 0);
        ck_assert_uint_eq(list.next_seq, 5); /* none of them is of interest */

        query = ledger_after(0);
        query.shards = 3;
        query.shard = (uint32_t)event_hash("a share") % 3;
        query.limit = 2;
        ck_assert_int_eq(ledger_read(&query, &list), STATUS_OK);
        ck_assert_uint_eq(list.n_events, 2);
        ck_assert_uint_eq(list.next_seq, 2);
        query.shard = (query.shard + 1) % 3;
        ck_assert_int_eq(ledger_read(&query, &list), STATUS_OK);
        ck_assert_uint_eq(list.n_events, 0);
}
END_TEST

/* Pages of the index of waiting events that one turn of a session of its own reads. */
static long pages_of_a_turn(void)
{
        static const char PAGES[] = "SELECT sum(idx_blks_hit + idx_blks_read) FROM pg_statio_user_indexes"
                                    " WHERE schemaname = current_schema() AND indexrelname LIKE '%%ordinal_idx'";
        long before = strtol(kit_sql(&ledger, PAGES), NULL, 10);
        kit_sql(&ledger, "SELECT pg_stat_force_next_flush(), outbox_number(10)");
        return strtol(kit_sql(&ledger, PAGES), NULL, 10) - before;
}

TEST(numbering_does_not_look_at_what_has_its_number)
{
        uint64_t head = 0;
        for (int i = 0; i < 20; i++) {
                ledger_published(1000, "a share");
                ck_assert_uint_eq(ledger_number(), head += 1000);
        }
        ledger_settle();
        long pages = pages_of_a_turn();
        ck_assert_msg(pages < 24, "%ld pages", pages);
        ledger_published(1, "a share");
        ck_assert_uint_eq(ledger_number(), head + 1);
}
END_TEST

TEST(an_event_that_is_committed_very_late_is_numbered_once_it_is_looked_for)
{
        PGconn *late = PQconnectdb(ledger.database_url);
        PQclear(PQexec(late,
                "BEGIN; INSERT INTO outbox (id, type, dataschema, partitionkey, hash, traceparent, actorclass,"
                " privacyclass, data) VALUES (gen_random_uuid(), 'late', '', '', 0, '', '', '', '')"));
        ledger_published(3, "a share");
        ck_assert_uint_eq(ledger_number(), 3);
        ledger_settle();
        PQclear(PQexec(late, "COMMIT"));
        PQfinish(late);
        ck_assert_str_eq(kit_sql(&ledger, "SELECT bottom FROM outbox_head"), "4");
        ck_assert_uint_eq(ledger_number(), 3);
        ledger_settle();
        ck_assert_uint_eq(ledger_number(), 4);
        ck_assert_str_eq(kit_sql(&ledger, "SELECT sequence FROM outbox WHERE type = 'late'"), "4");
        ledger_settle();
        ck_assert_str_eq(kit_sql(&ledger, "SELECT bottom FROM outbox_head"), "4");
}
END_TEST

SUITE_WITH(ledger_open, ledger_close, "common/outbox", FORK,
        T(an_event_is_there_with_the_commit_and_carries_its_envelope), T(a_transaction_that_fails_has_no_event),
        T(what_is_no_event_cannot_be_published), T(sixteen_slow_writers_and_three_sequencers_lose_nothing),
        T(a_sequencer_that_holds_the_head_and_stands_still_is_passed_by_when_it_is_gone),
        T(topics_and_shards_choose_and_say_where_to_read_on), T(numbering_does_not_look_at_what_has_its_number),
        T(an_event_that_is_committed_very_late_is_numbered_once_it_is_looked_for))
