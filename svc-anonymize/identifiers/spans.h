/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "common/folding.h"

struct spans {
        struct span *items; /* in bytes of the view, in order, without overlap */
        size_t count;
};
