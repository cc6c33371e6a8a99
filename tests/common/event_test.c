/* SPDX-License-Identifier: Apache-2.0 */
#include "common/event.h"
#include "sfp/goals.pb-c.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <string.h>

static struct arena *arena;

static void set_up(void)
{
        arena = arena_new(0);
}

static void tear_down(void)
{
        arena_free(arena);
}

static Events__CloudEvent an_event(char *type, uint64_t sequence)
{
        Events__CloudEvent event = EVENTS__CLOUD_EVENT__INIT;
        event.type = type;
        event.source = "/social/goals";
        event.has_sequence = 1;
        event.sequence = sequence;
        return event;
}

TEST(a_topic_is_completed_from_its_short_form)
{
        static const struct {
                const char *text;
                const char *topic;
        } rows[] = {
                {"", ""},
                {"goals.share.published", "com.financialplanning.social.goals.share.published.v1"},
                {"goals.share.", "com.financialplanning.social.goals.share."},
                {"goals.", "com.financialplanning.social.goals."},
                {"goals", "com.financialplanning.social.goals"},
                {"com.financialplanning.social.goals.", "com.financialplanning.social.goals."},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
                ck_assert_str_eq(event_topic(arena, rows[i].text), rows[i].topic);
}
END_TEST

TEST(events_and_heartbeats_that_are_ahead_are_news)
{
        Events__CloudEvent event = an_event("com.x", 7);
        Events__CloudEvent heartbeat = an_event((char *)EVENT_HEARTBEAT, 7);
        ck_assert(event_is_news(6, &event) && event_is_news(0, &event) && event_is_news(6, &heartbeat));
        ck_assert(!event_is_news(7, &event) && !event_is_news(9, &event) && !event_is_news(7, &heartbeat));
        ck_assert(!event_has_topic(&heartbeat, ""));
}
END_TEST

TEST(an_event_survives_the_bus)
{
        Events__CloudEvent event = an_event("com.x", 7), *back;
        event.id = "an id";
        event.has_data = 1;
        event.data = (ProtobufCBinaryData){3, (uint8_t *)"a\0b"};
        struct message *message = event_pack(&event);
        ck_assert_str_eq((char *)message_bytes(message), "com.x"); /* what a subscriber's prefix is compared with */
        ck_assert_int_eq(event_unpack(arena, message_bytes(message), message_size(message), &back), STATUS_OK);
        ck_assert_str_eq(back->id, "an id");
        ck_assert_uint_eq(back->sequence, 7);
        ck_assert_mem_eq(back->data.data, "a\0b", 3);
        ck_assert_str_eq(event_service(back), "goals");
        message_free(message);
}
END_TEST

TEST(what_is_no_event_is_refused)
{
        static const struct {
                const char *bytes;
                size_t size;
        } bad[] = {{"", 0}, {"\0", 1}, {"topic", 5}, {"topic\0", 6}, {"topic\0\xff\xff", 8}, {"topic\0\x0a\x01x", 9}};
        Events__CloudEvent *event;
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_int_eq(event_unpack(arena, (const uint8_t *)bad[i].bytes, bad[i].size, &event),
                        STATUS_INVALID_ARGUMENT);
}
END_TEST

TEST(a_message_of_a_stranger_has_no_service)
{
        Events__CloudEvent event = an_event("com.x", 7);
        event.source = "https://elsewhere.example/";
        ck_assert_str_eq(event_service(&event), "");
}
END_TEST

TEST(hashes_of_keys_never_change)
{
        ck_assert_int_eq(event_hash(""), 18619609); /* cursors of every shard there is depend on it */
        ck_assert_int_ge(event_hash("0816813b-848a-4fa4-b109-a0a5fdf12cab"), 0);
        ck_assert_int_ne(event_hash("a"), event_hash("b"));
}
END_TEST

TEST(data_of_an_unknown_type_is_not_found)
{
        struct schema *schema = schema_new();
        ProtobufCMessage *data;
        Events__CloudEvent event = an_event("com.x", 7);
        ck_assert_int_eq(event_open(schema, arena, &event, &data), STATUS_NOT_FOUND);
        event.dataschema = "sfp.goals.NoSuchThing";
        ck_assert_int_eq(event_open(schema, arena, &event, &data), STATUS_NOT_FOUND);
        event.dataschema = "sfp.goals.ShareUpdated";
        event.data = (ProtobufCBinaryData){2, (uint8_t *)"\xff\xff"};
        ck_assert_int_eq(event_open(schema, arena, &event, &data), STATUS_INVALID_ARGUMENT);
        schema_free(schema);
}
END_TEST

TEST(every_event_of_the_protos_has_a_topic_of_its_own_shape)
{
        struct schema *schema = schema_new();
        const struct schema_event *event = schema_event_of(schema, &goals__share_published__descriptor);
        ck_assert_ptr_nonnull(event);
        ck_assert_str_eq(event->topic, "com.financialplanning.social.goals.share.published.v1");
        ck_assert_str_eq(event->subject->name, "share_id");
        ck_assert_ptr_null(schema_event_of(schema, &goals__share__descriptor));
        ck_assert_ptr_eq(schema_event_find(schema, "sfp.goals.SharePublished"), event);
        schema_free(schema);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/event", FORK, T(a_topic_is_completed_from_its_short_form),
        T(events_and_heartbeats_that_are_ahead_are_news), T(an_event_survives_the_bus), T(what_is_no_event_is_refused),
        T(a_message_of_a_stranger_has_no_service), T(hashes_of_keys_never_change),
        T(data_of_an_unknown_type_is_not_found), T(every_event_of_the_protos_has_a_topic_of_its_own_shape))
