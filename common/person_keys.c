/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that a call has found are kept in a list of its own, which whoever works on a copy of the call shares. */
#include "common/person_keys.h"

#include "common/db.h"
#include "common/keyring.h"
#include "common/random.h"
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

struct known_key {
        struct person_key key;
        struct known_key *next;
};

static void wipe(void *key)
{
        OPENSSL_cleanse(key, sizeof(struct person_key));
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

static status keep(struct call *call, const Sfp__PersonKeyRow *row, const struct person_key **out)
{
        struct known_key *known = arena_alloc(call->arena, sizeof *known);
        TRY(unwrap(call, row, &known->key));
        arena_defer(call->arena, wipe, &known->key);
        known->next = call->person_keys;
        call->person_keys = known;
        *out = &known->key;
        return STATUS_OK;
}

static const struct person_key *find_known(const struct call *call, const uint8_t *id)
{
        for (const struct known_key *known = call->person_keys; known != NULL; known = known->next)
                if (memcmp(known->key.id, id, PERSON_KEY_ID_SIZE) == 0)
                        return &known->key;
        return NULL;
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
        TRY(keep(call, rows.items[0], out));
        call->own_key = *out;
        call->own_key_user_id = arena_strdup(call->arena, user_id);
        return STATUS_OK;
}

status person_keys_load(struct call *call, size_t n_ids, const uint8_t *const *ids)
{
        const struct person_key *kept;
        Sfp__PersonKeyRows rows = SFP__PERSON_KEY_ROWS__INIT;
        char **names = arena_alloc(call->arena, n_ids * sizeof *names + 1);
        size_t n_names = 0;
        for (size_t i = 0; i < n_ids; i++) {
                if (find_known(call, ids[i]) != NULL)
                        continue;
                names[n_names] = arena_alloc(call->arena, UUID_SIZE);
                uuid_format(ids[i], names[n_names++]);
        }
        if (n_names == 0)
                return STATUS_OK;
        TRY(db_rows(call, &rows.base, "items", SQL_FIND, db_texts(n_names, names)));
        for (size_t i = 0; i < rows.n_items; i++)
                TRY(keep(call, rows.items[i], &kept));
        return STATUS_OK;
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
