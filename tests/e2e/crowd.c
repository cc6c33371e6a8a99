/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/crowd.h"

#include "common/arena.h"
#include "common/buffer.h"
#include "common/keyring.h"
#include "common/random.h"
#include "common/uuid.h"

#include <libpq-fe.h>
#include <stdio.h>

enum { KEY_SIZE = 32, KEY_ID_SIZE = 16 };

static const char SQL_COPY[] = "COPY peers.metric_snapshots (id, user_id, period, sealed) FROM STDIN";
static const char SQL_COPY_KEYS[] = "COPY peers.person_keys (id, owner_tag, sealed, sealed_by) FROM STDIN";

/* What every row's figures are sealed from. */
struct crowd {
        const struct keyring *keys;
        const char *period;
        const uint8_t *figures;
        size_t size;
};

static void write_bytes(struct buffer *line, ProtobufCBinaryData bytes)
{
        static const char digits[] = "0123456789abcdef";
        buffer_printf(line, "\\\\x");
        for (size_t i = 0; i < bytes.len; i++)
                buffer_append(line, (char[]){digits[bytes.data[i] >> 4], digits[bytes.data[i] & 15]}, 2);
}

/* Somebody's figures and the key that they are under. */
static void write_person(struct arena *arena, const struct crowd *crowd, struct buffer *line, struct buffer *key_line)
{
        uint8_t key[KEY_SIZE], key_id[KEY_ID_SIZE];
        char id[UUID_SIZE], user_id[UUID_SIZE], key_name[UUID_SIZE];
        uuid_v4(id);
        uuid_v4(user_id);
        random_bytes(key, sizeof key);
        random_bytes(key_id, sizeof key_id);
        uuid_format(key_id, key_name);
        const char *context = arena_printf(arena, "peers figures of %s in %s", user_id, crowd->period);
        buffer_printf(line, "%s\t%s\t%s\t", id, user_id, crowd->period);
        write_bytes(line, keyring_seal_under(crowd->keys, arena, key, key_id, context, crowd->figures, crowd->size));
        buffer_printf(line, "\n");
        buffer_printf(key_line, "%s\t", key_name);
        write_bytes(key_line, keyring_tag(crowd->keys, arena, "person key", user_id));
        buffer_printf(key_line, "\t");
        write_bytes(key_line,
                keyring_seal(crowd->keys, arena, arena_printf(arena, "person key %s", key_name), key, sizeof key));
        buffer_printf(key_line, "\t%ld\n", (long)keyring_newest(crowd->keys));
}

static bool begin(PGconn *connection, const char *copy)
{
        PGresult *begun = PQexec(connection, copy);
        bool is_good = PQresultStatus(begun) == PGRES_COPY_IN;
        PQclear(begun);
        return is_good;
}

static bool put(PGconn *connection, const struct buffer *line)
{
        return PQputCopyData(connection, buffer_text(line), (int)line->length) == 1;
}

static bool end(PGconn *connection)
{
        bool is_good = PQputCopyEnd(connection, NULL) == 1;
        for (PGresult *ended; (ended = PQgetResult(connection)) != NULL; PQclear(ended))
                is_good = is_good && PQresultStatus(ended) == PGRES_COMMAND_OK;
        return is_good;
}

static bool copy(PGconn *figures, PGconn *keys, const struct crowd *crowd, int count)
{
        struct arena *arena = arena_new(0);
        bool is_good = begin(figures, SQL_COPY) && begin(keys, SQL_COPY_KEYS);
        for (int i = 0; is_good && i < count; i++) {
                struct buffer line = buffer_in(arena), key_line = buffer_in(arena);
                write_person(arena, crowd, &line, &key_line);
                is_good = put(figures, &line) && put(keys, &key_line);
                arena_reset(arena);
        }
        is_good = is_good && end(keys) && end(figures);
        arena_free(arena);
        return is_good;
}

bool crowd_add(
        const char *database_url, const char *data_keys, const char *period, const Peers__Snapshot *figures, int count)
{
        uint8_t packed[1024];
        struct keyring *keys = keyring_new(data_keys);
        PGconn *to_figures = PQconnectdb(database_url), *to_keys = PQconnectdb(database_url);
        size_t size = peers__snapshot__get_packed_size(figures);
        bool is_good = keys != NULL && size <= sizeof packed && PQstatus(to_figures) == CONNECTION_OK &&
                       PQstatus(to_keys) == CONNECTION_OK;
        if (is_good) {
                peers__snapshot__pack(figures, packed);
                is_good = copy(to_figures, to_keys, &(struct crowd){keys, period, packed, size}, count);
        }
        if (!is_good)
                fprintf(stderr, "crowd: %s%s\n", PQerrorMessage(to_figures), PQerrorMessage(to_keys));
        PQfinish(to_figures);
        PQfinish(to_keys);
        keyring_free(keys);
        return is_good;
}
