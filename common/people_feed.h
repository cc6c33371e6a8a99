/* SPDX-License-Identifier: Apache-2.0 */
/* How the tables of people.h are filled: consumers that run in every service with service_definition.knows_people,
 * beside its own. */
#pragma once

#include "common/consumer.h"

extern const struct event_consumer people_consumers[];

/* Keeps or ends a block, in both directions. For a service's own consumer of profile.relationship.changed that must not
 * be overtaken by what is read of blocks: it keeps each change itself, in its own transaction; twice is once. */
MUST_CHECK status people_take_block(struct call *call, const char *user_id, const char *other_id, bool is_blocked);
