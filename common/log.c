/* SPDX-License-Identifier: Apache-2.0 */
/* A line is built on the stack and written by one write(2), so lines of several threads never mix. `settings` is
 * written once before threads start and only read afterwards. */
#include "common/log.h"

#include "common/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = 4096 };

static struct {
        const char *program;
        enum log_level least;
} settings = {.program = "sfp", .least = LOG_INFO};

static const char *const level_names[] = {"debug", "info", "warn", "error"};

struct line {
        char bytes[LINE_SIZE];
        size_t length;
};

static void put(struct line *line, const char *bytes, size_t length)
{
        size_t room = LINE_SIZE - 4 - line->length; /* always leaves room for "\"}\n" */
        if (length > room)
                length = room;
        memcpy(line->bytes + line->length, bytes, length);
        line->length += length;
}

static void put_text(struct line *line, const char *text)
{
        put(line, "\"", 1);
        for (; *text != '\0'; text++) {
                unsigned char byte = (unsigned char)*text;
                char escaped[8];
                if (byte == '"' || byte == '\\')
                        put(line, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\%c", byte));
                else if (byte < 0x20)
                        put(line, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", byte));
                else
                        put(line, text, 1);
        }
        put(line, "\"", 1);
}

static void put_field(struct line *line, const char *name, const char *text)
{
        put(line, line->length == 0 ? "{" : ",", 1);
        put_text(line, name);
        put(line, ":", 1);
        put_text(line, text);
}

static void put_number(struct line *line, const char *name, int64_t number)
{
        char digits[24];
        int length = snprintf(digits, sizeof digits, "%lld", (long long)number);
        put(line, ",", 1);
        put_text(line, name);
        put(line, ":", 1);
        put(line, digits, (size_t)length);
}

void log_init(const char *program, enum log_level least)
{
        settings.program = program;
        settings.least = least;
}

enum log_level log_level_find(const char *name)
{
        for (int i = LOG_DEBUG; i <= LOG_ERROR; i++)
                if (strcmp(name, level_names[i]) == 0)
                        return (enum log_level)i;
        return LOG_INFO;
}

struct log_field log_text(const char *name, const char *text)
{
        return text == NULL ? (struct log_field){0} : (struct log_field){.name = name, .text = text};
}

struct log_field log_number(const char *name, int64_t number)
{
        return (struct log_field){.name = name, .number = number};
}

void log_write(enum log_level level, const char *message, const struct log_field *fields, int count)
{
        if (level < settings.least)
                return;
        struct line line = {.length = 0};
        char time[CLOCK_RFC3339_SIZE];
        clock_rfc3339(clock_unix_us(), time);
        put_field(&line, "time", time);
        put_field(&line, "level", level_names[level]);
        put_field(&line, "program", settings.program);
        put_field(&line, "message", message);
        for (int i = 0; i < count; i++) {
                if (fields[i].name == NULL)
                        continue;
                if (fields[i].text != NULL)
                        put_field(&line, fields[i].name, fields[i].text);
                else
                        put_number(&line, fields[i].name, fields[i].number);
        }
        memcpy(line.bytes + line.length, "}\n", 2);
        ssize_t written = write(STDERR_FILENO, line.bytes, line.length + 2);
        (void)written; /* a log that cannot be written must not stop the work */
}
