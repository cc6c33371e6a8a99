/* SPDX-License-Identifier: Apache-2.0 */
/* Reads Prometheus's text format 0.0.4, as our programs and others print it, sample by sample. The text is a
 * stranger's: nothing is copied, and a line that is none is passed over. */
#pragma once

#include "common/words.h"

struct sample {
        struct words name;
        struct words labels; /* between the braces, without them; length 0: none */
        double value;        /* may be infinite, or not a number */
};

/* Takes the next sample off `*rest`; false at the end. */
bool exposition_next(const char **rest, struct sample *out);

/* The value of a label as it is written, escapes included; false when the sample does not have it. */
bool sample_label(const struct sample *sample, const char *name, struct words *out);
