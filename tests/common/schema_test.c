/* SPDX-License-Identifier: Apache-2.0 */
#include "common/schema.h"
#include "sfp/goals.pb-c.h"
#include "sfp/rpc.pb-c.h"
#include "tests/suite.h"

#include <string.h>

static const Sfp__FieldRules *rules_of(const struct schema_message *message, const char *name)
{
        const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
        ck_assert_ptr_nonnull(field);
        return message->rules[field - message->descriptor->fields];
}

TEST(a_method_knows_its_service_route_and_messages)
{
        struct schema *schema = schema_new();
        const struct schema_method *method = schema_method_find(schema, "sfp.goals.Goals.CreateShare");
        ck_assert_ptr_nonnull(method);
        ck_assert_str_eq(method->service, "goals");
        ck_assert_ptr_eq(method->input->descriptor, &goals__create_share_request__descriptor);
        ck_assert_ptr_eq(method->output->descriptor, &goals__share__descriptor);
        ck_assert_uint_eq(method->rules->n_route, 1);
        ck_assert_str_eq(method->rules->route[0]->verb, "POST");
        ck_assert_uint_eq(method->rules->route[0]->success, 201);
        ck_assert(method->rules->transaction);
        schema_free(schema);
}
END_TEST

TEST(rules_that_are_not_given_have_their_defaults)
{
        struct schema *schema = schema_new();
        const struct schema_method *method = schema_method_find(schema, "sfp.goals.Goals.ListShares");
        ck_assert_ptr_nonnull(method);
        ck_assert_uint_eq(method->rules->deadline_ms, 5000);
        ck_assert_uint_eq(method->rules->route[0]->success, 200);
        ck_assert_ptr_null(method->rules->route[0]->body);
        schema_free(schema);
}
END_TEST

TEST(a_field_has_its_rules_or_none)
{
        struct schema *schema = schema_new();
        const struct schema_message *message = schema_message_find(schema, &goals__create_share_request__descriptor);
        ck_assert_uint_eq(rules_of(message, "goal_title")->max_length, 120);
        ck_assert_uint_eq(rules_of(message, "goal_category")->n_in, 10);
        ck_assert_ptr_null(rules_of(message, "submit"));
        schema_free(schema);
}
END_TEST

TEST(a_message_in_a_message_is_found_with_it)
{
        struct schema *schema = schema_new();
        const struct schema_message *list = schema_message_find(schema, &goals__share_list__descriptor);
        ck_assert_ptr_eq(list->parts[0]->descriptor, &goals__share__descriptor);
        ck_assert_ptr_nonnull(schema_message_find(schema, &goals__viewer__descriptor));
        schema_free(schema);
}
END_TEST

TEST(what_is_not_there_is_not_found)
{
        struct schema *schema = schema_new();
        ck_assert_ptr_null(schema_method_find(schema, "sfp.goals.Goals.Nothing"));
        ck_assert_ptr_null(schema_method_find(schema, ""));
        ck_assert_ptr_null(schema_message_find(schema, &sfp__method_rules__descriptor));
        schema_free(schema);
}
END_TEST

TEST(every_method_can_be_found_by_its_name)
{
        struct schema *schema = schema_new();
        ck_assert_uint_gt(schema_method_count(schema), 10);
        for (size_t i = 0; i < schema_method_count(schema); i++) {
                const struct schema_method *method = schema_method_at(schema, i);
                ck_assert_ptr_eq(schema_method_find(schema, method->name), method);
        }
        schema_free(schema);
}
END_TEST

SUITE("common/schema", FORK, T(a_method_knows_its_service_route_and_messages),
        T(rules_that_are_not_given_have_their_defaults), T(a_field_has_its_rules_or_none),
        T(a_message_in_a_message_is_found_with_it), T(what_is_not_there_is_not_found),
        T(every_method_can_be_found_by_its_name))
