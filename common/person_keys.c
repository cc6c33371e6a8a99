/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that a call has found are kept in a list of tables, one for each time that it has looked. A table is never
 * changed: who works on a copy of the call shares those of before. */
#include "common/person_keys.h"

#include "common/db.h"
#include "common/keyring.h"
#include "common/random.h"
#include "common/row.h"
#include "common/service.h"
#include "common/uuid.h"
#include "sfp/kit.pb-c.h"

#include <openssl/crypto.h>
#include <string.h>

static const char SQL_OF[] = "SELECT id, sealed FROM person_keys WHERE owner_tag = $1";
static const char SQL_MAKE[] = "INSERT INTO person_keys (id, owner_tag, sealed, sealed_by) VALUES ($1, $2, $3, $4)"
                               " ON CONFLICT (owner_tag) DO NOTHING RETURNING id, sealed";
static const char SQL_FIND[] = "SELECT id, sealed FROM person_keys WHERE id = ANY ($1::uuid[])";
static const char SQL_OLD[] = "SELECT id, sealed FROM person_keys WHERE sealed_by <> $1 ORDER BY id LIMIT $2"
                              " FOR UPDATE SKIP LOCKED";
static const char SQL_REWRAP[] = "UPDATE person_keys SET sealed = $2, sealed_by = $3 WHERE id = $1";

/* By their ids, which are random. */
struct known_keys {
        struct known_keys *next;
        size_t n;
        struct person_key *keys;
        size_t mask; /* places are a power of two, and at least twice as many as keys */
        const struct person_key **places;
};

static void wipe(void *key)
{
        OPENSSL_cleanse(key, sizeof(struct person_key));
}

static void wipe_all(void *table)
{
        const struct known_keys *known = table;
        OPENSSL_cleanse(known->keys, known->n * sizeof *known->keys);
}

static const char *context_of(struct call *call, const char *id)
{
        return arena_printf(call->arena, "person key %s", id);
}

ProtobufCBinaryData person_key_tag(struct call *call, const char *user_id)
{
        return keyring_tag(call->service->keys, call->arena, "person key", user_id);
}

static status unwrap(struct call *call, const Sfp__PersonKeyRow *row, struct person_key *out)
{
        ProtobufCBinaryData opened;
        if (!uuid_parse(row->id, out->id) ||
                keyring_open(call->service->keys, call->arena, context_of(call, row->id), row->sealed, &opened) !=
                        STATUS_OK ||
                opened.len != PERSON_KEY_SIZE)
                return call_fail(call, STATUS_DATA_LOSS, "a person's key cannot be opened");
        memcpy(out->bytes, opened.data, PERSON_KEY_SIZE);
        OPENSSL_cleanse(opened.data, opened.len);
        return STATUS_OK;
}

static size_t place_of(const uint8_t *id)
{
        size_t place;
        memcpy(&place, id, sizeof place);
        return place;
}

static void put(struct known_keys *known, const struct person_key *key)
{
        size_t at = place_of(key->id) & known->mask;
        while (known->places[at] != NULL)
                at = (at + 1) & known->mask;
        known->places[at] = key;
}

static struct known_keys *new_table(struct arena *arena, size_t n)
{
        struct known_keys *known = arena_zalloc(arena, sizeof *known);
        known->mask = 1;
        while (known->mask < 2 * n)
                known->mask *= 2;
        known->places = arena_zalloc(arena, known->mask-- * sizeof *known->places);
        known->keys = arena_zalloc(arena, n * sizeof *known->keys + 1);
        known->n = n;
        arena_defer(arena, wipe_all, known);
        return known;
}

/* *out is the first one's key; NULL: whoever wants it looks for it. */
static status keep(struct call *call, const Sfp__PersonKeyRows *rows, const struct person_key **out)
{
        struct known_keys *known = new_table(call->arena, rows->n_items);
        for (size_t i = 0; i < rows->n_items; i++) {
                TRY(unwrap(call, rows->items[i], &known->keys[i]));
                put(known, &known->keys[i]);
        }
        known->next = call->person_keys;
        call->person_keys = known;
        if (out != NULL)
                *out = &known->keys[0];
        return STATUS_OK;
}

static const struct person_key *find_in(const struct known_keys *known, const uint8_t *id)
{
        const struct person_key *key;
        for (size_t at = place_of(id) & known->mask; (key = known->places[at]) != NULL; at = (at + 1) & known->mask)
                if (memcmp(key->id, id, PERSON_KEY_ID_SIZE) == 0)
                        return key;
        return NULL;
}

static const struct person_key *find_known(const struct call *call, const uint8_t *id)
{
        const struct person_key *key = NULL;
        for (const struct known_keys *known = call->person_keys; known != NULL && key == NULL; known = known->next)
                key = find_in(known, id);
        return key;
}

/* Whoever was quicker has committed by the time that nothing could be inserted. */
static status make(struct call *call, const char *user_id, Sfp__PersonKeyRows *out)
{
        char id[UUID_SIZE];
        uint8_t bytes[PERSON_KEY_SIZE];
        ProtobufCBinaryData tag = person_key_tag(call, user_id);
        uuid_v4(id);
        random_bytes(bytes, sizeof bytes);
        ProtobufCBinaryData sealed =
                keyring_seal(call->service->keys, call->arena, context_of(call, id), bytes, sizeof bytes);
        OPENSSL_cleanse(bytes, sizeof bytes);
        TRY(db_rows(call, &out->base, "items", SQL_MAKE, id, tag, sealed, keyring_newest(call->service->keys)));
        if (out->n_items == 0)
                TRY(db_rows(call, &out->base, "items", SQL_OF, tag));
        return out->n_items > 0 ? STATUS_OK : call_fail(call, STATUS_ABORTED, "somebody is being forgotten");
}

status person_key_take(struct call *call, const char *user_id, const struct person_key **out)
{
        Sfp__PersonKeyRows rows = SFP__PERSON_KEY_ROWS__INIT;
        if (call->own_key != NULL && strcmp(call->own_key_user_id, user_id) == 0) {
                *out = call->own_key;
                return STATUS_OK;
        }
        TRY(db_rows(call, &rows.base, "items", SQL_OF, person_key_tag(call, user_id)));
        if (rows.n_items == 0)
                TRY(make(call, user_id, &rows));
        TRY(keep(call, &rows, out));
        call->own_key = *out;
        call->own_key_user_id = arena_strdup(call->arena, user_id);
        return STATUS_OK;
}

status person_keys_start(struct call *call, size_t n_ids, const uint8_t *const *ids, struct person_keys_asked *asked)
{
        const uint8_t **wanted = arena_alloc(call->arena, n_ids * sizeof *wanted + 1);
        size_t n_wanted = 0;
        for (size_t i = 0; i < n_ids; i++)
                if (find_known(call, ids[i]) == NULL)
                        wanted[n_wanted++] = ids[i];
        *asked = (struct person_keys_asked){.is_asked = n_wanted > 0};
        return asked->is_asked ? db_start(call, &asked->rows, SQL_FIND, db_uuids(n_wanted, wanted)) : STATUS_OK;
}

status person_keys_wait(struct call *call, struct person_keys_asked *asked)
{
        Sfp__PersonKeyRows rows = SFP__PERSON_KEY_ROWS__INIT;
        if (!asked->is_asked)
                return STATUS_OK;
        TRY(db_flush(call));
        TRY(row_read_all(call->arena, asked->rows, PQntuples(asked->rows), &rows.base, "items"));
        return rows.n_items > 0 ? keep(call, &rows, NULL) : STATUS_OK;
}

status person_keys_load(struct call *call, size_t n_ids, const uint8_t *const *ids)
{
        struct person_keys_asked asked;
        TRY(person_keys_start(call, n_ids, ids, &asked));
        return person_keys_wait(call, &asked);
}

status person_key_find(struct call *call, const uint8_t *id, const struct person_key **out)
{
        *out = find_known(call, id);
        if (*out == NULL)
                TRY(person_keys_load(call, 1, &id));
        *out = find_known(call, id);
        return *out != NULL ? STATUS_OK : STATUS_NOT_FOUND;
}

static status rewrap(struct call *call, const Sfp__PersonKeyRow *row)
{
        struct person_key key;
        TRY(unwrap(call, row, &key));
        ProtobufCBinaryData sealed =
                keyring_seal(call->service->keys, call->arena, context_of(call, row->id), key.bytes, PERSON_KEY_SIZE);
        wipe(&key);
        return db_later(call, NULL, SQL_REWRAP, row->id, sealed, keyring_newest(call->service->keys));
}

status person_keys_rewrap(struct call *call)
{
        Sfp__PersonKeyRows rows = SFP__PERSON_KEY_ROWS__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_OLD, keyring_newest(call->service->keys), (int)PERSON_KEYS_REWRAP));
        for (size_t i = 0; i < rows.n_items; i++)
                TRY(rewrap(call, rows.items[i]));
        return STATUS_OK;
}
