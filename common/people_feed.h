/* SPDX-License-Identifier: Apache-2.0 */
/* How the tables of people.h are filled: consumers that run in every service with service_definition.knows_people,
 * beside its own. */
#pragma once

#include "common/consumer.h"

extern const struct event_consumer people_consumers[];
