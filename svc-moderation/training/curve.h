/* SPDX-License-Identifier: Apache-2.0 */
/* How likely a text is what its sum says: 1 / (1 + exp(-(slope * sum + shift))), Platt's curve (Probabilistic
 * outputs for support vector machines, 1999). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct curve {
        float slope, shift;
};

struct curve_point {
        float sum, weight;
        bool is_positive;
};

/* The likeliest curve by Newton's method; slope 1, shift 0 when the points decide nothing. */
struct curve curve_fit(size_t count, const struct curve_point *points);
