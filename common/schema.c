/* SPDX-License-Identifier: Apache-2.0 */
/* The descriptor set is decoded into a passing arena; what is kept are the rules, unpacked from the options' unknown
 * fields, because protobuf-c's own descriptors carry none. */
#include "common/schema.h"

#include "common/arena.h"
#include "google/protobuf/descriptor.pb-c.h"
#include "sfp/rpc.pb-c.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { METHOD_OPTION = 50001, FIELD_OPTION = 50002, EVENT_OPTION = 50003, MAX_MESSAGES = 4096 };

typedef Google__Protobuf__FileDescriptorSet FileSet;
typedef Google__Protobuf__FileDescriptorProto File;
typedef Google__Protobuf__DescriptorProto MessageProto;
typedef Google__Protobuf__MethodDescriptorProto MethodProto;

extern const uint8_t sfp_descriptor_set[];
extern const size_t sfp_descriptor_set_size;
extern const ProtobufCServiceDescriptor *const sfp_service_descriptors[];
extern const ProtobufCMessageDescriptor *const sfp_event_descriptors[];

struct schema {
        struct arena *arena;
        struct schema_method *methods; /* in proto order */
        size_t n_methods;
        const struct schema_method **by_name;
        struct schema_message **messages; /* by address of the descriptor */
        size_t n_messages;
        struct schema_event *events;
        size_t n_events;
};

static const Sfp__MethodRules no_method_rules = SFP__METHOD_RULES__INIT;

/* Messages that travel without belonging to a method. */
static const ProtobufCMessageDescriptor *const own_messages[] = {&sfp__claims__descriptor,
        &sfp__token_header__descriptor, &sfp__jwk__descriptor, &sfp__problem__descriptor,
        &sfp__socket_request__descriptor, &sfp__socket_opening__descriptor, &sfp__events_opening__descriptor,
        &sfp__document_query__descriptor, &sfp__socket_ticket__descriptor, NULL};

static void die(const char *what)
{
        fprintf(stderr, "schema: %s\n", what);
        abort();
}

/* The option `tag` among the unknown fields of an options message, unpacked; NULL when it is not there. Options given
 * in several places of the proto arrive as several fields and are merged by concatenation, as protobuf defines. */
static ProtobufCMessage *unpack_option(struct arena *arena, const ProtobufCMessage *options, uint32_t tag,
        const ProtobufCMessageDescriptor *descriptor)
{
        if (options == NULL)
                return NULL;
        for (unsigned i = 0; i < options->n_unknown_fields; i++) {
                const ProtobufCMessageUnknownField *field = &options->unknown_fields[i];
                if (field->tag != tag)
                        continue;
                size_t prefix = 1; /* of the length: a varint */
                while ((field->data[prefix - 1] & 0x80) != 0)
                        prefix++;
                return protobuf_c_message_unpack(
                        descriptor, arena_protobuf_allocator(arena), field->len - prefix, field->data + prefix);
        }
        return NULL;
}

static const MessageProto *find_nested(const MessageProto *message, const char *path)
{
        const char *dot = strchr(path, '.');
        if (dot == NULL)
                return message;
        for (size_t i = 0; i < message->n_nested_type; i++) {
                size_t length = strlen(message->nested_type[i]->name);
                if (strncmp(dot + 1, message->nested_type[i]->name, length) == 0 &&
                        (dot[1 + length] == '.' || dot[1 + length] == '\0'))
                        return find_nested(message->nested_type[i], dot + 1);
        }
        return NULL;
}

/* A file need not have a package. */
static bool is_package(const File *file, const char *package)
{
        return file->package != NULL && strcmp(file->package, package) == 0;
}

static const MessageProto *find_message_proto(const FileSet *set, const ProtobufCMessageDescriptor *descriptor)
{
        size_t package = strlen(descriptor->package_name);
        for (size_t f = 0; f < set->n_file; f++) {
                const File *file = set->file[f];
                if (!is_package(file, descriptor->package_name))
                        continue;
                const char *path = descriptor->name + package + 1;
                size_t first = strcspn(path, ".");
                for (size_t m = 0; m < file->n_message_type; m++)
                        if (strlen(file->message_type[m]->name) == first &&
                                strncmp(file->message_type[m]->name, path, first) == 0)
                                return find_nested(file->message_type[m], path);
        }
        return NULL;
}

static const Sfp__FieldRules *field_rules(struct arena *arena, const MessageProto *proto, const char *field)
{
        for (size_t i = 0; i < proto->n_field; i++)
                if (strcmp(proto->field[i]->name, field) == 0)
                        return (const Sfp__FieldRules *)unpack_option(arena,
                                proto->field[i]->options == NULL ? NULL : &proto->field[i]->options->base, FIELD_OPTION,
                                &sfp__field_rules__descriptor);
        return NULL;
}

static struct schema_message *find_message(
        const struct schema *schema, const ProtobufCMessageDescriptor *descriptor, size_t *place)
{
        size_t low = 0;
        size_t high = schema->n_messages;
        while (low < high) {
                size_t middle = (low + high) / 2;
                if (schema->messages[middle]->descriptor < descriptor)
                        low = middle + 1;
                else
                        high = middle;
        }
        *place = low;
        return low < schema->n_messages && schema->messages[low]->descriptor == descriptor ? schema->messages[low]
                                                                                           : NULL;
}

static struct schema_message *insert_message(
        struct schema *schema, const ProtobufCMessageDescriptor *descriptor, size_t place)
{
        if (schema->n_messages == MAX_MESSAGES)
                die("too many messages");
        struct schema_message *message = arena_zalloc(schema->arena, sizeof *message);
        message->descriptor = descriptor;
        memmove(schema->messages + place + 1, schema->messages + place,
                (schema->n_messages - place) * sizeof *schema->messages);
        schema->messages[place] = message;
        schema->n_messages++;
        return message;
}

/* Finds the message or reads it and all its parts. */
static const struct schema_message *add_message(
        struct schema *schema, const FileSet *set, const ProtobufCMessageDescriptor *descriptor)
{
        size_t place;
        struct schema_message *message = find_message(schema, descriptor, &place);
        if (message != NULL)
                return message;
        message = insert_message(schema, descriptor, place);
        const MessageProto *proto = find_message_proto(set, descriptor);
        if (proto == NULL)
                die(descriptor->name);
        const Sfp__FieldRules **rules = arena_zalloc(schema->arena, descriptor->n_fields * sizeof *rules + 1);
        const struct schema_message **parts = arena_zalloc(schema->arena, descriptor->n_fields * sizeof *parts + 1);
        message->rules = rules;
        message->parts = parts;
        for (unsigned i = 0; i < descriptor->n_fields; i++) {
                const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
                rules[i] = field_rules(schema->arena, proto, field->name);
                if (field->type == PROTOBUF_C_TYPE_MESSAGE)
                        parts[i] = add_message(schema, set, field->descriptor);
        }
        return message;
}

static const MethodProto *find_method_proto(
        const FileSet *set, const ProtobufCServiceDescriptor *service, const char *method)
{
        for (size_t f = 0; f < set->n_file; f++) {
                const File *file = set->file[f];
                if (!is_package(file, service->package))
                        continue;
                for (size_t s = 0; s < file->n_service; s++)
                        for (size_t m = 0; m < file->service[s]->n_method; m++)
                                if (strcmp(file->service[s]->name, service->short_name) == 0 &&
                                        strcmp(file->service[s]->method[m]->name, method) == 0)
                                        return file->service[s]->method[m];
        }
        return NULL;
}

/* What is served on the thread that received it cannot wait for a database. */
static bool is_contradictory(const Sfp__MethodRules *rules)
{
        return rules->prompt &&
               (rules->transaction || rules->cache != NULL || rules->idempotency != SFP__IDEMPOTENCY__IDEMPOTENCY_NONE);
}

static void add_method(struct schema *schema, const FileSet *set, const ProtobufCServiceDescriptor *service, unsigned i)
{
        const ProtobufCMethodDescriptor *method = &service->methods[i];
        const MethodProto *proto = find_method_proto(set, service, method->name);
        if (proto == NULL)
                die(method->name);
        const ProtobufCMessage *rules = unpack_option(schema->arena,
                proto->options == NULL ? NULL : &proto->options->base, METHOD_OPTION, &sfp__method_rules__descriptor);
        if (rules != NULL && is_contradictory((const Sfp__MethodRules *)rules))
                die(method->name);
        const char *dot = strrchr(service->package, '.');
        schema->methods[schema->n_methods++] = (struct schema_method){
                .name = arena_printf(schema->arena, "%s.%s", service->name, method->name),
                .service = dot == NULL ? service->package : dot + 1,
                .rules = rules == NULL ? &no_method_rules : (const Sfp__MethodRules *)rules,
                .input = add_message(schema, set, method->input),
                .output = add_message(schema, set, method->output),
        };
}

static void add_event(struct schema *schema, const FileSet *set, const ProtobufCMessageDescriptor *descriptor)
{
        const MessageProto *proto = find_message_proto(set, descriptor);
        const Sfp__EventRules *rules =
                proto == NULL || proto->options == NULL
                        ? NULL
                        : (const Sfp__EventRules *)unpack_option(
                                  schema->arena, &proto->options->base, EVENT_OPTION, &sfp__event_rules__descriptor);
        if (rules == NULL || rules->type == NULL)
                die(descriptor->name);
        const ProtobufCFieldDescriptor *subject =
                rules->subject == NULL ? NULL
                                       : protobuf_c_message_descriptor_get_field_by_name(descriptor, rules->subject);
        if (rules->subject != NULL && (subject == NULL || subject->type != PROTOBUF_C_TYPE_STRING))
                die(descriptor->name);
        schema->events[schema->n_events++] = (struct schema_event){
                .topic = arena_printf(schema->arena, "com.financialplanning.social.%s.v1", rules->type),
                .descriptor = descriptor,
                .rules = rules,
                .subject = subject,
        };
        add_message(schema, set, descriptor);
}

static int compare_names(const void *left, const void *right)
{
        return strcmp((*(const struct schema_method *const *)left)->name,
                (*(const struct schema_method *const *)right)->name);
}

static void index_methods(struct schema *schema)
{
        schema->by_name = arena_alloc(schema->arena, (schema->n_methods + 1) * sizeof *schema->by_name);
        for (size_t i = 0; i < schema->n_methods; i++)
                schema->by_name[i] = &schema->methods[i];
        qsort(schema->by_name, schema->n_methods, sizeof *schema->by_name, compare_names);
}

static void read_set(struct schema *schema, const FileSet *set)
{
        size_t count = 0;
        for (size_t s = 0; sfp_service_descriptors[s] != NULL; s++)
                count += sfp_service_descriptors[s]->n_methods;
        schema->methods = arena_zalloc(schema->arena, (count + 1) * sizeof *schema->methods);
        for (size_t s = 0; sfp_service_descriptors[s] != NULL; s++)
                for (unsigned i = 0; i < sfp_service_descriptors[s]->n_methods; i++)
                        add_method(schema, set, sfp_service_descriptors[s], i);
        for (size_t i = 0; own_messages[i] != NULL; i++)
                add_message(schema, set, own_messages[i]);
        size_t n_events = 0;
        while (sfp_event_descriptors[n_events] != NULL)
                n_events++;
        schema->events = arena_zalloc(schema->arena, (n_events + 1) * sizeof *schema->events);
        for (size_t i = 0; i < n_events; i++)
                add_event(schema, set, sfp_event_descriptors[i]);
        index_methods(schema);
}

struct schema *schema_new(void)
{
        struct arena *arena = arena_new(0);
        struct schema *schema = arena_zalloc(arena, sizeof *schema);
        schema->arena = arena;
        schema->messages = arena_zalloc(arena, MAX_MESSAGES * sizeof *schema->messages);

        struct arena *passing = arena_new(0);
        FileSet *set = (FileSet *)protobuf_c_message_unpack(&google__protobuf__file_descriptor_set__descriptor,
                arena_protobuf_allocator(passing), sfp_descriptor_set_size, sfp_descriptor_set);
        if (set == NULL)
                die("the descriptor set cannot be read");
        read_set(schema, set);
        arena_free(passing);
        return schema;
}

void schema_free(struct schema *schema)
{
        if (schema != NULL)
                arena_free(schema->arena);
}

size_t schema_method_count(const struct schema *schema)
{
        return schema->n_methods;
}

const struct schema_method *schema_method_at(const struct schema *schema, size_t i)
{
        return &schema->methods[i];
}

const struct schema_method *schema_method_find(const struct schema *schema, const char *name)
{
        const struct schema_method key = {.name = name};
        const struct schema_method *key_pointer = &key;
        const struct schema_method **found =
                bsearch(&key_pointer, schema->by_name, schema->n_methods, sizeof *schema->by_name, compare_names);
        return found == NULL ? NULL : *found;
}

const struct schema_message *schema_message_find(
        const struct schema *schema, const ProtobufCMessageDescriptor *descriptor)
{
        size_t place;
        return find_message(schema, descriptor, &place);
}

size_t schema_event_count(const struct schema *schema)
{
        return schema->n_events;
}

const struct schema_event *schema_event_at(const struct schema *schema, size_t i)
{
        return &schema->events[i];
}

const struct schema_event *schema_event_of(const struct schema *schema, const ProtobufCMessageDescriptor *descriptor)
{
        for (size_t i = 0; i < schema->n_events; i++)
                if (schema->events[i].descriptor == descriptor)
                        return &schema->events[i];
        return NULL;
}

const struct schema_event *schema_event_find(const struct schema *schema, const char *message_name)
{
        for (size_t i = 0; message_name != NULL && i < schema->n_events; i++)
                if (strcmp(schema->events[i].descriptor->name, message_name) == 0)
                        return &schema->events[i];
        return NULL;
}
