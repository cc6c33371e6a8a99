/* SPDX-License-Identifier: Apache-2.0 */
#include "common/config.h"

#include "common/config_dir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_names[] = {"text", "secret", "integer", "number", "true or false"};

static bool read_int(const struct config_item *item, const char *text, void *place)
{
        char *end;
        errno = 0;
        long long value = strtoll(text, &end, 10);
        if (errno != 0 || end == text || *end != '\0' || value < item->min || value > item->max)
                return false;
        *(int64_t *)place = value;
        return true;
}

static bool read_real(const struct config_item *item, const char *text, void *place)
{
        char *end;
        errno = 0;
        double value = strtod(text, &end);
        if (errno != 0 || end == text || *end != '\0' || !(value >= (double)item->min && value <= (double)item->max))
                return false;
        *(double *)place = value;
        return true;
}

static bool read_bool(const char *text, void *place)
{
        bool is_true = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
        *(bool *)place = is_true;
        return is_true || strcmp(text, "false") == 0 || strcmp(text, "0") == 0;
}

static bool read_value(const struct config_item *item, const char *text, void *place)
{
        switch (item->type) {
        case CONFIG_TEXT:
        case CONFIG_SECRET:
                *(const char **)place = text;
                return true;
        case CONFIG_INT:
                return read_int(item, text, place);
        case CONFIG_REAL:
                return read_real(item, text, place);
        case CONFIG_BOOL:
                return read_bool(text, place);
        }
        return false;
}

static void complain(const struct config_item *item, const char *text)
{
        fprintf(stderr, "%s %s: it takes %s", item->name, text == NULL ? "is not set" : "has a wrong value",
                type_names[item->type]);
        if (item->type == CONFIG_INT || item->type == CONFIG_REAL)
                fprintf(stderr, " from %lld to %lld", (long long)item->min, (long long)item->max);
        fprintf(stderr, " (%s)\n", item->meaning);
}

status config_read(const struct config_item *table, void *out)
{
        status result = STATUS_OK;
        for (const struct config_item *item = table; item->name != NULL; item++) {
                status taken = config_dir_take(item->name);
                if (taken != STATUS_OK)
                        result = taken;
                const char *text = getenv(item->name);
                if (text == NULL || *text == '\0')
                        text = item->standard;
                if (text == NULL || !read_value(item, text, (char *)out + item->place)) {
                        complain(item, text);
                        result = STATUS_INVALID_ARGUMENT;
                }
        }
        return result;
}

static const char *standard_text(const struct config_item *item)
{
        if (item->standard == NULL)
                return "must be set";
        return *item->standard == '\0' ? "unset" : item->standard;
}

void config_print_help(const struct config_item *table, FILE *out)
{
        for (const struct config_item *item = table; item->name != NULL; item++)
                fprintf(out, "  %-30s %s (%s; %s)\n", item->name, item->meaning, type_names[item->type],
                        standard_text(item));
}

void config_print_markdown(const struct config_item *table, FILE *out)
{
        for (const struct config_item *item = table; item->name != NULL; item++)
                fprintf(out, "| `%s` | %s | %s | %s |\n", item->name, type_names[item->type], standard_text(item),
                        item->meaning);
}
