/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/filling.h"

#include "common/buffer.h"
#include "common/field.h"
#include "common/uuid.h"
#include "tests/e2e/client.h"

#include <curl/curl.h>
#include <string.h>

static const Sfp__FieldRules no_rules = SFP__FIELD_RULES__INIT;

static const char *const samples[] = {
        [SFP__FORM__FORM_CURRENCY] = "USD",
        [SFP__FORM__FORM_TIME] = "2030-01-01T10:00:00Z",
        [SFP__FORM__FORM_DATE] = "2030-01-01",
        [SFP__FORM__FORM_TIME_ZONE] = "Europe/Berlin",
        [SFP__FORM__FORM_URL] = "https://example.org/a",
};

static char *new_id(void)
{
        char *id = arena_alloc(scene_arena(), UUID_SIZE);
        uuid_v4(id);
        return id;
}

static const char *filled_text(const Sfp__FieldRules *rules)
{
        static const char words[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";
        int length = rules->min_length > 4 ? (int)rules->min_length : 4;
        if (rules->n_in > 0)
                return rules->in[0];
        if (rules->form == SFP__FORM__FORM_UUID)
                return new_id();
        if (rules->form < sizeof samples / sizeof *samples && samples[rules->form] != NULL)
                return samples[rules->form];
        if (rules->has_max_length && (int)rules->max_length < length)
                length = (int)rules->max_length;
        return text("%.*s", length, words);
}

static const char *first_word(const ProtobufCEnumDescriptor *words)
{
        return words->values[0].name;
}

static double filled_number(const Sfp__FieldRules *rules)
{
        if (rules->has_min && rules->min > 1)
                return (double)rules->min;
        return rules->has_max && rules->max < 1 ? (double)rules->max : 1;
}

static double filled_real(const Sfp__FieldRules *rules)
{
        if (rules->has_real_min && rules->real_min > 1)
                return rules->real_min;
        return rules->has_real_max && rules->real_max < 1 ? rules->real_max : 1;
}

cJSON *filled_value(const struct schema_message *message, unsigned i)
{
        const Sfp__FieldRules *rules = message->rules[i] == NULL ? &no_rules : message->rules[i];
        switch (message->descriptor->fields[i].type) {
        case PROTOBUF_C_TYPE_STRING:
                return cJSON_CreateString(filled_text(rules));
        case PROTOBUF_C_TYPE_ENUM:
                return cJSON_CreateString(first_word(message->descriptor->fields[i].descriptor));
        case PROTOBUF_C_TYPE_BOOL:
                return cJSON_CreateTrue();
        case PROTOBUF_C_TYPE_MESSAGE:
                return filled_message(message->parts[i]);
        case PROTOBUF_C_TYPE_DOUBLE:
                return cJSON_CreateNumber(filled_real(rules));
        default:
                return cJSON_CreateNumber(filled_number(rules));
        }
}

cJSON *filled_message(const struct schema_message *message)
{
        cJSON *json = cJSON_CreateObject();
        for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
                const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
                if (message->rules[i] == NULL || !message->rules[i]->required)
                        continue;
                cJSON *value = filled_value(message, i);
                if (field_is_repeated(field)) {
                        cJSON *list = cJSON_CreateArray();
                        cJSON_AddItemToArray(list, value);
                        value = list;
                }
                cJSON_AddItemToObject(json, field->name, value);
        }
        return json;
}

static cJSON *filled_field(const struct schema_message *message, const char *name)
{
        const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
        ck_assert_msg(field != NULL, "%s has no %s", message->descriptor->name, name);
        return filled_value(message, (unsigned)(field - message->descriptor->fields));
}

const char *plain(const cJSON *value)
{
        return cJSON_IsString(value) ? value->valuestring : written(value);
}

/* The request's own value of a parameter, which leaves the request; a good one when it has none. */
static void add_parameter(struct buffer *path, const struct schema_message *message, const char *name, cJSON *request)
{
        cJSON *value = cJSON_DetachItemFromObjectCaseSensitive(request, name);
        if (value == NULL)
                value = filled_field(message, name);
        buffer_puts(path, plain(value));
        cJSON_Delete(value);
}

char *path_taken_from(cJSON *request, const struct schema_method *method, const Sfp__Route *route)
{
        struct buffer path = buffer_in(scene_arena());
        for (const char *at = route->path; *at != '\0';) {
                size_t length = strcspn(at, "{");
                buffer_append(&path, at, length);
                at += length;
                if (*at == '\0')
                        break;
                size_t width = strcspn(at, "}") - 1;
                add_parameter(&path, method->input, text("%.*s", (int)width, at + 1), request);
                at += width + 2;
        }
        return text("%s", buffer_text(&path));
}

char *filled_path(const struct schema_method *method, const Sfp__Route *route)
{
        cJSON *nothing = cJSON_CreateObject();
        char *path = path_taken_from(nothing, method, route);
        cJSON_Delete(nothing);
        return path;
}

static void add_pair(struct buffer *query, const char *name, const cJSON *value)
{
        if (cJSON_IsNull(value))
                return;
        char *escaped = curl_easy_escape(NULL, plain(value), 0);
        buffer_printf(query, "%c%s=%s", query->length == 0 ? '?' : '&', name, escaped);
        curl_free(escaped);
}

char *query_from(const cJSON *request)
{
        struct buffer query = buffer_in(scene_arena());
        const cJSON *field, *item;
        cJSON_ArrayForEach(field, request) if (cJSON_IsArray(field)) cJSON_ArrayForEach(item, field)
                add_pair(&query, field->string, item);
        else add_pair(&query, field->string, field);
        return text("%s", buffer_text(&query));
}

bool is_in_path(const Sfp__Route *route, const char *name)
{
        return strstr(route->path, text("{%s}", name)) != NULL;
}

char *written(const cJSON *json)
{
        char *printed = cJSON_PrintUnformatted(json);
        char *copy = text("%s", printed);
        cJSON_free(printed);
        return copy;
}
