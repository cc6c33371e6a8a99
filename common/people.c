/* SPDX-License-Identifier: Apache-2.0 */
/* The references of a message are gathered first, so that all of them are looked up at once. */
#include "common/people.h"

#include "common/field.h"
#include "common/identity.h"
#include "common/pseudonym.h"
#include "common/service.h"
#include "sfp/person.pb-c.h"

#include <string.h>

enum { DEPTH_MAX = 8 };

static const char SQL_FIND[] =
        "SELECT user_id FROM people WHERE profile_id = $1 AND " NOT_BLOCKED("$2", "people.user_id");
static const char SQL_BLOCKED[] = "SELECT FROM blocks WHERE user_id = $1 AND other_id = $2";
static const char SQL_PEOPLE[] = "SELECT user_id, profile_id, display_name, avatar_url, experience_level FROM people"
                                 " WHERE user_id = ANY ($1::uuid[])";
static const char SQL_SANCTION[] = "SELECT kind FROM sanctions WHERE user_id = $1"
                                   " AND (until_at IS NULL OR until_at > now()) ORDER BY until_at DESC NULLS FIRST";

status people_find(struct call *call, const char *profile_id, char **user_id)
{
        Sfp__PersonRow row = SFP__PERSON_ROW__INIT;
        TRY(db_one(call, &row.base, SQL_FIND, profile_id, call->caller->user_id));
        *user_id = row.user_id;
        return STATUS_OK;
}

status people_are_blocked(struct call *call, const char *user_id, const char *other_id, bool *out)
{
        PGresult *result;
        TRY(db_query(call, &result, SQL_BLOCKED, user_id, other_id));
        *out = PQntuples(result) > 0;
        return STATUS_OK;
}

static bool holds(const struct schema_message *type, int depth)
{
        if (type->descriptor == &sfp__author_ref__descriptor)
                return true;
        for (unsigned i = 0; depth < DEPTH_MAX && i < type->descriptor->n_fields; i++)
                if (type->parts[i] != NULL && holds(type->parts[i], depth + 1))
                        return true;
        return false;
}

bool people_are_in(const struct schema_message *type)
{
        return holds(type, 0);
}

/* A growing list; with `refs` NULL it only counts. */
struct gathered {
        size_t count;
        Sfp__AuthorRef **refs;
};

static void gather(const ProtobufCMessage *message, int depth, struct gathered *out);

static void gather_field(
        const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, int depth, struct gathered *out)
{
        ProtobufCMessage *const *parts = field_place(message, field);
        size_t count = 1;
        if (field_is_repeated(field)) {
                count = *(size_t *)field_quantifier(message, field);
                parts = *(ProtobufCMessage *const *const *)field_place(message, field);
        }
        for (size_t i = 0; i < count; i++)
                if (parts[i] != NULL)
                        gather(parts[i], depth + 1, out);
}

static void gather(const ProtobufCMessage *message, int depth, struct gathered *out)
{
        if (message->descriptor == &sfp__author_ref__descriptor) {
                if (out->refs != NULL)
                        out->refs[out->count] = (Sfp__AuthorRef *)(size_t)message;
                out->count++;
                return;
        }
        for (unsigned i = 0; depth < DEPTH_MAX && i < message->descriptor->n_fields; i++)
                if (message->descriptor->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
                        gather_field(message, &message->descriptor->fields[i], depth, out);
}

static bool is_by_name(const Sfp__AuthorRef *ref)
{
        return ref->user_id != NULL && ref->scope == NULL;
}

static status load_people(struct call *call, const struct gathered *refs, Sfp__PersonRows *out)
{
        char **ids = arena_alloc(call->arena, refs->count * sizeof *ids);
        size_t n_ids = 0;
        for (size_t i = 0; i < refs->count; i++)
                if (is_by_name(refs->refs[i]))
                        ids[n_ids++] = refs->refs[i]->user_id;
        return n_ids == 0 ? STATUS_OK : db_rows(call, &out->base, "items", SQL_PEOPLE, db_texts(n_ids, ids));
}

static const Sfp__PersonRow *find_person(const Sfp__PersonRows *people, const char *user_id)
{
        for (size_t i = 0; i < people->n_items; i++)
                if (strcmp(people->items[i]->user_id, user_id) == 0)
                        return people->items[i];
        return NULL;
}

static void show_person(Sfp__AuthorRef *ref, const Sfp__PersonRow *person)
{
        ref->kind = (char *)(size_t) "profile";
        ref->id = person->profile_id;
        ref->display_name = person->display_name;
        ref->avatar_url = person->avatar_url;
        ref->experience_level = person->experience_level;
}

/* Also for somebody without a profile: everywhere in the service the same. */
static void show_pseudonym(
        struct call *call, struct pseudonym_key *key, Sfp__AuthorRef *ref, const struct pseudonym_salt *salt)
{
        const char *scope = ref->scope != NULL ? ref->scope : call->service->definition->name;
        struct pseudonym pseudonym = pseudonym_of(call, key, salt, scope);
        ref->kind = (char *)(size_t) "pseudonym";
        ref->id = arena_strdup(call->arena, pseudonym.id);
        ref->display_name = (char *)(size_t)pseudonym.name;
        ref->avatar_url = NULL;
        ref->experience_level = NULL;
}

static void clear(Sfp__AuthorRef *ref)
{
        ref->user_id = NULL;
        ref->scope = NULL;
}

/* Shows those who are known by name; `refs` becomes the others who are somebody. */
static void show_names(struct gathered *refs, const Sfp__PersonRows *people)
{
        size_t n_others = 0;
        for (size_t i = 0; i < refs->count; i++) {
                Sfp__AuthorRef *ref = refs->refs[i];
                const Sfp__PersonRow *person = is_by_name(ref) ? find_person(people, ref->user_id) : NULL;
                if (person == NULL && ref->user_id != NULL) {
                        refs->refs[n_others++] = ref;
                        continue;
                }
                if (person != NULL)
                        show_person(ref, person);
                clear(ref);
        }
        refs->count = n_others;
}

static status show_others(struct call *call, const struct gathered *refs)
{
        struct pseudonym_salt *salts;
        struct pseudonym_key key = {0};
        char **ids = arena_alloc(call->arena, refs->count * sizeof *ids + 1);
        if (refs->count == 0)
                return STATUS_OK;
        for (size_t i = 0; i < refs->count; i++)
                ids[i] = refs->refs[i]->user_id;
        TRY(pseudonym_salts_load(call, refs->count, ids, &salts));
        for (size_t i = 0; i < refs->count; i++) {
                show_pseudonym(call, &key, refs->refs[i], &salts[i]);
                clear(refs->refs[i]);
        }
        return STATUS_OK;
}

status people_show(struct call *call, ProtobufCMessage *message)
{
        struct gathered refs = {0};
        Sfp__PersonRows people = SFP__PERSON_ROWS__INIT;
        gather(message, 0, &refs);
        if (refs.count == 0)
                return STATUS_OK;
        refs.refs = arena_alloc(call->arena, refs.count * sizeof *refs.refs);
        refs.count = 0;
        gather(message, 0, &refs);
        TRY(load_people(call, &refs, &people));
        show_names(&refs, &people);
        return show_others(call, &refs);
}

static bool is_bound(const struct call *call)
{
        const Sfp__MethodRules *rules = call->method->rules;
        return rules->transaction && !rules->open_to_sanctioned && call->caller->user_id != NULL &&
               strcmp(call->caller->service, IDENTITY_GATEWAY) == 0;
}

status people_check_sanction(struct call *call)
{
        PGresult *result;
        if (!is_bound(call))
                return STATUS_OK;
        TRY(db_query(call, &result, SQL_SANCTION, call->caller->user_id));
        if (PQntuples(result) == 0)
                return STATUS_OK;
        return call_problem(call, PROBLEM_SANCTIONED,
                "a sanction stands ('%s'): its reasons are under /moderation/actions", PQgetvalue(result, 0, 0));
}
