/* SPDX-License-Identifier: Apache-2.0 */
/* Each rule of each field that a request can carry is broken once, with all else as it should be: the answer names the
 * field and nothing is stored. */
#include "tests/e2e/client.h"
#include "tests/e2e/database.h"
#include "tests/e2e/filling.h"

#include "common/buffer.h"
#include "common/field.h"
#include "common/uuid.h"

#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 6 };

/* The field under test, and the way to it through the parts of the request. */
struct way {
        size_t depth;
        const struct schema_message *messages[DEPTH_MAX];
        unsigned fields[DEPTH_MAX];
};

static const ProtobufCFieldDescriptor *field_at(const struct way *way, size_t depth)
{
        return &way->messages[depth]->descriptor->fields[way->fields[depth]];
}

static const ProtobufCFieldDescriptor *last_field(const struct way *way)
{
        return field_at(way, way->depth - 1);
}

static const Sfp__FieldRules *last_rules(const struct way *way)
{
        return way->messages[way->depth - 1]->rules[way->fields[way->depth - 1]];
}

/* "weekly[0].start". */
static char *name_of(const struct way *way)
{
        struct buffer name = buffer_in(scene_arena());
        for (size_t i = 0; i < way->depth; i++)
                buffer_printf(&name, "%s%s%s", i == 0 ? "" : ".", field_at(way, i)->name,
                        i + 1 < way->depth && field_is_repeated(field_at(way, i)) ? "[0]" : "");
        return text("%s", buffer_text(&name));
}

/* Ways to break a rule: what stands instead of a good value, NULL where the field has no such rule. `is_whole`: the
 * value takes the place of all of a repeated field. */

static cJSON *too_short(const struct way *way)
{
        const Sfp__FieldRules *rules = last_rules(way);
        if (!rules->has_min_length || rules->min_length == 0)
                return NULL;
        return cJSON_CreateString(text("%0*d", (int)rules->min_length, 0) + 1);
}

static cJSON *too_long(const struct way *way)
{
        const Sfp__FieldRules *rules = last_rules(way);
        return rules->has_max_length ? cJSON_CreateString(text("%0*d", (int)rules->max_length + 1, 0)) : NULL;
}

static cJSON *too_low(const struct way *way)
{
        const Sfp__FieldRules *rules = last_rules(way);
        return rules->has_min ? cJSON_CreateNumber((double)rules->min - 1) : NULL;
}

static cJSON *too_high(const struct way *way)
{
        const Sfp__FieldRules *rules = last_rules(way);
        return rules->has_max ? cJSON_CreateNumber((double)rules->max + 1) : NULL;
}

static cJSON *a_bit_too_low(const struct way *way)
{
        const Sfp__FieldRules *rules = last_rules(way);
        return rules->has_real_min ? cJSON_CreateNumber(rules->real_min - 0.125) : NULL;
}

static cJSON *a_bit_too_high(const struct way *way)
{
        const Sfp__FieldRules *rules = last_rules(way);
        return rules->has_real_max ? cJSON_CreateNumber(rules->real_max + 0.125) : NULL;
}

static cJSON *another_word(const struct way *way)
{
        return last_rules(way)->n_in > 0 ? cJSON_CreateString("zzz") : NULL;
}

static cJSON *misshapen(const struct way *way)
{
        static const char *const samples[] = {
                [SFP__FORM__FORM_UUID] = "0b5f6f0e",
                [SFP__FORM__FORM_CURRENCY] = "usd",
                [SFP__FORM__FORM_TIME] = "2026-02-30T10:00:00Z",
                [SFP__FORM__FORM_DATE] = "2026-02-30",
                [SFP__FORM__FORM_SLUG] = "NO",
                [SFP__FORM__FORM_TIME_ZONE] = "(here)",
                [SFP__FORM__FORM_WORD] = "NO",
                [SFP__FORM__FORM_URL] = "http://example.org/a",
        };
        Sfp__Form form = last_rules(way)->form;
        if (form == SFP__FORM__FORM_MONEY)
                return cJSON_CreateNumber(1.5);
        return form < sizeof samples / sizeof *samples && samples[form] != NULL ? cJSON_CreateString(samples[form])
                                                                                : NULL;
}

static cJSON *too_many(const struct way *way)
{
        const Sfp__FieldRules *rules = last_rules(way);
        if (!rules->has_max_items)
                return NULL;
        cJSON *list = cJSON_CreateArray();
        for (uint32_t i = 0; i <= rules->max_items; i++)
                cJSON_AddItemToArray(list, filled_value(way->messages[way->depth - 1], way->fields[way->depth - 1]));
        return list;
}

/* JSON's null is absence. */
static cJSON *absent(const struct way *way)
{
        return last_rules(way)->has_required && last_rules(way)->required ? cJSON_CreateNull() : NULL;
}

static const struct breach {
        const char *name;
        cJSON *(*value)(const struct way *way);
        bool is_whole;
} breaches[] = {
        {"required", absent, true},
        {"min_length", too_short},
        {"max_length", too_long},
        {"max_items", too_many, true},
        {"min", too_low},
        {"max", too_high},
        {"real_min", a_bit_too_low},
        {"real_max", a_bit_too_high},
        {"in", another_word},
        {"form", misshapen},
};

enum { N_BREACHES = sizeof breaches / sizeof *breaches };

/* The part at one step of the way, made when it is not there. */
static cJSON *step_into(cJSON *from, const struct way *way, size_t depth)
{
        const ProtobufCFieldDescriptor *field = field_at(way, depth);
        cJSON *part = cJSON_GetObjectItemCaseSensitive(from, field->name);
        if (part == NULL) {
                part = filled_message(way->messages[depth]->parts[way->fields[depth]]);
                if (field_is_repeated(field)) {
                        cJSON *list = cJSON_CreateArray();
                        cJSON_AddItemToArray(list, part);
                        part = list;
                }
                cJSON_AddItemToObject(from, field->name, part);
        }
        return field_is_repeated(field) ? cJSON_GetArrayItem(part, 0) : part;
}

/* A good request but for `value`. */
static cJSON *request_with(const struct way *way, cJSON *value, bool is_whole)
{
        cJSON *root = filled_message(way->messages[0]), *part = root;
        const char *name = last_field(way)->name;
        for (size_t i = 0; i + 1 < way->depth; i++)
                part = step_into(part, way, i);
        if (!is_whole && field_is_repeated(last_field(way))) {
                cJSON *list = cJSON_CreateArray();
                cJSON_AddItemToArray(list, value);
                value = list;
        }
        cJSON_DeleteItemFromObjectCaseSensitive(part, name);
        cJSON_AddItemToObject(part, name, value);
        return root;
}

struct tally {
        size_t routes, requests, by_breach[N_BREACHES];
        struct buffer wrong;
};

/* What is under test now. */
struct subject {
        const struct schema_method *method;
        const Sfp__Route *route;
        struct user user;
        struct tally *tally;
};

static struct schema *schema;
static struct user everyman, mod, admin, ops;

static void begin(void)
{
        scene_begin();
        schema = schema_new();
        everyman = new_user();
        mod = new_user_as("mod");
        admin = new_user_as("admin");
        ops = new_user_as("ops");
}

static void end(void)
{
        schema_free(schema);
        scene_end();
}

static struct user caller_of(const struct schema_method *method)
{
        const char *role = method->rules->roles[0];
        return strcmp(role, "mod") == 0     ? mod
               : strcmp(role, "admin") == 0 ? admin
               : strcmp(role, "ops") == 0   ? ops
                                            : everyman;
}

static struct answer said(const struct subject *subject, cJSON *request)
{
        char key[UUID_SIZE];
        uuid_v4(key);
        const Sfp__Route *route = subject->route;
        const char *path = path_taken_from(request, subject->method, route);
        const char *body = route->body == NULL ? NULL : written(request);
        const char *const headers[] = {"Content-Type: application/json", text("Idempotency-Key: %s", key), NULL};
        return ask(&(struct request){.verb = route->verb,
                .path = body == NULL ? text("%s%s", path, query_from(request)) : path,
                .user = subject->user,
                .body = body,
                .size = body == NULL ? 0 : strlen(body),
                .headers = body == NULL ? NULL : headers});
}

/* A query has no places in a list: "tags" is as good a name there as "tags[0]". */
static bool is_named(const char *given, const char *name)
{
        size_t length = strlen(name);
        return strncmp(given, name, length) == 0 && (given[length] == '\0' || strcmp(given + length, "[0]") == 0);
}

static bool is_refused(struct answer answer, const char *name)
{
        return answer.status == 422 && strcmp(text_at(answer, "code"), "validation_failed") == 0 &&
               has(answer, "errors[0].field") && is_named(text_at(answer, "errors[0].field"), name) &&
               length_at(answer, "errors") == 1;
}

/* A segment of a path is always there and never empty; what has parts or is null does not go into a query; and where a
 * request has no body its fields are in its path or its query, which only GET and DELETE have. */
static bool can_carry(const struct subject *subject, const struct way *way, const cJSON *value)
{
        const Sfp__Route *route = subject->route;
        bool is_param = way->depth == 1 && is_in_path(route, last_field(way)->name);
        if (is_param)
                return !cJSON_IsNull(value) && *plain(value) != '\0';
        if (route->body != NULL)
                return true;
        return way->depth == 1 && last_field(way)->type != PROTOBUF_C_TYPE_MESSAGE &&
               (strcmp(route->verb, "GET") == 0 || strcmp(route->verb, "DELETE") == 0);
}

static void commit(const struct subject *subject, const struct way *way, size_t breach)
{
        cJSON *value = breaches[breach].value(way);
        if (value == NULL)
                return;
        if (!can_carry(subject, way, value)) {
                cJSON_Delete(value);
                return;
        }
        cJSON *request = request_with(way, value, breaches[breach].is_whole);
        struct answer answer = said(subject, request);
        cJSON_Delete(request);
        subject->tally->requests++;
        subject->tally->by_breach[breach]++;
        if (!is_refused(answer, name_of(way)))
                buffer_printf(&subject->tally->wrong, "\n%s %s, %s of %s: %d %s", subject->route->verb,
                        subject->route->path, breaches[breach].name, name_of(way), answer.status, answer.body);
}

/* Every field of the last message of the way, and of its parts. */
static void walk(const struct subject *subject, struct way way)
{
        const struct schema_message *message = way.messages[way.depth++];
        for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
                way.fields[way.depth - 1] = i;
                if (message->rules[i] != NULL && message->rules[i]->inner)
                        continue;
                for (size_t n = 0; message->rules[i] != NULL && n < N_BREACHES; n++)
                        commit(subject, &way, n);
                if (message->parts[i] != NULL && way.depth < DEPTH_MAX) {
                        way.messages[way.depth] = message->parts[i];
                        walk(subject, way);
                }
        }
}

/* The callers are new: a row that came of a refused request would hold the id of one of them. */
static void expect_no_trace(void)
{
        static const char *const schemas[] = {
                "goals", "anonymize", "moderation", "peers", "forum", "feed", "groups", "mentor"};
        const struct user callers[] = {everyman, mod, admin, ops};
        for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
                const char *dump = sql_dump(schemas[i]);
                for (size_t n = 0; n < sizeof callers / sizeof *callers; n++)
                        ck_assert_msg(!dump_has(dump, callers[n].id), "%s knows who was refused", schemas[i]);
        }
}

static void tell(const struct tally *tally)
{
        printf("rules: %zu requests to %zu routes, each breaking one rule:", tally->requests, tally->routes);
        for (size_t i = 0; i < N_BREACHES; i++)
                printf(" %s %zu", breaches[i].name, tally->by_breach[i]);
        printf("\n");
}

TEST(each_broken_rule_is_answered_with_its_field_and_leaves_no_trace)
{
        struct tally tally = {.wrong = buffer_in(scene_arena())};
        for (size_t i = 0; i < schema_method_count(schema); i++) {
                const struct schema_method *method = schema_method_at(schema, i);
                for (size_t n = 0; n < method->rules->n_route; n++, tally.routes++)
                        walk(&(struct subject){method, method->rules->route[n], caller_of(method), &tally},
                                (struct way){.depth = 0, .messages = {method->input}});
        }
        tell(&tally);
        ck_assert_msg(tally.wrong.length == 0, "%s", buffer_text(&tally.wrong));
        for (size_t i = 0; i < N_BREACHES; i++)
                ck_assert_msg(tally.by_breach[i] > 0, "nothing breaks %s", breaches[i].name);
        expect_no_trace();
}

SUITE_WITH(begin, end, "e2e/rules", NO_FORK, T(each_broken_rule_is_answered_with_its_field_and_leaves_no_trace))
