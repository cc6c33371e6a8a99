/* SPDX-License-Identifier: Apache-2.0 */
/* The options of a poll, and who of them has how many votes. */
#pragma once

#include "common/call.h"
#include "sfp/forum.pb-c.h"

/* None: nothing happens. */
MUST_CHECK status poll_create(struct call *call, const char *topic_id, size_t n_options, char *const *options);

/* As the caller sees it. */
MUST_CHECK status poll_load(struct call *call, const char *topic_id, Forum__Poll **out);
