/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of the request and of the settings meet by their names. */
#include "svc-anonymize/settings_audit.h"

#include "common/db.h"
#include "common/field.h"
#include "common/uuid.h"

#include <string.h>

enum { CHANGES_MAX = 64 }; /* every setting, and forty kinds of activity */

static const char SQL_RECORD[] =
        "INSERT INTO privacy_changes (id, user_id, setting, from_value, to_value, version)"
        " SELECT c.id::uuid, $1, c.setting, nullif(c.old, ''), nullif(c.new, ''), $6"
        " FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) c (id, setting, old, new)";

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

static char **new_ids(struct arena *arena, size_t count)
{
        char **ids = arena_alloc(arena, count * sizeof *ids + 1);
        for (size_t i = 0; i < count; i++) {
                ids[i] = arena_alloc(arena, UUID_SIZE);
                uuid_v7(ids[i]);
        }
        return ids;
}

status settings_record(struct call *call, const struct settings_changes *changes, int64_t version)
{
        size_t count = changes->count;
        return db_later(call, NULL, SQL_RECORD, call->caller->user_id, db_texts(count, new_ids(call->arena, count)),
                db_texts(count, changes->settings), db_texts(count, changes->from), db_texts(count, changes->to),
                version);
}
