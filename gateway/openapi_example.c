/* SPDX-License-Identifier: Apache-2.0 */
/* Made of nothing but the rules: what they demand, and of the rest what is simple. */
#include "gateway/openapi_writer.h"

#include "common/field.h"
#include "common/json_write.h"

#include <inttypes.h>
#include <string.h>

/* How far into parts of parts an example goes, and how much of a message that demands little it shows. */
enum { DEPTH_MAX = 3 };

static const char *const samples[] = {
        [SFP__FORM__FORM_ANY] = "text",
        [SFP__FORM__FORM_UUID] = "0193a5c0-7d2e-7c41-9f0a-3b5d2c1e4f60",
        [SFP__FORM__FORM_CURRENCY] = "EUR",
        [SFP__FORM__FORM_TIME] = "2030-01-31T10:00:00Z",
        [SFP__FORM__FORM_DATE] = "2030-01-31",
        [SFP__FORM__FORM_SLUG] = "first-home",
        [SFP__FORM__FORM_TIME_ZONE] = "Europe/Berlin",
        [SFP__FORM__FORM_WORD] = "savings",
        [SFP__FORM__FORM_URL] = "https://example.org/picture.png",
};

static const Sfp__FieldRules no_rules = SFP__FIELD_RULES__INIT;

/* What is answered has no rules; its names say what it is. */
static const struct {
        const char *ending;
        Sfp__Form form;
} names[] = {
        {"id", SFP__FORM__FORM_UUID},
        {"_at", SFP__FORM__FORM_TIME},
        {"_on", SFP__FORM__FORM_DATE},
        {"_url", SFP__FORM__FORM_URL},
        {"currency", SFP__FORM__FORM_CURRENCY},
        {"tags", SFP__FORM__FORM_SLUG},
        {"status", SFP__FORM__FORM_WORD},
};

static bool ends_with(const char *text, const char *ending)
{
        size_t length = strlen(text), width = strlen(ending);
        return length >= width && strcmp(text + length - width, ending) == 0;
}

static const char *sample(const Sfp__FieldRules *rules, const char *name)
{
        size_t form = rules->form;
        for (size_t i = 0; form == SFP__FORM__FORM_ANY && i < sizeof names / sizeof *names; i++)
                if (ends_with(name, names[i].ending))
                        form = names[i].form;
        const char *text = form < sizeof samples / sizeof *samples ? samples[form] : NULL;
        return text == NULL ? samples[SFP__FORM__FORM_ANY] : text;
}

/* As long as the rules want it. */
static void write_text(struct buffer *out, const Sfp__FieldRules *rules, const char *name)
{
        char text[256];
        if (rules->n_in > 0) {
                json_write_string(out, rules->in[0]);
                return;
        }
        size_t length = strlen(sample(rules, name));
        memcpy(text, sample(rules, name), length + 1);
        for (; length < rules->min_length && length + 1 < sizeof text; length++)
                text[length] = 'x';
        if (rules->has_max_length && length > rules->max_length)
                length = rules->max_length;
        text[length] = '\0';
        json_write_string(out, text);
}

static int64_t whole_number(const Sfp__FieldRules *rules)
{
        int64_t low = rules->has_min ? rules->min : 1, high = rules->has_max ? rules->max : INT64_MAX;
        int64_t number = rules->form == SFP__FORM__FORM_MONEY ? 25000 : 1;
        return number < low ? low : number > high ? high : number;
}

static double real_number(const Sfp__FieldRules *rules)
{
        double low = rules->has_real_min ? rules->real_min : 0, high = rules->has_real_max ? rules->real_max : 100;
        return low <= 0.5 && high >= 0.5 ? 0.5 : low;
}

static void write_message(struct buffer *out, const struct openapi_schema *schema, int depth);

static void write_value(struct buffer *out, const struct schema_message *type, unsigned i, int depth)
{
        const Sfp__FieldRules *rules = type->rules[i] == NULL ? &no_rules : type->rules[i];
        switch (type->descriptor->fields[i].type) {
        case PROTOBUF_C_TYPE_STRING:
                write_text(out, rules, type->descriptor->fields[i].name);
                break;
        case PROTOBUF_C_TYPE_MESSAGE:
                write_message(out, &(struct openapi_schema){type->parts[i], NULL}, depth + 1);
                break;
        case PROTOBUF_C_TYPE_BYTES:
                buffer_puts(out, "\"\"");
                break;
        case PROTOBUF_C_TYPE_BOOL:
                buffer_puts(out, "true");
                break;
        case PROTOBUF_C_TYPE_DOUBLE:
        case PROTOBUF_C_TYPE_FLOAT:
                buffer_printf(out, "%g", real_number(rules));
                break;
        case PROTOBUF_C_TYPE_ENUM:
                json_write_string(
                        out, ((const ProtobufCEnumDescriptor *)type->descriptor->fields[i].descriptor)->values->name);
                break;
        default:
                buffer_printf(out, "%" PRId64, whole_number(rules));
        }
}

static bool is_required(const struct schema_message *type, unsigned i)
{
        return type->rules[i] != NULL && type->rules[i]->required;
}

/* Parts are shown down to a depth, unless they are demanded. */
static bool is_in_example(const struct openapi_schema *schema, unsigned i, int depth)
{
        const struct schema_message *type = schema->type;
        if (!openapi_field_is_shown(type, i) || openapi_is_in_path(schema->route, type->descriptor->fields[i].name))
                return false;
        return is_required(type, i) || type->parts[i] == NULL || depth + 1 < DEPTH_MAX;
}

static void write_message(struct buffer *out, const struct openapi_schema *schema, int depth)
{
        const struct schema_message *type = schema->type;
        const char *before = "";
        buffer_puts(out, "{");
        for (unsigned i = 0; i < type->descriptor->n_fields; i++) {
                bool is_list = field_is_repeated(&type->descriptor->fields[i]);
                if (!is_in_example(schema, i, depth))
                        continue;
                buffer_printf(out, "%s\"%s\":%s", before, type->descriptor->fields[i].name, is_list ? "[" : "");
                write_value(out, type, i, depth);
                buffer_puts(out, is_list ? "]" : "");
                before = ",";
        }
        buffer_puts(out, "}");
}

void openapi_write_example(struct buffer *out, const struct openapi_schema *schema)
{
        write_message(out, schema, 0);
}
