/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody's figures of a month, sealed at rest. */
#pragma once

#include "common/consumer.h"
#include "common/personal.h"
#include "sfp/peers.pb-c.h"

/* Opens a row's figures. */
MUST_CHECK status snapshot_open(struct call *call, const Peers__SnapshotRow *row, Peers__Snapshot **out);

/* For an export (struct personal_table). */
status snapshot_export(struct call *call, const char *user_id, Personal__PersonalTable *out);

/* Forgets the figures of whoever takes back their consent to comparisons (struct event_consumer.apply). */
status snapshots_take_consent(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data);

/* Waits for those who are giving figures now; others wait until the transaction is over. */
MUST_CHECK status snapshots_wait(struct call *call);
