/* SPDX-License-Identifier: Apache-2.0 */
/* One function a kind of value; forms are a table. Absent values are looked at by `required` alone. */
#include "common/validate.h"

#include "common/field.h"
#include "common/text.h"
#include "common/uuid.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool all_of(const char *text, const char *allowed)
{
        return *text != '\0' && text[strspn(text, allowed)] == '\0';
}

static bool is_currency(const char *text)
{
        return strlen(text) == 3 && all_of(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

static bool is_slug(const char *text)
{
        return all_of(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
}

static bool is_word(const char *text)
{
        return all_of(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
}

static bool is_url(const char *text)
{
        return strncmp(text, "https://", 8) == 0 && text[8] != '\0' && text[8] != '/' &&
               strpbrk(text, " \"<>\\^`{|}") == NULL;
}

static bool is_time_zone(const char *text)
{
        return all_of(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-") && *text != '/' &&
               strlen(text) < 64;
}

static bool is_day(const char *text)
{
        static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        int year, month, day, end = 0;
        if (strspn(text, "0123456789-") < 10 || text[4] != '-' || text[7] != '-' ||
                sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3)
                return false;
        bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        return end == 10 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] &&
               (month != 2 || day < 29 || is_leap);
}

static bool is_date(const char *text)
{
        return strlen(text) == 10 && is_day(text);
}

static bool is_time(const char *text)
{
        int hour, minute, second, end = 0;
        if (strlen(text) < 20 || !is_day(text) || text[10] != 'T' ||
                sscanf(text + 11, "%2d:%2d:%2d%n", &hour, &minute, &second, &end) != 3)
                return false;
        const char *rest = text + 11 + end;
        if (*rest == '.')
                rest += 1 + strspn(rest + 1, "0123456789");
        return end == 8 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 61 &&
               strcmp(rest, "Z") == 0;
}

static const struct form {
        bool (*is_valid)(const char *text);
        const char *takes;
} forms[] = {
        [SFP__FORM__FORM_UUID] = {uuid_is_valid, "a UUID in lower case"},
        [SFP__FORM__FORM_CURRENCY] = {is_currency, "an ISO 4217 code such as USD"},
        [SFP__FORM__FORM_TIME] = {is_time, "an RFC 3339 time in UTC, such as 2026-11-24T07:30:00Z"},
        [SFP__FORM__FORM_DATE] = {is_date, "a day such as 2026-11-24"},
        [SFP__FORM__FORM_SLUG] = {is_slug, "lower-case letters, digits and hyphens"},
        [SFP__FORM__FORM_TIME_ZONE] = {is_time_zone, "an IANA time zone such as Europe/Berlin"},
        [SFP__FORM__FORM_WORD] = {is_word, "lower-case letters, digits and underscores"},
        [SFP__FORM__FORM_URL] = {is_url, "an https address"},
};

static bool is_listed(const Sfp__FieldRules *rules, const char *text)
{
        for (size_t i = 0; i < rules->n_in; i++)
                if (strcmp(rules->in[i], text) == 0)
                        return true;
        return rules->n_in == 0;
}

static void check_text(
        const Sfp__FieldRules *rules, const char *text, const struct field_path *path, struct violations *violations)
{
        if (!text_is_clean(text, strlen(text)) || text_has_controls(text)) {
                violation_add(violations, path, "not_text", "must be UTF-8 text without control characters");
                return;
        }
        if (rules == NULL)
                return;
        size_t length = text_length(text);
        const struct form *form = rules->form < sizeof forms / sizeof *forms ? &forms[rules->form] : &forms[0];
        if (rules->has_min_length && rules->min_length > 0 && text_is_blank(text))
                violation_add(violations, path, "too_short", "must not be blank");
        else if (rules->has_min_length && length < rules->min_length)
                violation_add(violations, path, "too_short", "must have at least %u characters", rules->min_length);
        else if (rules->has_max_length && length > rules->max_length)
                violation_add(violations, path, "too_long", "must have at most %u characters", rules->max_length);
        else if (!is_listed(rules, text))
                violation_add(violations, path, "not_allowed", "is not one of the words allowed here");
        else if (form->is_valid != NULL && !form->is_valid(text))
                violation_add(violations, path, "malformed", "must be %s", form->takes);
}

static void check_number(
        const Sfp__FieldRules *rules, int64_t value, const struct field_path *path, struct violations *violations)
{
        if (rules == NULL || ((!rules->has_min || value >= rules->min) && (!rules->has_max || value <= rules->max)))
                return;
        if (!rules->has_max)
                violation_add(violations, path, "out_of_range", "must be at least %lld", (long long)rules->min);
        else
                violation_add(violations, path, "out_of_range", "must be from %lld to %lld",
                        (long long)(rules->has_min ? rules->min : INT64_MIN), (long long)rules->max);
}

/* What is no number is in no range. */
static void check_real(
        const Sfp__FieldRules *rules, double value, const struct field_path *path, struct violations *violations)
{
        if (rules == NULL || ((!rules->has_real_min || value >= rules->real_min) &&
                                     (!rules->has_real_max || value <= rules->real_max)))
                return;
        if (!rules->has_real_max)
                violation_add(violations, path, "out_of_range", "must be at least %g", rules->real_min);
        else if (!rules->has_real_min)
                violation_add(violations, path, "out_of_range", "must be at most %g", rules->real_max);
        else
                violation_add(
                        violations, path, "out_of_range", "must be from %g to %g", rules->real_min, rules->real_max);
}

static void check_parts(const struct schema_message *schema, const ProtobufCMessage *message,
        const struct field_path *parent, struct violations *violations);

static void check_value(const struct schema_message *schema, unsigned i, const void *place,
        const struct field_path *path, struct violations *violations)
{
        const Sfp__FieldRules *rules = schema->rules[i];
        switch (schema->descriptor->fields[i].type) {
        case PROTOBUF_C_TYPE_STRING:
                check_text(rules, *(char *const *)place, path, violations);
                break;
        case PROTOBUF_C_TYPE_INT32:
        case PROTOBUF_C_TYPE_SINT32:
                check_number(rules, *(const int32_t *)place, path, violations);
                break;
        case PROTOBUF_C_TYPE_UINT32:
                check_number(rules, *(const uint32_t *)place, path, violations);
                break;
        case PROTOBUF_C_TYPE_INT64:
        case PROTOBUF_C_TYPE_UINT64:
                check_number(rules, *(const int64_t *)place, path, violations);
                break;
        case PROTOBUF_C_TYPE_DOUBLE:
                check_real(rules, *(const double *)place, path, violations);
                break;
        case PROTOBUF_C_TYPE_MESSAGE:
                check_parts(schema->parts[i], *(ProtobufCMessage *const *)place, path, violations);
                break;
        default:
                break;
        }
}

static void check_repeated(const struct schema_message *schema, unsigned i, const ProtobufCMessage *message,
        const struct field_path *parent, struct violations *violations)
{
        const ProtobufCFieldDescriptor *field = &schema->descriptor->fields[i];
        const Sfp__FieldRules *rules = schema->rules[i];
        size_t count = *(size_t *)field_quantifier(message, field);
        const char *values = *(char **)field_place(message, field);
        if (rules != NULL && rules->has_max_items && count > rules->max_items) {
                const struct field_path path = {parent, field->name, -1};
                violation_add(violations, &path, "too_many", "must have at most %u items", rules->max_items);
                return;
        }
        for (size_t n = 0; n < count; n++) {
                const struct field_path path = {parent, field->name, (long)n};
                check_value(schema, i, values + n * field_value_size(field), &path, violations);
        }
}

static void check_parts(const struct schema_message *schema, const ProtobufCMessage *message,
        const struct field_path *parent, struct violations *violations)
{
        for (unsigned i = 0; i < schema->descriptor->n_fields; i++) {
                const ProtobufCFieldDescriptor *field = &schema->descriptor->fields[i];
                const struct field_path path = {parent, field->name, -1};
                if (!field_is_set(message, field)) {
                        if (schema->rules[i] != NULL && schema->rules[i]->required)
                                violation_add(violations, &path, "required", "is required");
                } else if (field_is_repeated(field)) {
                        check_repeated(schema, i, message, parent, violations);
                } else {
                        check_value(schema, i, field_place(message, field), &path, violations);
                }
        }
}

void validate_message(
        const struct schema_message *schema, const ProtobufCMessage *message, struct violations *violations)
{
        check_parts(schema, message, NULL, violations);
}
