/* SPDX-License-Identifier: Apache-2.0 */
/* What all services together say of the platform, in the words of the contract. */
#pragma once

#include "common/client.h"

/* For the joined answers of Platform.GetHealth and GetStatus; others stay as they are. A platform that is not well is
 * answered 503 at /health. */
void platform_sum_up(struct client_reply *joined, size_t n_unanswered);
