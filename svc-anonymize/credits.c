/* SPDX-License-Identifier: Apache-2.0 */
/* What may be about something anonymous – all that rpc Credit is told of, and rulings – counts some hours later, at a
 * time nobody can know: a score that moves the moment an anonymous goal appears or goes would tell whose it is. What
 * rpc Credit was told of is kept as a keyed tag only. */
#include "svc-anonymize/credits.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/field.h"
#include "common/keyring.h"
#include "common/random.h"
#include "common/rpc.h"
#include "common/sealed.h"
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
        bool is_late;
};

/* The rows of credits.def, each kind in a list of its own. */
#define NO_CREDIT(topic, whose, points, contributions, reason, object, when, is, cap)
#define NO_UNDO(topic, whose, reason, object, when, is)
#define NO_TOLD(reason, points, contributions, cap)

static const struct credit_row credits[] = {
#define CREDIT(topic, whose, points, contributions, reason, object, when, is, cap)                                     \
        {topic, whose, points, contributions, reason, object, when, is, cap, false},
#define LATE(topic, whose, points, contributions, reason, object, when, is, cap)                                       \
        {topic, whose, points, contributions, reason, object, when, is, cap, true},
#define UNDO NO_UNDO
#define TOLD NO_TOLD
#include "svc-anonymize/credits.def"
#undef CREDIT
#undef LATE
#undef UNDO
#undef TOLD
};

static const struct {
        const char *topic;
        const char *whose;
        const char *reason;
        const char *object;
        const char *when;
        const char *is;
} undos[] = {
#define CREDIT                                       NO_CREDIT
#define LATE                                         NO_CREDIT
#define UNDO(topic, whose, reason, object, when, is) {topic, whose, reason, object, when, is},
#define TOLD                                         NO_TOLD
#include "svc-anonymize/credits.def"
#undef CREDIT
#undef LATE
#undef UNDO
#undef TOLD
};

/* What is given late, by rpc or by event. */
static const struct told {
        const char *reason;
        int points;
        int contributions;
        int cap;
        bool is_told; /* by rpc */
} tolds[] = {
#define CREDIT NO_CREDIT
#define LATE(topic, whose, points, contributions, reason, object, when, is, cap)                                       \
        {reason, points, contributions, cap, false},
#define UNDO                                     NO_UNDO
#define TOLD(reason, points, contributions, cap) {reason, points, contributions, cap, true},
#include "svc-anonymize/credits.def"
#undef CREDIT
#undef LATE
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

static bool holds(const ProtobufCMessage *data, const char *when, const char *is)
{
        const char *value = value_of(data, when);
        return when == NULL || (value != NULL && strcmp(value, is) == 0);
}

static const struct told *find_told(const char *reason)
{
        for (size_t i = 0; i < sizeof tolds / sizeof *tolds; i++)
                if (strcmp(tolds[i].reason, reason) == 0)
                        return &tolds[i];
        return NULL;
}

/* The same for the same person, reason and object, and nothing to anybody else. */
static char *key_of(struct call *call, const char *user_id, const char *reason, const char *object_ref)
{
        const char *what = arena_printf(call->arena, "%s %s %s", user_id, reason, object_ref);
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

/* `kept` is what the job will know: who, why, and perhaps what for. */
static status give_late(struct call *call, const char *key, const Anonymize__CreditRequest *kept)
{
        return job_schedule(
                call, CREDIT_JOB, key, some_time_later_us(), sealed_message_of(call, kept->user_id, key, &kept->base));
}

static status give_one(struct call *call, const Events__CloudEvent *event, const struct credit_row *row, char *user_id,
        const char *object)
{
        Anonymize__CreditRequest late = ANONYMIZE__CREDIT_REQUEST__INIT;
        const struct ledger_entry entry = {
                .user_id = user_id,
                .source_key = arena_printf(call->arena, "%s %s %s", event->id, row->reason, user_id),
                .reason = row->reason,
                .object_ref = object,
                .points = row->points,
                .contributions = row->contributions,
                .cap = row->cap,
        };
        if (!row->is_late)
                return ledger_give(call, &entry);
        late.user_id = user_id;
        late.reason = (char *)(size_t)row->reason;
        late.object_ref = (char *)(size_t)object;
        return object == NULL ? STATUS_OK : give_late(call, key_of(call, user_id, row->reason, object), &late);
}

static status give(
        struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data, const struct credit_row *row)
{
        char *const *people;
        size_t count = values_of(data, row->whose, &people);
        for (size_t i = 0; i < count; i++)
                TRY(give_one(call, event, row, people[i], value_of(data, row->object)));
        return STATUS_OK;
}

static status undo(struct call *call, const char *user_id, const char *reason, const char *object)
{
        if (find_told(reason) != NULL)
                TRY(job_cancel(call, CREDIT_JOB, key_of(call, user_id, reason, object)));
        return ledger_undo(call, user_id, reason, object);
}

status credits_apply(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        for (size_t i = 0; i < sizeof credits / sizeof *credits; i++)
                if (is_of(call, event, credits[i].topic) && holds(data, credits[i].when, credits[i].is))
                        TRY(give(call, event, data, &credits[i]));
        for (size_t i = 0; i < sizeof undos / sizeof *undos; i++) {
                const char *user = value_of(data, undos[i].whose);
                const char *object = value_of(data, undos[i].object);
                if (user != NULL && object != NULL && is_of(call, event, undos[i].topic) &&
                        holds(data, undos[i].when, undos[i].is))
                        TRY(undo(call, user, undos[i].reason, object));
        }
        return STATUS_OK;
}

static status credit(struct call *call, const Anonymize__CreditRequest *in, Sfp__Empty *out)
{
        (void)out;
        const struct told *told = find_told(in->reason);
        if (told == NULL || !told->is_told)
                return call_invalid(call, "reason", "not_allowed", "is not one of the reasons that are told");
        Anonymize__CreditRequest kept = *in;
        kept.object_ref = NULL;
        return give_late(call, key_of(call, in->user_id, in->reason, in->object_ref), &kept);
}

status credits_run(struct call *call, const struct due_job *job)
{
        ProtobufCMessage *message;
        TRY(sealed_open(call, job->key, job->payload, &anonymize__credit_request__descriptor, &message));
        const Anonymize__CreditRequest *asked = (const Anonymize__CreditRequest *)message;
        const struct told *told = asked->user_id == NULL ? NULL : find_told(asked->reason);
        if (told == NULL)
                return STATUS_OK; /* of somebody who has left, or a reason of another version */
        const struct ledger_entry entry = {
                .user_id = asked->user_id,
                .source_key = job->key,
                .reason = told->reason,
                .object_ref = asked->object_ref,
                .points = told->points,
                .contributions = told->contributions,
                .cap = told->cap,
        };
        return ledger_give(call, &entry);
}

RPC_TABLE(credit_rpcs, CREDIT_RPCS);
