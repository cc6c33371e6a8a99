/* SPDX-License-Identifier: Apache-2.0 */
/* What the libFuzzer targets share. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A property that must hold for every input. */
#define FUZZ_ASSERT(fact)                                                                                              \
        do {                                                                                                           \
                if (!(fact))                                                                                           \
                        abort();                                                                                       \
        } while (0)
