/* SPDX-License-Identifier: Apache-2.0 */
/* One at a time writes behind somebody's last row: the lock is taken before that is read. A consent that says the same
 * as a setting goes through the settings, so that what heeds those heeds it at once. */
#include "svc-anonymize/consents.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/event.h"
#include "common/field.h"
#include "common/keyring.h"
#include "common/page.h"
#include "common/rpc.h"
#include "common/service.h"
#include "common/uuid.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/chain.h"
#include "svc-anonymize/settings.h"

#include <string.h>

#define CONSENT_RPCS(RPC)                                                                                              \
        RPC(ListConsents, list_consents, Anonymize__ListConsentsRequest, Anonymize__ConsentList)                       \
        RPC(PutConsent, put_consent, Anonymize__PutConsentRequest, Anonymize__Consent)                                 \
        RPC(ListConsentHistory, list_consent_history, Anonymize__ListHistoryRequest, Anonymize__ConsentHistory)
RPC_DECLARE(CONSENT_RPCS)

static const char SQL_ALONE[] = "SELECT pg_advisory_xact_lock(hashtextextended('sfp consents ' || $1::text, 0))";
static const char SQL_LAST[] =
        "SELECT position, hash FROM consents WHERE owner_tag = $1 ORDER BY position DESC LIMIT 1";
static const char SQL_LATEST[] =
        "SELECT purpose, text_version, locale, channel, is_given AS given,"
        " timestamptz 'epoch' + at_us * interval '1 microsecond' AS at FROM consents WHERE owner_tag = $1 AND purpose = $2"
        " ORDER BY position DESC LIMIT 1";
static const char SQL_ALL[] =
        "SELECT DISTINCT ON (purpose) purpose, text_version, locale, channel, is_given AS given,"
        " timestamptz 'epoch' + at_us * interval '1 microsecond' AS at FROM consents WHERE owner_tag = $1"
        " ORDER BY purpose, position DESC";
static const char SQL_ADD[] =
        "INSERT INTO consents (id, owner_tag, position, purpose, text_version, locale, channel, is_given, at_us,"
        " previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8::integer::boolean, $9, $10, $11)";
static const char SQL_HISTORY[] =
        "SELECT id, purpose, text_version, locale, channel, is_given AS given, at_us,"
        " timestamptz 'epoch' + at_us * interval '1 microsecond' AS at, previous_hash, hash, position AS page_key,"
        " id AS page_id FROM consents WHERE (position, id) < ($1::bigint, $2::uuid) AND owner_tag = $3"
        " ORDER BY position DESC, id DESC";

static const struct purpose {
        const char *name;
        const char *text_version;
        const char *setting;
        const char *when_given;
        const char *when_withdrawn;
        const char *text;
} purposes[] = {
#define CONSENT(purpose, version, setting, given, withdrawn, text) {purpose, version, setting, given, withdrawn, text},
#include "svc-anonymize/consents.def"
#undef CONSENT
};

enum { PURPOSES = sizeof purposes / sizeof *purposes };

static const char LOCALE[] = "en"; /* of the texts above */

static const struct purpose *find_purpose(const char *name)
{
        for (size_t i = 0; i < PURPOSES; i++)
                if (strcmp(purposes[i].name, name) == 0)
                        return &purposes[i];
        return NULL;
}

ProtobufCBinaryData consent_tag(struct call *call, const char *user_id)
{
        return keyring_tag(call->service->keys, call->arena, "anonymize consents", user_id);
}

static const char *number(struct call *call, int64_t value)
{
        return arena_printf(call->arena, "%lld", (long long)value);
}

/* In the order that docs/privacy.md gives them. */
static ProtobufCBinaryData hash_of(struct call *call, const Anonymize__ConsentRecord *row)
{
        const char *const fields[] = {"consent", row->id, row->purpose, row->text_version, row->locale, row->channel,
                row->given ? "given" : "withdrawn", number(call, row->at_us)};
        return chain_link(call->arena, row->previous_hash, sizeof fields / sizeof *fields, fields);
}

/* What the person has last said of a purpose; NOT_FOUND: nothing yet. */
static status load_latest(struct call *call, const char *user_id, const char *purpose, Anonymize__Consent *out)
{
        return db_one(call, &out->base, SQL_LATEST, consent_tag(call, user_id), purpose);
}

static status append(
        struct call *call, const char *user_id, const struct purpose *purpose, const char *channel, bool is_given)
{
        char id[UUID_SIZE];
        ProtobufCBinaryData tag = consent_tag(call, user_id);
        Anonymize__ConsentRecord last = ANONYMIZE__CONSENT_RECORD__INIT, row = ANONYMIZE__CONSENT_RECORD__INIT;
        status found = db_one(call, &last.base, SQL_LAST, tag);
        if (found != STATUS_OK && found != STATUS_NOT_FOUND)
                return found;
        uuid_v4(id);
        row.id = id;
        row.purpose = (char *)(size_t)purpose->name;
        row.text_version = (char *)(size_t)purpose->text_version;
        row.locale = (char *)(size_t)LOCALE;
        row.channel = (char *)(size_t)channel;
        row.given = is_given;
        row.at_us = clock_unix_us();
        row.previous_hash = found == STATUS_OK ? last.hash : chain_start(call->arena);
        return db_exec(call, SQL_ADD, id, tag, last.position + 1, row.purpose, row.text_version, row.locale, channel,
                is_given, row.at_us, row.previous_hash, hash_of(call, &row));
}

static status announce(struct call *call, const char *user_id, const char *purpose, bool is_given)
{
        Anonymize__ConsentChanged event = ANONYMIZE__CONSENT_CHANGED__INIT;
        event.user_id = (char *)(size_t)user_id;
        event.purpose = (char *)(size_t)purpose;
        event.has_given = 1;
        event.given = is_given;
        return event_publish(call, &event.base);
}

static status say(
        struct call *call, const char *user_id, const struct purpose *purpose, const char *channel, bool is_given)
{
        TRY(append(call, user_id, purpose, channel, is_given));
        return announce(call, user_id, purpose->name, is_given);
}

status consents_follow(struct call *call, const struct settings_changes *changes, const char *channel)
{
        const char *user = call->caller->user_id;
        TRY(db_exec(call, SQL_ALONE, user));
        for (size_t i = 0; i < changes->count; i++)
                for (size_t p = 0; p < PURPOSES; p++)
                        if (purposes[p].setting != NULL && strcmp(purposes[p].setting, changes->settings[i]) == 0)
                                TRY(say(call, user, &purposes[p], channel,
                                        strcmp(changes->to[i], purposes[p].when_given) == 0));
        return STATUS_OK;
}

/* The value that a request gives a setting, as consents.def writes it; NULL: none. */
static const char *value_in(const ProtobufCMessage *message, const char *setting)
{
        const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field_by_name(message->descriptor, setting);
        if (!field_is_set(message, field))
                return NULL;
        if (field->type == PROTOBUF_C_TYPE_STRING)
                return field_text(message, setting);
        return field_flag(message, setting) ? "true" : "false";
}

status consents_note(struct call *call, const Anonymize__UpdateSettingsRequest *settings, const char *channel)
{
        static const char *const said_by_doing[] = {"goal_sharing", "mentor_requests"};
        const char *user = call->caller->user_id;
        for (size_t i = 0; i < sizeof said_by_doing / sizeof *said_by_doing; i++) {
                const struct purpose *purpose = find_purpose(said_by_doing[i]);
                const char *value = value_in(&settings->base, purpose->setting);
                Anonymize__Consent latest = ANONYMIZE__CONSENT__INIT;
                if (value == NULL)
                        continue;
                TRY(db_exec(call, SQL_ALONE, user));
                status found = load_latest(call, user, purpose->name, &latest);
                if (found == STATUS_NOT_FOUND)
                        found = say(call, user, purpose, channel, strcmp(value, purpose->when_given) == 0);
                TRY(found);
        }
        return STATUS_OK;
}

status consents_imply(
        struct call *call, const char *user_id, const char *purpose, const char *channel, bool *is_withdrawn)
{
        Anonymize__Consent latest = ANONYMIZE__CONSENT__INIT;
        TRY(db_exec(call, SQL_ALONE, user_id));
        status found = load_latest(call, user_id, purpose, &latest);
        if (found != STATUS_OK && found != STATUS_NOT_FOUND)
                return found;
        *is_withdrawn = found == STATUS_OK && !latest.given;
        return found == STATUS_OK ? STATUS_OK : append(call, user_id, find_purpose(purpose), channel, true);
}

/* The consent as a change of its setting. */
static status change_setting(struct call *call, const struct purpose *purpose, const char *channel, bool is_given)
{
        Anonymize__UpdateSettingsRequest change = ANONYMIZE__UPDATE_SETTINGS_REQUEST__INIT;
        const char *value = is_given ? purpose->when_given : purpose->when_withdrawn;
        const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field_by_name(change.base.descriptor, purpose->setting);
        if (field->type == PROTOBUF_C_TYPE_STRING) {
                *(char **)field_place(&change.base, field) = (char *)(size_t)value;
        } else {
                *(protobuf_c_boolean *)field_quantifier(&change.base, field) = 1;
                *(protobuf_c_boolean *)field_place(&change.base, field) = strcmp(value, "true") == 0;
        }
        return settings_change(call, &change, channel);
}

/* What is asked beside what was last said of it. */
static void show_text(const struct purpose *purpose, Anonymize__Consent *out)
{
        out->purpose = (char *)(size_t)purpose->name;
        out->text = (char *)(size_t)purpose->text;
        out->current_text_version = (char *)(size_t)purpose->text_version;
        out->has_given = 1;
}

static Anonymize__Consent *find_said(const Anonymize__ConsentList *said, const char *purpose)
{
        for (size_t i = 0; i < said->n_items; i++)
                if (strcmp(said->items[i]->purpose, purpose) == 0)
                        return said->items[i];
        return NULL;
}

/* A setting that was on before consents were written down is one. */
static void show_state(struct call *call, const struct purpose *purpose, const Anonymize__PrivacySettings *settings,
        Anonymize__Consent *out)
{
        if (purpose->setting != NULL && settings->id != NULL)
                out->given = strcmp(settings_value(call->arena, settings, purpose->setting), purpose->when_given) == 0;
}

static status list_consents(struct call *call, const Anonymize__ListConsentsRequest *in, Anonymize__ConsentList *out)
{
        (void)in;
        const char *user = call->caller->user_id;
        Anonymize__ConsentList said = ANONYMIZE__CONSENT_LIST__INIT;
        Anonymize__PrivacySettings settings = ANONYMIZE__PRIVACY_SETTINGS__INIT;
        status found = settings_load(call, user, &settings);
        if (found != STATUS_OK && found != STATUS_NOT_FOUND)
                return found;
        TRY(db_rows(call, &said.base, "items", SQL_ALL, consent_tag(call, user)));
        out->items = arena_alloc(call->arena, PURPOSES * sizeof *out->items);
        for (size_t i = 0; i < PURPOSES; i++) {
                Anonymize__Consent *row = find_said(&said, purposes[i].name);
                if (row == NULL) {
                        row = arena_alloc(call->arena, sizeof *row);
                        anonymize__consent__init(row);
                }
                show_text(&purposes[i], row);
                show_state(call, &purposes[i], &settings, row);
                out->items[out->n_items++] = row;
        }
        return STATUS_OK;
}

/* Taking back needs no text read: it must be no harder than giving. */
static status check_text(struct call *call, const Anonymize__PutConsentRequest *in, const struct purpose *purpose)
{
        if (!in->given)
                return STATUS_OK;
        if (in->text_version == NULL)
                return call_invalid(call, "text_version", "required", "is that of the text agreed to");
        if (strcmp(in->text_version, purpose->text_version) != 0)
                return call_problem(
                        call, PROBLEM_CONFLICT, "the text is another one by now: %s", purpose->text_version);
        return STATUS_OK;
}

static status put_consent(struct call *call, const Anonymize__PutConsentRequest *in, Anonymize__Consent *out)
{
        const char *user = call->caller->user_id;
        Anonymize__Consent latest = ANONYMIZE__CONSENT__INIT;
        const struct purpose *purpose = find_purpose(in->purpose);
        if (purpose == NULL)
                return call_fail(call, STATUS_NOT_FOUND, "nobody is asked for that");
        TRY(check_text(call, in, purpose));
        if (purpose->setting != NULL)
                TRY(change_setting(call, purpose, in->channel, in->given));
        TRY(db_exec(call, SQL_ALONE, user));
        status found = load_latest(call, user, purpose->name, &latest);
        if (found != STATUS_OK && found != STATUS_NOT_FOUND)
                return found;
        if (found == STATUS_NOT_FOUND ? in->given : latest.given != in->given)
                TRY(say(call, user, purpose, in->channel, in->given));
        found = load_latest(call, user, purpose->name, out);
        if (found != STATUS_OK && found != STATUS_NOT_FOUND)
                return found;
        show_text(purpose, out);
        return STATUS_OK;
}

static status list_consent_history(
        struct call *call, const Anonymize__ListHistoryRequest *in, Anonymize__ConsentHistory *out)
{
        TRY(page_rows(call, &in->base, &out->base, SQL_HISTORY, consent_tag(call, call->caller->user_id)));
        out->has_is_whole = out->is_whole = 1;
        for (size_t i = 0; i < out->n_items; i++) {
                const Anonymize__ConsentRecord *row = out->items[i];
                out->is_whole &= chain_is_same(row->hash, hash_of(call, row)) &&
                                 (i == 0 || chain_is_same(out->items[i - 1]->previous_hash, row->hash));
        }
        return STATUS_OK;
}

RPC_TABLE(consent_rpcs, CONSENT_RPCS);
