/* SPDX-License-Identifier: Apache-2.0 */
#include "common/field.h"
#include "common/json_read.h"
#include "common/json_write.h"
#include "sfp/goals.pb-c.h"
#include "sfp/json.pb-c.h"
#include "sfp/personal.pb-c.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

/* What every case needs, and the outcome of the last reading. */
static struct arena *arena;
static struct schema *schema;
static struct violations violations;
static const char *why;

static void set_up(void)
{
        arena = arena_new(0);
        schema = schema_new();
}

static void tear_down(void)
{
        schema_free(schema);
        arena_free(arena);
}

static bool scans(const char *text, size_t length)
{
        struct json json;
        return json_scan(arena, text, length, &json, &why) == STATUS_OK;
}

static ProtobufCMessage *new_message(const ProtobufCMessageDescriptor *descriptor)
{
        ProtobufCMessage *message = arena_alloc(arena, descriptor->sizeof_message);
        descriptor->message_init(message);
        return message;
}

static ProtobufCMessage *read_as(const ProtobufCMessageDescriptor *descriptor, const char *text)
{
        struct json json;
        ProtobufCMessage *message = new_message(descriptor);
        violations = violations_in(arena);
        ck_assert_msg(json_scan(arena, text, strlen(text), &json, &why) == STATUS_OK, "%s: %s", text, why);
        ck_assert_int_eq(
                json_read(arena, &json, schema_message_find(schema, descriptor), message, JSON_STRICT, &violations),
                STATUS_OK);
        return message;
}

static Goals__CreateShareRequest *read_share(const char *text)
{
        return (Goals__CreateShareRequest *)read_as(&goals__create_share_request__descriptor, text);
}

static const char *written(const ProtobufCMessage *message)
{
        struct buffer out = buffer_in(arena);
        json_write(&out, message);
        return buffer_text(&out);
}

static void assert_complains(const char *text, const char *field, const char *code)
{
        read_share(text);
        ck_assert_msg(violations.count == 1, "%s: %zu complaints", text, violations.count);
        ck_assert_str_eq(violations.errors[0]->field, field);
        ck_assert_str_eq(violations.errors[0]->code, code);
}

static void assert_equal(const ProtobufCMessage *left, const ProtobufCMessage *right)
{
        size_t size = protobuf_c_message_get_packed_size(left);
        ck_assert_uint_eq(protobuf_c_message_get_packed_size(right), size);
        uint8_t *packed_left = arena_alloc(arena, size);
        uint8_t *packed_right = arena_alloc(arena, size);
        protobuf_c_message_pack(left, packed_left);
        protobuf_c_message_pack(right, packed_right);
        ck_assert_mem_eq(packed_left, packed_right, size);
}

TEST(well_formed_text_is_taken)
{
        static const char *const good[] = {"{}", " [ ] ", "null", "true", "-0", "0", "1e5", "-1.25E-3", "\"\"",
                "\"\\u00e9\\ud83d\\ude00\\n\"", "{\"a\":{\"a\":[1,2,{}]},\"b\":\"a\"}", "[[[[]]]]"};
        for (size_t i = 0; i < sizeof good / sizeof *good; i++)
                ck_assert_msg(scans(good[i], strlen(good[i])), "%s: %s", good[i], why);
}
END_TEST

TEST(malformed_text_is_refused)
{
        static const char *const bad[] = {"", " ", "{", "}", "[", "[1", "[1,", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}",
                "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\":1 \"b\":2}", "nul", "NULL", "True", "01", "-", "+1", ".5",
                "1.", "1e", "1e+", "0x10", "NaN", "Infinity", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
                "\"\t\"", "\"\n\"", "{} {}", "{}x", "1 2", "// note\n1", "/**/1", "\xef\xbb\xbf{}", "[1]]",
                "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\"",
                "\"\\ud800\\u0041\"", "\"\\ud800x\"", "\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xe2\x82\""};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(!scans(bad[i], strlen(bad[i])), "%s", bad[i]);
        ck_assert(!scans("\"a\0b\"", 5));
        ck_assert(!scans("{}\0", 3));
}
END_TEST

TEST(every_truncation_is_refused)
{
        static const char text[] = "{\"a\":[1.5e3,true,null,\"x\\u00e9\\ud83d\\ude00\"],\"b\":{\"c\":-2}}";
        ck_assert(scans(text, sizeof text - 1));
        for (size_t length = 0; length < sizeof text - 1; length++) {
                char *exact = arena_strndup(arena, text, length);
                ck_assert_msg(!scans(exact, length), "%s", exact);
        }
}
END_TEST

TEST(nesting_keys_and_values_are_bounded)
{
        char deep[200];
        memset(deep, '[', 100);
        memset(deep + 100, ']', 100);
        ck_assert(!scans(deep, 200));
        ck_assert(scans(deep + 100 - JSON_DEPTH_MAX, 2 * JSON_DEPTH_MAX));
        struct buffer keys = buffer_in(arena);
        for (int i = 0; i <= JSON_KEYS_MAX; i++)
                buffer_printf(&keys, "%c\"k%d\":0", i == 0 ? '{' : ',', i);
        buffer_putc(&keys, '}');
        ck_assert(!scans(keys.bytes, keys.length));
        struct buffer values = buffer_in(arena);
        for (int i = 0; i <= JSON_TOKENS_MAX; i++)
                buffer_puts(&values, i == 0 ? "[1" : ",1");
        buffer_putc(&values, ']');
        ck_assert(!scans(values.bytes, values.length));
        ck_assert_ptr_nonnull(strstr(why, "too many values"));
}
END_TEST

TEST(a_share_is_read_field_by_field)
{
        Goals__CreateShareRequest *in = read_share(
                "{\"goal_category\":\"home\",\"goal_title\":\"Our \\\"own\\\" h\\u00f6me\",\"target_amount\":9007199254740991,"
                "\"currency\":\"USD\",\"current_progress_percentage\":0,\"tags\":[\"a\",\"b\"],\"submit\":false,"
                "\"template_id\":null}");
        ck_assert_uint_eq(violations.count, 0);
        ck_assert_str_eq(in->goal_title, "Our \"own\" h\u00f6me");
        ck_assert(in->has_target_amount && in->target_amount == 9007199254740991);
        ck_assert(in->has_current_progress_percentage && in->current_progress_percentage == 0);
        ck_assert(in->has_submit && !in->submit);
        ck_assert_uint_eq(in->n_tags, 2);
        ck_assert_str_eq(in->tags[1], "b");
        ck_assert_ptr_null(in->template_id);
        ck_assert_ptr_null(in->goal_description);
}
END_TEST

TEST(a_value_of_the_wrong_type_is_named)
{
        assert_complains("{\"goal_title\":1}", "goal_title", "wrong_type");
        assert_complains("{\"goal_title\":[\"a\"]}", "goal_title", "wrong_type");
        assert_complains("{\"submit\":\"true\"}", "submit", "wrong_type");
        assert_complains("{\"submit\":1}", "submit", "wrong_type");
        assert_complains("{\"tags\":\"a\"}", "tags", "wrong_type");
        assert_complains("{\"tags\":[\"a\",2]}", "tags[1]", "wrong_type");
        assert_complains("{\"tags\":[null]}", "tags[0]", "wrong_type");
        assert_complains("{\"target_amount\":\"1\"}", "target_amount", "wrong_type");
        assert_complains("{\"target_amount\":1.5}", "target_amount", "wrong_type");
        assert_complains("{\"target_amount\":1.0}", "target_amount", "wrong_type");
        assert_complains("{\"target_amount\":1e3}", "target_amount", "wrong_type");
}
END_TEST

TEST(a_number_must_be_held_exactly)
{
        assert_complains("{\"target_amount\":9007199254740992}", "target_amount", "out_of_range");
        assert_complains("{\"target_amount\":9007199254740993}", "target_amount", "out_of_range");
        assert_complains("{\"target_amount\":-9007199254740992}", "target_amount", "out_of_range");
        assert_complains("{\"target_amount\":99999999999999999999999}", "target_amount", "out_of_range");
        assert_complains("{\"current_progress_percentage\":2147483648}", "current_progress_percentage", "out_of_range");
}
END_TEST

TEST(an_unknown_field_is_named)
{
        assert_complains("{\"goal_titel\":\"a\"}", "goal_titel", "unknown_field");
        assert_complains("{\"Goal_title\":\"a\"}", "Goal_title", "unknown_field");
        assert_complains("{\"goal_title \":\"a\"}", "goal_title ", "unknown_field");
        assert_complains("{\"\":1}", "", "unknown_field");
}
END_TEST

TEST(a_root_that_is_no_object_is_refused)
{
        static const char *const roots[] = {"[]", "null", "1", "\"{}\"", "true"};
        const struct schema_message *message = schema_message_find(schema, &goals__create_share_request__descriptor);
        for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
                struct json json;
                Goals__CreateShareRequest in = GOALS__CREATE_SHARE_REQUEST__INIT;
                ck_assert_int_eq(json_scan(arena, roots[i], strlen(roots[i]), &json, &why), STATUS_OK);
                ck_assert_int_eq(
                        json_read(arena, &json, message, &in.base, JSON_STRICT, &violations), STATUS_INVALID_ARGUMENT);
        }
}
END_TEST

static bool reads_text(const char *name, const char *text)
{
        violations = violations_in(arena);
        Goals__ListSharesRequest in = GOALS__LIST_SHARES_REQUEST__INIT;
        json_read_text(arena, schema_message_find(schema, &goals__list_shares_request__descriptor), &in.base, name,
                text, &violations);
        return violations.count == 0;
}

TEST(text_becomes_a_field_when_it_is_plain)
{
        static const char *const bad[] = {"", " 5", "5 ", "+5", "0x10", "5.0", "1e1", "five", "5\n", "-", "9999999999"};
        ck_assert(reads_text("limit", "5"));
        ck_assert(reads_text("limit", "-5"));
        ck_assert(reads_text("verified", "true"));
        ck_assert(reads_text("q", ""));
        ck_assert(!reads_text("verified", "True"));
        ck_assert(!reads_text("nothing", "1"));
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(!reads_text("limit", bad[i]), "\"%s\"", bad[i]);
}
END_TEST

TEST(absent_fields_are_left_out_and_lists_are_not)
{
        Goals__Share share = GOALS__SHARE__INIT;
        share.id = "a";
        ck_assert_str_eq(written(&share.base), "{\"id\":\"a\",\"tags\":[],\"notices\":[],\"why\":[]}");
        struct buffer out = buffer_in(arena);
        json_write_sparse(&out, &share.base);
        ck_assert_str_eq(buffer_text(&out), "{\"id\":\"a\"}");
}
END_TEST

TEST(what_must_be_escaped_is_escaped)
{
        struct buffer out = buffer_in(arena);
        json_write_string(&out, "a\"b\\c\n\t\x01\x1f/\u00e9\u2028");
        ck_assert_str_eq(buffer_text(&out), "\"a\\\"b\\\\c\\n\\t\\u0001\\u001f/\u00e9\u2028\"");
}
END_TEST

/* A small generator of its own, so that a failure can be repeated. */
static uint32_t random_state;

static uint32_t pick(uint32_t below)
{
        random_state = random_state * 1664525 + 1013904223;
        return (random_state >> 8) % below;
}

static char *random_text(void)
{
        static const char *const pieces[] = {"a", "Z", " ", "\"", "\\", "/", "\n", "\x01", "\x7f", "\u00e9", "\u20ac",
                "\U0001F600", "\u2028", "\xef\xbf\xbf", "{", "]", "null"};
        struct buffer out = buffer_in(arena);
        for (uint32_t n = pick(20); n > 0; n--)
                buffer_puts(&out, pieces[pick(sizeof pieces / sizeof *pieces)]);
        return arena_strdup(arena, buffer_text(&out));
}

static int64_t random_integer(bool is_unsigned, int bits)
{
        int64_t value = (int64_t)pick(1 << 24) << 24 | pick(1 << 24);
        value = pick(4) == 0 ? pick(3) : value & ((INT64_C(1) << bits) - 1);
        return !is_unsigned && pick(2) == 0 ? -value : value;
}

static ProtobufCMessage *random_message(const ProtobufCMessageDescriptor *descriptor, int depth);

static void random_value(const ProtobufCFieldDescriptor *field, void *place, int depth)
{
        switch (field->type) {
        case PROTOBUF_C_TYPE_STRING:
                *(char **)place = random_text();
                break;
        case PROTOBUF_C_TYPE_MESSAGE:
                *(ProtobufCMessage **)place = random_message(field->descriptor, depth + 1);
                break;
        case PROTOBUF_C_TYPE_BYTES: {
                char *text = random_text();
                *(ProtobufCBinaryData *)place = (ProtobufCBinaryData){strlen(text), (uint8_t *)text};
                break;
        }
        case PROTOBUF_C_TYPE_BOOL:
                *(protobuf_c_boolean *)place = (protobuf_c_boolean)pick(2);
                break;
        case PROTOBUF_C_TYPE_DOUBLE:
                *(double *)place = (double)random_integer(false, 48) / (1 + pick(1000));
                break;
        case PROTOBUF_C_TYPE_UINT32:
                *(uint32_t *)place = (uint32_t)random_integer(true, 32);
                break;
        case PROTOBUF_C_TYPE_UINT64:
                *(uint64_t *)place = (uint64_t)random_integer(true, 48);
                break;
        case PROTOBUF_C_TYPE_INT64:
                *(int64_t *)place = random_integer(false, 48);
                break;
        case PROTOBUF_C_TYPE_ENUM: {
                const ProtobufCEnumDescriptor *words = field->descriptor;
                *(int *)place = words->values[pick(words->n_values)].value;
                break;
        }
        default:
                *(int32_t *)place = (int32_t)random_integer(false, 31);
        }
}

/* What is inside of a service never is in JSON, and what is JSON already is not read. */
static bool is_inner(const ProtobufCMessageDescriptor *descriptor, unsigned i)
{
        const struct schema_message *type = schema_message_find(schema, descriptor);
        return (type->rules[i] != NULL && type->rules[i]->inner) ||
               descriptor->fields[i].descriptor == &sfp__json__descriptor;
}

static ProtobufCMessage *random_message(const ProtobufCMessageDescriptor *descriptor, int depth)
{
        ProtobufCMessage *message = new_message(descriptor);
        for (unsigned i = 0; i < descriptor->n_fields; i++) {
                const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
                if (pick(3) == 0 || depth > 4 || is_inner(descriptor, i))
                        continue;
                if (field_is_repeated(field)) {
                        size_t count = pick(4);
                        char *values = arena_zalloc(arena, count * field_value_size(field) + 1);
                        for (size_t n = 0; n < count; n++)
                                random_value(field, values + n * field_value_size(field), depth);
                        *(size_t *)field_quantifier(message, field) = count;
                        *(char **)field_place(message, field) = values;
                        continue;
                }
                random_value(field, field_place(message, field), depth);
                if (!field_is_pointer(field))
                        *(protobuf_c_boolean *)field_quantifier(message, field) = 1;
        }
        return message;
}

TEST(what_is_json_already_stands_as_it_is)
{
        Sfp__Json json = SFP__JSON__INIT;
        Personal__Previewed previewed = PERSONAL__PREVIEWED__INIT;
        json.text = (char *)(size_t) "[{\"a\":1}]";
        previewed.rendered = &json;
        ck_assert_str_eq(written(&previewed.base), "{\"rendered\":[{\"a\":1}],\"hidden_fields\":[]}");
        json.text = NULL;
        ck_assert_str_eq(written(&previewed.base), "{\"rendered\":null,\"hidden_fields\":[]}");
}
END_TEST

TEST(what_is_written_reads_back_as_it_was)
{
        for (uint32_t seed = 0; seed < 200; seed++) {
                random_state = seed;
                for (size_t i = 0; i < schema_method_count(schema); i++) {
                        const struct schema_method *method = schema_method_at(schema, i);
                        const struct schema_message *type = pick(2) == 0 ? method->input : method->output;
                        const ProtobufCMessage *message = random_message(type->descriptor, 0);
                        const char *text = written(message);
                        ProtobufCMessage *back = read_as(type->descriptor, text);
                        ck_assert_msg(violations.count == 0, "seed %u: %s: %s", seed, text,
                                violations.count == 0 ? "" : violations.errors[0]->message);
                        assert_equal(message, back);
                }
                arena_reset(arena);
        }
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/json", FORK, T(well_formed_text_is_taken), T(malformed_text_is_refused),
        T(every_truncation_is_refused), T(nesting_keys_and_values_are_bounded), T(a_share_is_read_field_by_field),
        T(a_value_of_the_wrong_type_is_named), T(a_number_must_be_held_exactly), T(an_unknown_field_is_named),
        T(a_root_that_is_no_object_is_refused), T(text_becomes_a_field_when_it_is_plain),
        T(absent_fields_are_left_out_and_lists_are_not), T(what_must_be_escaped_is_escaped),
        T(what_is_json_already_stands_as_it_is), T(what_is_written_reads_back_as_it_was))
