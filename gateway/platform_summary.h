/* SPDX-License-Identifier: Apache-2.0 */
/* What all services together say of the platform, in the words of the contract. */
#pragma once

#include <protobuf-c/protobuf-c.h>

/* For the joined answers of Platform.GetHealth and GetStatus; others stay as they are. The HTTP code of the answer: 503
 * for the health of a platform that is not well, 0 for the route's own. */
int platform_sum_up(ProtobufCMessage *joined, size_t n_unanswered);
