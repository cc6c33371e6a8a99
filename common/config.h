/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration by environment, or by files of a directory (common/config_dir.h). One table a program says name, type,
 * default and meaning; the same table reads the values, prints --help and feeds the README. */
#pragma once

#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum config_type {
        CONFIG_TEXT,   /* const char *; never NULL, "" when unset without default */
        CONFIG_SECRET, /* as CONFIG_TEXT, but never printed */
        CONFIG_INT,    /* int64_t between min and max */
        CONFIG_REAL,   /* double between min and max */
        CONFIG_BOOL,   /* bool: true/false/1/0 */
};

struct config_item {
        const char *name; /* of the environment variable */
        enum config_type type;
        size_t place;         /* offset in the program's struct */
        const char *standard; /* default as text; NULL: must be set */
        int64_t min, max;     /* for numbers */
        const char *meaning;
};

/* Reads every item of the table (its end is an item without name) into `out`. Says on stderr which variable is missing
 * or wrong and what it takes, all of them at once. Values point into the environment or the table. */
MUST_CHECK status config_read(const struct config_item *table, void *out);

/* Prints the table for people, or as Markdown rows for the README. */
void config_print_help(const struct config_item *table, FILE *out);
void config_print_markdown(const struct config_item *table, FILE *out);
