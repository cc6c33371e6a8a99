/* SPDX-License-Identifier: Apache-2.0 */
/* A line is built on the stack and written by one write(2), so lines of several threads never mix. The name
 * is written once before threads start; the level may change at any time. */
#include "common/log.h"

#include "common/clock.h"
#include "common/redact.h"
#include "common/text.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = 4096, END_SIZE = 2 };

static struct {
        const char *program;
        _Atomic int least; /* enum log_level */
} settings = {.program = "sfp", .least = LOG_INFO};

static const char *const level_names[] = {"debug", "info", "warn", "error"};

/* `length` never passes LINE_SIZE - END_SIZE, so that the line can always be ended. */
struct line {
        char bytes[LINE_SIZE];
        size_t length;
};

static size_t room(const struct line *line)
{
        return LINE_SIZE - END_SIZE - line->length;
}

static void put(struct line *line, const char *bytes, size_t length)
{
        memcpy(line->bytes + line->length, bytes, length);
        line->length += length;
}

/* Bytes of the well-formed character at `text`; 0 when there is none. */
static size_t character_length(const char *text)
{
        unsigned char first = (unsigned char)*text;
        size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        return strnlen(text, length) == length && text_is_clean(text, length) ? length : 0;
}

/* Puts one character, escaped where JSON wants it; what is no text becomes U+FFFD. Returns how many bytes it was, 0
 * when it does not fit with the quote behind it. */
static size_t put_character(struct line *line, const char *text)
{
        char escaped[8] = "";
        size_t length = character_length(text);
        size_t taken = length > 0 ? length : 1;
        if (length == 0 || (unsigned char)*text < 0x20)
                length = (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", length == 0 ? 0xFFFD : *text);
        else if (*text == '"' || *text == '\\')
                length = (size_t)snprintf(escaped, sizeof escaped, "\\%c", *text);
        if (length + 1 > room(line))
                return 0;
        put(line, *escaped == '\0' ? text : escaped, length);
        return taken;
}

/* Puts a text in quotes, as much of it as fits: there must be room for the quotes. */
static void put_text(struct line *line, const char *text)
{
        put(line, "\"", 1);
        for (size_t taken; *text != '\0' && (taken = put_character(line, text)) > 0; text += taken)
                ;
        put(line, "\"", 1);
}

/* Puts a comma, the name, which is ours and needs no escape, and a colon. False when those and `value_size` more bytes
 * do not fit. */
static bool put_name(struct line *line, const char *name, size_t value_size)
{
        size_t length = strlen(name);
        if (length + 4 + value_size > room(line))
                return false;
        put(line, line->length == 0 ? "{\"" : ",\"", 2);
        put(line, name, length);
        put(line, "\":", 2);
        return true;
}

static void put_field(struct line *line, const char *name, const char *text)
{
        if (put_name(line, name, 2))
                put_text(line, text);
}

static void put_redacted(struct line *line, const char *name, const char *text)
{
        char shown[LINE_SIZE];
        redact_text(text, shown, sizeof shown);
        put_field(line, name, redact_is_name(name, strlen(name)) ? REDACTED : shown);
}

static void put_number(struct line *line, const char *name, int64_t number)
{
        char digits[24];
        size_t length = (size_t)snprintf(digits, sizeof digits, "%lld", (long long)number);
        if (put_name(line, name, length))
                put(line, digits, length);
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

void log_set_level(enum log_level least)
{
        atomic_store(&settings.least, least);
}

void log_write(enum log_level level, const char *message, const struct log_field *fields, int count)
{
        if ((int)level < atomic_load_explicit(&settings.least, memory_order_relaxed))
                return;
        struct line line = {.length = 0};
        char time[CLOCK_RFC3339_SIZE];
        clock_rfc3339(clock_unix_us(), time);
        put_field(&line, "@timestamp", time);
        put_field(&line, "log.level", level_names[level]);
        put_field(&line, "service.name", settings.program);
        put_redacted(&line, "message", message);
        for (int i = 0; i < count; i++) {
                if (fields[i].name == NULL)
                        continue;
                if (fields[i].text != NULL)
                        put_redacted(&line, fields[i].name, fields[i].text);
                else
                        put_number(&line, fields[i].name, fields[i].number);
        }
        memcpy(line.bytes + line.length, "}\n", END_SIZE);
        ssize_t written = write(STDERR_FILENO, line.bytes, line.length + END_SIZE);
        (void)written; /* a log that cannot be written must not stop the work */
}
