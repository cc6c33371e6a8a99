/* SPDX-License-Identifier: Apache-2.0 */
/* What the protos say, beyond C types: every method with its rules and routes, every message with the rules of its
 * fields, every event with its topic. Read once from the descriptor set in the program; unchanging and shared by all
 * threads afterwards. */
#pragma once

#include "common/status.h"
#include "sfp/options.pb-c.h"

#include <protobuf-c/protobuf-c.h>

struct schema;

/* A message type. `rules[i]` and `parts[i]` belong to descriptor->fields[i]. */
struct schema_message {
        const ProtobufCMessageDescriptor *descriptor;
        const Sfp__FieldRules *const *rules;       /* NULL where a field has none */
        const struct schema_message *const *parts; /* NULL where a field is no message */
};

/* A method. */
struct schema_method {
        const char *name;              /* "sfp.goals.Goals.CreateShare" */
        const char *service;           /* "goals": the last word of the package; also whom to dial */
        const Sfp__MethodRules *rules; /* never NULL */
        const struct schema_message *input;
        const struct schema_message *output;
};

/* A message that is a domain event. */
struct schema_event {
        const char *topic; /* "com.financialplanning.social.goals.share.published.v1" */
        const ProtobufCMessageDescriptor *descriptor;
        const Sfp__EventRules *rules;
        const ProtobufCFieldDescriptor *subject; /* NULL: it is about nothing in particular */
};

/* Decodes the embedded set. A set that does not fit the program's messages is our mistake and ends the process. */
struct schema *schema_new(void);
void schema_free(struct schema *schema);

/* All methods, in the order of the protos. */
size_t schema_method_count(const struct schema *schema);
const struct schema_method *schema_method_at(const struct schema *schema, size_t i);

/* By full name; NULL when there is none. */
const struct schema_method *schema_method_find(const struct schema *schema, const char *name);

/* By descriptor: any message that a method takes or gives, or that is part of one, and those of rpc.proto. NULL
 * otherwise. */
const struct schema_message *schema_message_find(
        const struct schema *schema, const ProtobufCMessageDescriptor *descriptor);

/* All events, in the order of the protos. */
size_t schema_event_count(const struct schema *schema);
const struct schema_event *schema_event_at(const struct schema *schema, size_t i);

/* The event that a message is, and the one whose message has this full name; NULL when there is none. */
const struct schema_event *schema_event_of(const struct schema *schema, const ProtobufCMessageDescriptor *descriptor);
const struct schema_event *schema_event_find(const struct schema *schema, const char *message_name);
