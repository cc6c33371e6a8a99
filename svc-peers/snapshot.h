/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody's figures of a month, sealed at rest. */
#pragma once

#include "common/personal.h"
#include "sfp/peers.pb-c.h"

/* Opens a row's figures. */
MUST_CHECK status snapshot_open(struct call *call, const Peers__SnapshotRow *row, Peers__Snapshot **out);

/* For an export (struct personal_table). */
status snapshot_export(struct call *call, const char *user_id, Personal__PersonalTable *out);

/* Waits for those who are giving figures now; others wait until the transaction is over. */
MUST_CHECK status snapshots_wait(struct call *call);
