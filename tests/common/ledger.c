/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/ledger.h"

#include "common/db.h"
#include "common/event.h"
#include "common/migrate.h"
#include "common/outbox.h"
#include "sfp/goals.pb-c.h"
#include "tests/suite.h"

struct kit ledger;
static struct db *db;

void ledger_open(void)
{
        kit_open(&ledger, "ledger", NULL);
        kit_database(&ledger);
        ck_assert_int_eq(migrate_run(ledger.database_url, kit_migrations), STATUS_OK);
        db = db_new(ledger.database_url, LEDGER_QUERY_US);
}

void ledger_close(void)
{
        db_free(db);
        ledger.call.db = NULL;
        kit_close(&ledger);
}

struct call *ledger_begin(bool is_transaction)
{
        struct call *call = kit_call(&ledger, NULL, LEDGER_QUERY_US);
        call->db = db;
        db_begin(call, is_transaction);
        return call;
}

status ledger_publish(struct call *call, char *share)
{
        Goals__ShareUpdated event = GOALS__SHARE_UPDATED__INIT;
        event.share_id = share;
        return event_publish(call, &event.base);
}

void ledger_published(int count, char *share)
{
        struct call *call = ledger_begin(true);
        for (int i = 0; i < count; i++)
                ck_assert_int_eq(ledger_publish(call, share), STATUS_OK);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}

uint64_t ledger_number(void)
{
        Events__Numbered numbered = EVENTS__NUMBERED__INIT;
        struct call *call = ledger_begin(false);
        ck_assert_int_eq(outbox_number(call, &numbered), STATUS_OK);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        return numbered.head;
}

/* Reads without ending the call: what it gives lives until the next one. */
status ledger_read(const Events__ReadRequest *query, Events__EventList *out)
{
        *out = (Events__EventList)EVENTS__EVENT_LIST__INIT;
        return outbox_read(ledger_begin(false), query, out);
}

Events__ReadRequest ledger_after(uint64_t position)
{
        Events__ReadRequest query = EVENTS__READ_REQUEST__INIT;
        query.has_after_seq = 1;
        query.after_seq = position;
        return query;
}

/* Makes everything in the outbox three days older. */
void ledger_grow_old(void)
{
        kit_sql(&ledger, "DO $$ DECLARE d date := (now() AT TIME ZONE 'UTC')::date; BEGIN"
                         " EXECUTE format('CREATE TABLE outbox_%%s PARTITION OF outbox FOR VALUES FROM (%%L) TO (%%L)',"
                         " to_char(d - 3, 'YYYYMMDD'), d - 3, d - 2);"
                         " UPDATE outbox SET day = day - 3 WHERE day = d; END $$");
}

void ledger_settle(void)
{
        for (int i = 0; i < 2; i++) { /* what the first has seen drawn the second settles */
                struct call *call = ledger_begin(false);
                ck_assert_int_eq(outbox_settle(call, 0), STATUS_OK);
                ck_assert_int_eq(db_end(call, true), STATUS_OK);
        }
}
