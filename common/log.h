/* SPDX-License-Identifier: Apache-2.0 */
/* One JSON object a line on stderr, with the names of the Elastic Common Schema where it has one: "@timestamp",
 * "log.level", "service.name", "message", "trace.id". Lines hold facts, never free text of people, amounts or secrets:
 * callers pass ids, names of ours and numbers only, and common/redact.h takes out what slips through. */
#pragma once

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* A named fact. Made by the functions below. */
struct log_field {
        const char *name;
        const char *text; /* NULL: `number` counts */
        int64_t number;
};

/* Sets, before any thread starts, the program's name on every line and the least level written. */
void log_init(const char *program, enum log_level least);

/* Changes the least level written, at any time. */
void log_set_level(enum log_level least);

/* "debug", "info", "warn", "error"; LOG_INFO for anything else. */
enum log_level log_level_find(const char *name);

struct log_field log_text(const char *name, const char *text); /* NULL text: the field is left out */
struct log_field log_number(const char *name, int64_t number);

/* Writes one line: LOG(LOG_INFO, "migration applied", log_text("name", name)). It has at most 4 KiB: a longer text
 * is cut, and what comes behind it left out. */
void log_write(enum log_level level, const char *message, const struct log_field *fields, int count);
#define LOG(level, message, ...)                                                                                       \
        log_write(level, message, (const struct log_field[]){{0}, ##__VA_ARGS__},                                      \
                (int)(sizeof((const struct log_field[]){{0}, ##__VA_ARGS__}) / sizeof(struct log_field)))
