/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes from the system's secure random source. */
#pragma once

#include <stddef.h>

/* Fills `out`. The process ends when the source fails: nothing here may be guessable. */
void random_bytes(void *out, size_t size);
