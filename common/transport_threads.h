/* SPDX-License-Identifier: Apache-2.0 */
/* How many threads the message library may use. Only the two halves of the transport include this. */
#pragma once

/* To be called before the first call of NNG in a process; later calls do nothing. */
void transport_threads_set(void);
