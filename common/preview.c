/* SPDX-License-Identifier: Apache-2.0 */
#include "common/preview.h"

#include "common/content.h"
#include "common/db.h"
#include "common/field.h"
#include "common/identity.h"
#include "common/inner.h"
#include "common/json_write.h"
#include "common/people.h"
#include "common/service.h"
#include "sfp/kit.pb-c.h"
#include "sfp/personal.pb-c.h"

#include <string.h>

#define PREVIEW_RPCS(RPC) RPC(Preview, preview, Personal__PreviewRequest, Personal__Previewed)
RPC_DECLARE(PREVIEW_RPCS)

static const char SQL_SET_SCENE[] = "SAVEPOINT preview";
static const char SQL_CLEAR_SCENE[] = "ROLLBACK TO SAVEPOINT preview";

/* Fields that say nothing of a person. */
static const char *const unsaid[] = {"viewer", "version", "notices", "relationship"};

static const struct preview_kind *find_kind(const struct call *call, const char *resource)
{
        const struct preview_kind *kind = call->service->definition->previews;
        while (kind != NULL && kind->resource != NULL && strcmp(kind->resource, resource) != 0)
                kind++;
        return kind == NULL || kind->resource == NULL ? NULL : kind;
}

static const struct rpc *find_handler(const struct call *call, const char *method)
{
        const char *name = strrchr(method, '.') + 1;
        for (const struct rpc *const *table = call->service->definition->tables; *table != NULL; table++)
                for (const struct rpc *rpc = *table; rpc->name != NULL; rpc++)
                        if (strcmp(rpc->name, name) == 0)
                                return rpc;
        return NULL;
}

static const struct content_kind *find_content(const struct call *call, const char *object_type)
{
        const struct content_kind *kind = call->service->definition->content;
        while (strcmp(kind->object_type, object_type) != 0) /* the table names one of ours */
                kind++;
        return kind;
}

static ProtobufCMessage *new_message(struct call *call, const struct schema_message *type)
{
        ProtobufCMessage *message = arena_alloc(call->arena, type->descriptor->sizeof_message);
        type->descriptor->message_init(message);
        return message;
}

/* The same call as if `user_id` came through the gateway. */
static struct call call_as(const struct call *call, const char *user_id, bool is_moderator)
{
        static const char *const roles[] = {"user", "mod"};
        struct call as = *call;
        Sfp__Caller *caller = arena_alloc(call->arena, sizeof *caller);
        sfp__caller__init(caller);
        caller->user_id = (char *)(size_t)user_id;
        caller->n_roles = is_moderator ? 2 : 1;
        caller->roles = (char **)(size_t)roles;
        caller->time_zone = call->caller->time_zone;
        caller->service = (char *)(size_t)IDENTITY_GATEWAY;
        as.caller = caller;
        return as;
}

/* As the server does for every answer: authors are shown, what is inside is taken out. */
static status finish(struct call *as, ProtobufCMessage *out)
{
        TRY(db_flush(as));
        if (as->service->definition->knows_people && people_are_in(as->method->output))
                TRY(people_show(as, out));
        inner_clear(as->method->output, out);
        return STATUS_OK;
}

static status render(struct call *as, const struct preview_kind *kind, const char *id, ProtobufCMessage **out)
{
        const struct rpc *handler = find_handler(as, kind->method);
        as->method = schema_method_find(as->service->schema, kind->method);
        if (as->method == NULL || handler == NULL)
                return call_fail(as, STATUS_INTERNAL, "there is no method %s here", kind->method);
        ProtobufCMessage *in = new_message(as, as->method->input);
        *out = new_message(as, as->method->output);
        field_set_text(in, kind->id_field, id);
        TRY(handler->serve(as, in, *out));
        return finish(as, *out);
}

/* What stands at a moderator's desk, without whose it is. */
static status render_content(struct call *as, const struct preview_kind *kind, const char *id, ProtobufCMessage **out)
{
        Content__Snapshot *snapshot = arena_alloc(as->arena, sizeof *snapshot);
        content__snapshot__init(snapshot);
        TRY(find_content(as, kind->content_kind)->show(as, id, snapshot));
        snapshot->author_user_id = NULL;
        *out = &snapshot->base;
        return STATUS_OK;
}

static bool is_said(const char *name)
{
        for (size_t i = 0; i < sizeof unsaid / sizeof *unsaid; i++)
                if (strcmp(unsaid[i], name) == 0)
                        return false;
        return true;
}

static void hide(struct call *call, Personal__Previewed *out, const char *name)
{
        for (size_t i = 0; i < out->n_hidden_fields; i++)
                if (strcmp(out->hidden_fields[i], name) == 0)
                        return;
        char **names = arena_alloc(call->arena, (out->n_hidden_fields + 1) * sizeof *names);
        for (size_t i = 0; i < out->n_hidden_fields; i++)
                names[i] = out->hidden_fields[i];
        names[out->n_hidden_fields++] = (char *)(size_t)name;
        out->hidden_fields = names;
}

/* Whatever `own` has that `seen`, which may be of another type, has not. */
static void compare(
        struct call *call, const ProtobufCMessage *own, const ProtobufCMessage *seen, Personal__Previewed *out)
{
        for (unsigned i = 0; i < own->descriptor->n_fields; i++) {
                const ProtobufCFieldDescriptor *field = &own->descriptor->fields[i];
                const ProtobufCFieldDescriptor *other =
                        protobuf_c_message_descriptor_get_field_by_name(seen->descriptor, field->name);
                if (is_said(field->name) && field_is_set(own, field) && (other == NULL || !field_is_set(seen, other)))
                        hide(call, out, field->name);
        }
}

struct scene {
        const struct preview_kind *kind;
        struct call owner;
        struct call viewer;
        bool is_moderated; /* the viewer is shown the content, not the answer */
};

/* One thing as the viewer finds it, if they do. */
static status show_one(struct scene *scene, const char *id, struct buffer *json, Personal__Previewed *out)
{
        ProtobufCMessage *own = NULL, *seen = NULL;
        TRY(render(&scene->owner, scene->kind, id, &own));
        status found = scene->is_moderated ? render_content(&scene->viewer, scene->kind, id, &seen)
                                           : render(&scene->viewer, scene->kind, id, &seen);
        if (found == STATUS_NOT_FOUND) {
                out->hidden_items++;
                return STATUS_OK;
        }
        TRY(found);
        if (!scene->is_moderated)
                compare(&scene->owner, own, seen, out);
        if (json->length > 0 && !scene->kind->is_single && json->bytes[json->length - 1] != '[')
                buffer_putc(json, ',');
        json_write(json, seen);
        return STATUS_OK;
}

static status show_all(struct scene *scene, const Sfp__RowIds *ids, Personal__Previewed *out)
{
        struct buffer json = buffer_in(scene->owner.arena);
        if (!scene->kind->is_single)
                buffer_putc(&json, '[');
        for (size_t i = 0; i < ids->n_items; i++)
                TRY(show_one(scene, ids->items[i]->id, &json, out));
        if (!scene->kind->is_single)
                buffer_putc(&json, ']');
        if (json.length == 0)
                return STATUS_OK; /* a single one, hidden */
        out->rendered = arena_alloc(scene->owner.arena, sizeof *out->rendered);
        sfp__json__init(out->rendered);
        out->rendered->text = arena_strdup(scene->owner.arena, buffer_text(&json));
        return STATUS_OK;
}

static const char *relation_of(const struct preview_kind *kind, const char *as)
{
        if (strcmp(as, "connection") == 0)
                return kind->sql_connection;
        return strcmp(as, "group_member") == 0 ? kind->sql_group_member : NULL;
}

static status play(struct call *call, const struct preview_kind *kind, const Personal__PreviewRequest *in,
        const Sfp__RowIds *ids, Personal__Previewed *out)
{
        bool is_moderator = strcmp(in->as, "mod") == 0;
        const char *relation = relation_of(kind, in->as);
        struct scene scene = {kind, call_as(call, in->user_id, false), call_as(call, PREVIEW_VIEWER, is_moderator),
                is_moderator && kind->content_kind != NULL};
        if (relation != NULL)
                TRY(db_exec(call, relation, in->user_id, PREVIEW_VIEWER));
        out->has_hidden_items = 1;
        return show_all(&scene, ids, out);
}

static status load_ids(
        struct call *call, const struct preview_kind *kind, const Personal__PreviewRequest *in, Sfp__RowIds *out)
{
        const char *sql = arena_printf(call->arena, "%s LIMIT %d", kind->sql_ids, PREVIEW_ITEMS_MAX);
        TRY(db_rows(call, &out->base, "items", sql,
                kind->key == NULL ? db_text(in->user_id) : db_bytes(kind->key(call, in->user_id))));
        if (kind->is_single && out->n_items == 0)
                return call_fail(call, STATUS_NOT_FOUND, "there is none of yours yet");
        return STATUS_OK;
}

static status preview(struct call *call, const Personal__PreviewRequest *in, Personal__Previewed *out)
{
        Sfp__RowIds ids = SFP__ROW_IDS__INIT;
        const struct preview_kind *kind = find_kind(call, in->resource);
        if (kind == NULL)
                return call_fail(call, STATUS_NOT_FOUND, "there is nothing of that name here");
        TRY(load_ids(call, kind, in, &ids));
        TRY(db_exec(call, SQL_SET_SCENE));
        status played = play(call, kind, in, &ids, out);
        TRY(db_exec(call, SQL_CLEAR_SCENE));
        if (played != STATUS_OK && call->failure == NULL)
                return call_fail(call, played, "it cannot be shown now");
        return played;
}

RPC_TABLE(preview_rpcs, PREVIEW_RPCS);
