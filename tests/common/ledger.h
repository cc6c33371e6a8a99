/* SPDX-License-Identifier: Apache-2.0 */
/* A service "ledger" with nothing but an outbox, in a schema of the test's own. What fails fails the test. */
#pragma once

#include "sfp/events.pb-c.h"
#include "tests/common/kit.h"

enum { LEDGER_QUERY_US = 20000000 };

extern struct kit ledger;

/* Before and after each test. */
void ledger_open(void);
void ledger_close(void);

/* A call on the connection there is; the one before is over. Ended by db_end. */
struct call *ledger_begin(bool is_transaction);

/* Publishes a goals.share.updated of `share`. */
status ledger_publish(struct call *call, char *share);

/* Commits `count` of them. */
void ledger_published(int count, char *share);

/* Numbers what there is; says the last number. */
uint64_t ledger_number(void);

/* Lets numbering pass over all that has its number now. */
void ledger_settle(void);

/* Reads without ending the call: what it gives lives until the next one. */
status ledger_read(const Events__ReadRequest *query, Events__EventList *out);
Events__ReadRequest ledger_after(uint64_t position);

/* Makes everything in the outbox three days older. */
void ledger_grow_old(void);
