/* SPDX-License-Identifier: Apache-2.0 */
/* The service's own configuration; the table in main.c says what each means. */
#pragma once

#include <stdint.h>

struct anonymize_config {
        int64_t min_cohort_size;
        double epsilon;
};
