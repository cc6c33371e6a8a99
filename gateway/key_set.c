/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/key_set.h"

#include "gateway/foreign_json.h"
#include "gateway/jwk.h"

#include <stdlib.h>
#include <string.h>

struct key_set {
        size_t count;
        struct jwk keys[KEY_SET_MAX];
};

static bool is_named(const struct jwk *jwk, const char *id, const char *algorithm)
{
        return strcmp(jwk->id, id) == 0 && strcmp(key_algorithm(jwk->key), algorithm) == 0;
}

/* Of keys without an id there may be several for one algorithm. */
static bool is_taken(const struct key_set *set, const struct jwk *jwk)
{
        for (size_t i = 0; i < set->count && *jwk->id != '\0'; i++)
                if (is_named(&set->keys[i], jwk->id, key_algorithm(jwk->key)))
                        return true;
        return false;
}

static void add(struct key_set *set, const struct jwk *jwk)
{
        if (set->count == KEY_SET_MAX || is_taken(set, jwk))
                key_release(jwk->key);
        else
                set->keys[set->count++] = *jwk;
}

/* The value of "keys"; false when there is no such list. */
static bool find_keys(struct arena *arena, const char *bytes, size_t size, struct json *json, uint32_t *list)
{
        const char *why;
        return size <= KEY_SET_BYTES_MAX && json_scan(arena, bytes, size, json, &why) == STATUS_OK &&
               foreign_json_find(json, "keys", list) && json->tokens[*list].type == JSON_ARRAY;
}

struct key_set *key_set_read(const struct schema *schema, const char *bytes, size_t size)
{
        struct json json;
        uint32_t list;
        struct jwk jwk;
        struct key_set *set = NULL;
        struct arena *arena = arena_new(0);
        if (find_keys(arena, bytes, size, &json, &list) && (set = calloc(1, sizeof *set)) != NULL) {
                uint32_t token = list + 1;
                for (uint32_t i = 0; i < json.tokens[list].count; i++, token = json.tokens[token].next)
                        if (jwk_read(schema, json.bytes + json.tokens[token].start, json.tokens[token].length, &jwk))
                                add(set, &jwk);
        }
        arena_free(arena);
        return set;
}

void key_set_free(struct key_set *set)
{
        for (size_t i = 0; set != NULL && i < set->count; i++)
                key_release(set->keys[i].key);
        free(set);
}

size_t key_set_count(const struct key_set *set)
{
        return set->count;
}

static struct key *find_only(const struct key_set *set, const char *algorithm)
{
        struct key *found = NULL;
        for (size_t i = 0; i < set->count; i++) {
                if (strcmp(key_algorithm(set->keys[i].key), algorithm) != 0)
                        continue;
                if (found != NULL)
                        return NULL;
                found = set->keys[i].key;
        }
        return found;
}

struct key *key_set_find(const struct key_set *set, const char *id, const char *algorithm)
{
        if (id == NULL)
                return find_only(set, algorithm);
        for (size_t i = 0; i < set->count; i++)
                if (is_named(&set->keys[i], id, algorithm))
                        return set->keys[i].key;
        return NULL;
}

bool key_set_has(const struct key_set *set, const uint8_t fingerprint[KEY_FINGERPRINT_SIZE])
{
        for (size_t i = 0; i < set->count; i++)
                if (memcmp(key_fingerprint(set->keys[i].key), fingerprint, KEY_FINGERPRINT_SIZE) == 0)
                        return true;
        return false;
}
