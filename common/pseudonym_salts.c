/* SPDX-License-Identifier: Apache-2.0 */
/* Of two calls that make somebody's salt at once one is too late, and reads the other's. */
#include "common/pseudonym_salts.h"

#include "common/db.h"
#include "common/keyring.h"
#include "common/random.h"
#include "common/service.h"
#include "sfp/kit.pb-c.h"

#include <string.h>

/* Tags and salts go in as hexadecimal text. */
static const char SQL_FIND[] = "SELECT owner_tag, salt FROM pseudonym_salts"
                               " WHERE owner_tag IN (SELECT decode(t, 'hex') FROM unnest($1::text[]) t)";
static const char SQL_MAKE[] = "INSERT INTO pseudonym_salts (owner_tag, salt) SELECT decode(t, 'hex'), decode(s, 'hex')"
                               " FROM unnest($1::text[], $2::text[]) n (t, s) ORDER BY 1 ON CONFLICT DO NOTHING";

ProtobufCBinaryData pseudonym_salt_tag(struct call *call, const char *user_id)
{
        return keyring_tag(call->service->keys, call->arena, "pseudonym salt", user_id);
}

static char *hexadecimal(struct call *call, const uint8_t *bytes, size_t size)
{
        static const char digits[] = "0123456789abcdef";
        char *out = arena_alloc(call->arena, size * 2 + 1);
        for (size_t i = 0; i < size; i++) {
                out[i * 2] = digits[bytes[i] >> 4];
                out[i * 2 + 1] = digits[bytes[i] & 15];
        }
        out[size * 2] = '\0';
        return out;
}

/* Those who are wanted, and what has been found of them. */
struct wanted {
        size_t count;
        ProtobufCBinaryData *tags;
        struct pseudonym_salt *salts;
        bool *is_found;
};

static void take(struct wanted *wanted, const Sfp__PseudonymSaltRow *row)
{
        for (size_t i = 0; i < wanted->count; i++)
                if (!wanted->is_found[i] && row->salt.len == PSEUDONYM_SALT_SIZE &&
                        row->owner_tag.len == wanted->tags[i].len &&
                        memcmp(row->owner_tag.data, wanted->tags[i].data, row->owner_tag.len) == 0) {
                        memcpy(wanted->salts[i].bytes, row->salt.data, PSEUDONYM_SALT_SIZE);
                        wanted->is_found[i] = true;
                }
}

/* The tags of those who are not found; none: everybody is. */
static size_t list_missing(struct call *call, const struct wanted *wanted, char ***out)
{
        size_t n = 0;
        *out = arena_alloc(call->arena, wanted->count * sizeof **out + 1);
        for (size_t i = 0; i < wanted->count; i++)
                if (!wanted->is_found[i])
                        (*out)[n++] = hexadecimal(call, wanted->tags[i].data, wanted->tags[i].len);
        return n;
}

static status find(struct call *call, struct wanted *wanted, size_t n_tags, char *const *tags)
{
        Sfp__PseudonymSaltRows rows = SFP__PSEUDONYM_SALT_ROWS__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_FIND, db_texts(n_tags, tags)));
        for (size_t i = 0; i < rows.n_items; i++)
                take(wanted, rows.items[i]);
        return STATUS_OK;
}

static status make(struct call *call, size_t n_tags, char *const *tags)
{
        char **salts = arena_alloc(call->arena, n_tags * sizeof *salts);
        for (size_t i = 0; i < n_tags; i++) {
                uint8_t salt[PSEUDONYM_SALT_SIZE];
                random_bytes(salt, sizeof salt);
                salts[i] = hexadecimal(call, salt, sizeof salt);
        }
        return db_exec(call, SQL_MAKE, db_texts(n_tags, tags), db_texts(n_tags, salts));
}

status pseudonym_salts_load(struct call *call, size_t n, char *const *user_ids, struct pseudonym_salt **out)
{
        char **missing;
        struct wanted wanted = {.count = n,
                .tags = arena_alloc(call->arena, n * sizeof *wanted.tags + 1),
                .salts = arena_alloc(call->arena, n * sizeof *wanted.salts + 1),
                .is_found = arena_zalloc(call->arena, n + 1)};
        for (size_t i = 0; i < n; i++)
                wanted.tags[i] = pseudonym_salt_tag(call, user_ids[i]);
        size_t n_missing = list_missing(call, &wanted, &missing);
        TRY(find(call, &wanted, n_missing, missing));
        n_missing = list_missing(call, &wanted, &missing);
        if (n_missing > 0) {
                TRY(make(call, n_missing, missing));
                TRY(find(call, &wanted, n_missing, missing));
        }
        if (list_missing(call, &wanted, &missing) > 0)
                return call_fail(call, STATUS_INTERNAL, "a pseudonym could not be made");
        *out = wanted.salts;
        return STATUS_OK;
}
