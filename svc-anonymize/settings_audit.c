/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of the request and of the settings meet by their names. The record is a chain (svc-anonymize/chain.h). */
#include "svc-anonymize/settings_audit.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/field.h"
#include "common/page.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/chain.h"

#include <string.h>

#define SETTINGS_HISTORY_RPCS(RPC)                                                                                     \
        RPC(ListSettingsHistory, list_settings_history, Anonymize__ListHistoryRequest, Anonymize__SettingsHistory)
RPC_DECLARE(SETTINGS_HISTORY_RPCS)

enum { CHANGES_MAX = 64 }; /* every setting, and forty kinds of activity */

static const char SQL_LAST[] = "SELECT position, hash FROM privacy_changes WHERE user_id = $1 AND hash IS NOT NULL"
                               " ORDER BY position DESC LIMIT 1";
static const char SQL_RECORD[] =
        "INSERT INTO privacy_changes (id, user_id, setting, from_value, to_value, version, at, position, previous_hash, hash)"
        " VALUES ($1, $2, $3, nullif($4, ''), nullif($5, ''), $6, timestamptz 'epoch' + $7 * interval '1 microsecond', $8, $9,"
        " $10)";
static const char SQL_HISTORY[] =
        "SELECT id, setting, from_value, to_value, version, at, (extract(epoch FROM at) * 1000000)::bigint AS at_us,"
        " previous_hash, hash, position AS page_key, id AS page_id FROM privacy_changes"
        " WHERE (position, id) < ($1::bigint, $2::uuid) AND user_id = $3 ORDER BY position DESC, id DESC";

static void add_change(struct settings_changes *changes, const char *setting, const char *from, const char *to)
{
        if (strcmp(from, to) == 0 || changes->count == CHANGES_MAX)
                return;
        changes->settings[changes->count] = (char *)(size_t)setting;
        changes->from[changes->count] = (char *)(size_t)from;
        changes->to[changes->count++] = (char *)(size_t)to;
}

static const char *value_of(struct arena *arena, const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
        const void *place = field_place(message, field);
        switch (field->type) {
        case PROTOBUF_C_TYPE_BOOL:
                return *(const protobuf_c_boolean *)place ? "true" : "false";
        case PROTOBUF_C_TYPE_STRING:
                return *(const char *const *)place == NULL ? "" : *(const char *const *)place;
        default:
                return arena_printf(arena, "%d", *(const int32_t *)place);
        }
}

static void compare_values(
        struct arena *arena, const ProtobufCMessage *old, const ProtobufCMessage *in, struct settings_changes *changes)
{
        for (unsigned i = 0; i < in->descriptor->n_fields; i++) {
                const ProtobufCFieldDescriptor *field = &in->descriptor->fields[i];
                const ProtobufCFieldDescriptor *stored =
                        protobuf_c_message_descriptor_get_field_by_name(old->descriptor, field->name);
                if (stored != NULL && !field_is_repeated(field) && field_is_set(in, field))
                        add_change(changes, field->name, value_of(arena, old, stored), value_of(arena, in, field));
        }
}

static const char *level_of(const Anonymize__PrivacySettings *settings, const char *type)
{
        for (size_t i = 0; i < settings->n_activity_levels; i++)
                if (strcmp(settings->activity_levels[i]->type, type) == 0)
                        return settings->activity_levels[i]->level;
        return "";
}

/* New phrases may be as many as the old ones: that they are new is a change all the same. */
static void compare_keywords(struct arena *arena, const Anonymize__PrivacySettings *old,
        const Anonymize__UpdateSettingsRequest *in, struct settings_changes *changes)
{
        if (in->n_restricted_keywords > 0 || (in->clear_restricted_keywords && old->n_restricted_keywords > 0))
                add_change(changes, "restricted_keywords",
                        arena_printf(arena, "%zu phrases", old->n_restricted_keywords),
                        arena_printf(arena, "%zu", in->n_restricted_keywords));
}

struct settings_changes settings_compare(
        struct arena *arena, const Anonymize__PrivacySettings *old, const Anonymize__UpdateSettingsRequest *in)
{
        struct settings_changes changes = {
                .settings = arena_alloc(arena, CHANGES_MAX * sizeof(char *)),
                .from = arena_alloc(arena, CHANGES_MAX * sizeof(char *)),
                .to = arena_alloc(arena, CHANGES_MAX * sizeof(char *)),
        };
        compare_values(arena, &old->base, &in->base, &changes);
        for (size_t i = 0; i < in->n_activity_levels; i++)
                add_change(&changes, arena_printf(arena, "activity_levels.%s", in->activity_levels[i]->type),
                        level_of(old, in->activity_levels[i]->type), in->activity_levels[i]->level);
        compare_keywords(arena, old, in, &changes);
        return changes;
}

const char *settings_value(struct arena *arena, const Anonymize__PrivacySettings *settings, const char *name)
{
        return value_of(arena, &settings->base,
                protobuf_c_message_descriptor_get_field_by_name(settings->base.descriptor, name));
}

static const char *number(struct call *call, int64_t value)
{
        return arena_printf(call->arena, "%lld", (long long)value);
}

/* In the order that docs/privacy.md gives them. */
static ProtobufCBinaryData hash_of(struct call *call, const Anonymize__SettingsChange *row)
{
        const char *const fields[] = {"setting", row->id, row->setting, row->from_value, row->to_value,
                number(call, row->version), number(call, row->at_us)};
        return chain_link(call->arena, row->previous_hash, sizeof fields / sizeof *fields, fields);
}

/* The row of the settings, which whoever changes them has changed already, keeps others from the same end of the
 * chain. */
status settings_record(struct call *call, const struct settings_changes *changes, int64_t version)
{
        Anonymize__SettingsChange last = ANONYMIZE__SETTINGS_CHANGE__INIT;
        const char *user = call->caller->user_id;
        status found = db_one(call, &last.base, SQL_LAST, user);
        if (found != STATUS_OK && found != STATUS_NOT_FOUND)
                return found;
        ProtobufCBinaryData previous = found == STATUS_OK ? last.hash : chain_start(call->arena);
        for (size_t i = 0; i < changes->count; i++) {
                char id[UUID_SIZE];
                Anonymize__SettingsChange row = ANONYMIZE__SETTINGS_CHANGE__INIT;
                uuid_v7(id);
                row.id = id;
                row.setting = changes->settings[i];
                row.from_value = changes->from[i];
                row.to_value = changes->to[i];
                row.version = version;
                row.at_us = clock_unix_us();
                row.previous_hash = previous;
                previous = hash_of(call, &row);
                TRY(db_later(call, NULL, SQL_RECORD, id, user, row.setting, row.from_value, row.to_value, version,
                        row.at_us, last.position + (int64_t)i + 1, row.previous_hash, previous));
        }
        return STATUS_OK;
}

/* Rows of before there were hashes have none, and are all older. */
static bool is_whole(struct call *call, const Anonymize__SettingsChange *row, const Anonymize__SettingsChange *later)
{
        if (row->hash.len == 0)
                return later == NULL || later->hash.len == 0 ||
                       chain_is_same(later->previous_hash, chain_start(call->arena));
        return chain_is_same(row->hash, hash_of(call, row)) &&
               (later == NULL || chain_is_same(later->previous_hash, row->hash));
}

static status list_settings_history(
        struct call *call, const Anonymize__ListHistoryRequest *in, Anonymize__SettingsHistory *out)
{
        TRY(page_rows(call, &in->base, &out->base, SQL_HISTORY, call->caller->user_id));
        out->has_is_whole = out->is_whole = 1;
        for (size_t i = 0; i < out->n_items; i++)
                out->is_whole &= is_whole(call, out->items[i], i == 0 ? NULL : out->items[i - 1]);
        return STATUS_OK;
}

RPC_TABLE(settings_history_rpcs, SETTINGS_HISTORY_RPCS);
