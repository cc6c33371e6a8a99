/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes from the system's secure random source. */
#pragma once

#include <stddef.h>

/* Fills `out`; a child draws other bytes than its parent. The process ends when the source fails, or repeats itself:
 * nothing here may be guessable. */
void random_bytes(void *out, size_t size);
