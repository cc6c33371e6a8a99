/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of the transport set alike; only they include this. */
#pragma once

#include "common/transport.h"

enum { TRANSPORT_RECEIVE_MAX = TRANSPORT_MESSAGE_MAX + 64 }; /* with NNG's own header */

/* To be called before the first call of NNG in a process; later calls do nothing. */
void transport_threads_set(void);
