/* SPDX-License-Identifier: Apache-2.0 */
/* What rpc Credit is told of is given some hours later, at a time nobody can know: a score that rises the moment an
 * anonymous goal appears would tell whose it is. For the same reason what it was for is kept as a keyed tag. */
#include "svc-anonymize/credits.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/field.h"
#include "common/frame.h"
#include "common/keyring.h"
#include "common/random.h"
#include "common/rpc.h"
#include "common/service.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/ledger.h"

#include <string.h>

#define CREDIT_RPCS(RPC) RPC(Credit, credit, Anonymize__CreditRequest, Sfp__Empty)
RPC_DECLARE(CREDIT_RPCS)

enum { DELAY_MAX_S = 12 * 3600, PEOPLE_MAX = 100 };

struct credit_row {
        const char *topic;
        const char *whose;
        int points;
        int contributions;
        const char *reason;
        const char *object;
        const char *when;
        const char *is;
        int cap;
};

static const struct credit_row credits[] = {
#define CREDIT(topic, whose, points, contributions, reason, object, when, is, cap)                                     \
        {topic, whose, points, contributions, reason, object, when, is, cap},
#define UNDO(topic, whose, reason, object)
#define TOLD(reason, points, contributions, cap)
#include "svc-anonymize/credits.def"
#undef CREDIT
#undef UNDO
#undef TOLD
};

static const struct {
        const char *topic;
        const char *whose;
        const char *reason;
        const char *object;
} undos[] = {
#define CREDIT(topic, whose, points, contributions, reason, object, when, is, cap)
#define UNDO(topic, whose, reason, object) {topic, whose, reason, object},
#define TOLD(reason, points, contributions, cap)
#include "svc-anonymize/credits.def"
#undef CREDIT
#undef UNDO
#undef TOLD
};

static const struct told {
        const char *reason;
        int points;
        int contributions;
        int cap;
} tolds[] = {
#define CREDIT(topic, whose, points, contributions, reason, object, when, is, cap)
#define UNDO(topic, whose, reason, object)
#define TOLD(reason, points, contributions, cap) {reason, points, contributions, cap},
#include "svc-anonymize/credits.def"
#undef CREDIT
#undef UNDO
#undef TOLD
};

static const ProtobufCFieldDescriptor *text_field(const ProtobufCMessage *data, const char *name)
{
        const ProtobufCFieldDescriptor *field =
                name == NULL ? NULL : protobuf_c_message_descriptor_get_field_by_name(data->descriptor, name);
        return field != NULL && field->type == PROTOBUF_C_TYPE_STRING ? field : NULL;
}

/* The values of a text field, one or many; 0 when the message has no such field. */
static size_t values_of(const ProtobufCMessage *data, const char *name, char *const **out)
{
        const ProtobufCFieldDescriptor *field = text_field(data, name);
        if (field == NULL || !field_is_set(data, field))
                return 0;
        if (!field_is_repeated(field)) {
                *out = field_place(data, field);
                return 1;
        }
        size_t count = *(size_t *)field_quantifier(data, field);
        *out = *(char *const **)field_place(data, field);
        return count < PEOPLE_MAX ? count : PEOPLE_MAX;
}

static const char *value_of(const ProtobufCMessage *data, const char *name)
{
        char *const *values;
        return values_of(data, name, &values) > 0 ? values[0] : NULL;
}

static bool is_of(struct call *call, const Events__CloudEvent *event, const char *topic)
{
        return strcmp(event->type, event_topic(call->arena, topic)) == 0;
}

static bool holds(const ProtobufCMessage *data, const struct credit_row *row)
{
        const char *value = value_of(data, row->when);
        return row->when == NULL || (value != NULL && strcmp(value, row->is) == 0);
}

static status give(
        struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data, const struct credit_row *row)
{
        char *const *people;
        size_t count = values_of(data, row->whose, &people);
        for (size_t i = 0; i < count; i++) {
                const struct ledger_entry entry = {
                        .user_id = people[i],
                        .source_key = arena_printf(call->arena, "%s %s %s", event->id, row->reason, people[i]),
                        .reason = row->reason,
                        .object_ref = value_of(data, row->object),
                        .points = row->points,
                        .contributions = row->contributions,
                        .cap = row->cap,
                };
                TRY(ledger_give(call, &entry));
        }
        return STATUS_OK;
}

status credits_apply(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        for (size_t i = 0; i < sizeof credits / sizeof *credits; i++)
                if (is_of(call, event, credits[i].topic) && holds(data, &credits[i]))
                        TRY(give(call, event, data, &credits[i]));
        for (size_t i = 0; i < sizeof undos / sizeof *undos; i++) {
                const char *user = value_of(data, undos[i].whose);
                const char *object = value_of(data, undos[i].object);
                if (user != NULL && object != NULL && is_of(call, event, undos[i].topic))
                        TRY(ledger_undo(call, user, undos[i].reason, object));
        }
        return STATUS_OK;
}

static const struct told *find_told(const char *reason)
{
        for (size_t i = 0; i < sizeof tolds / sizeof *tolds; i++)
                if (strcmp(tolds[i].reason, reason) == 0)
                        return &tolds[i];
        return NULL;
}

/* The same for the same person, reason and object, and nothing to anybody else. */
static char *key_of(struct call *call, const Anonymize__CreditRequest *in)
{
        const char *what = arena_printf(call->arena, "%s %s %s", in->user_id, in->reason, in->object_ref);
        ProtobufCBinaryData tag = keyring_tag(call->service->keys, call->arena, "anonymize credit", what);
        char *key = arena_alloc(call->arena, tag.len * 2 + 1);
        for (size_t i = 0; i < tag.len; i++) {
                key[2 * i] = "0123456789abcdef"[tag.data[i] >> 4];
                key[2 * i + 1] = "0123456789abcdef"[tag.data[i] & 15];
        }
        key[tag.len * 2] = '\0';
        return key;
}

static int64_t some_time_later_us(void)
{
        uint32_t drawn;
        random_bytes(&drawn, sizeof drawn);
        return clock_unix_us() + (int64_t)(drawn % DELAY_MAX_S) * 1000000;
}

static status credit(struct call *call, const Anonymize__CreditRequest *in, Sfp__Empty *out)
{
        (void)out;
        if (find_told(in->reason) == NULL)
                return call_invalid(call, "reason", "not_allowed", "is not one of the reasons that are told");
        Anonymize__CreditRequest kept = *in;
        const char *key = key_of(call, in);
        kept.object_ref = NULL;
        size_t size = anonymize__credit_request__get_packed_size(&kept);
        uint8_t *bytes = arena_alloc(call->arena, size + 1);
        anonymize__credit_request__pack(&kept, bytes);
        return job_schedule(call, CREDIT_JOB, key, some_time_later_us(),
                keyring_seal(call->service->keys, call->arena, key, bytes, size));
}

status credits_run(struct call *call, const struct due_job *job)
{
        ProtobufCBinaryData opened;
        ProtobufCMessage *message;
        TRY(keyring_open(call->service->keys, call->arena, job->key, job->payload, &opened));
        TRY(frame_unpack(call->arena, &anonymize__credit_request__descriptor, opened.data, opened.len, &message));
        const Anonymize__CreditRequest *asked = (const Anonymize__CreditRequest *)message;
        const struct told *told = find_told(asked->reason);
        if (told == NULL)
                return STATUS_OK; /* a reason of another version */
        const struct ledger_entry entry = {
                .user_id = asked->user_id,
                .source_key = job->key,
                .reason = told->reason,
                .points = told->points,
                .contributions = told->contributions,
                .cap = told->cap,
        };
        return ledger_give(call, &entry);
}

RPC_TABLE(credit_rpcs, CREDIT_RPCS);
