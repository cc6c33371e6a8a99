/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/crowd.h"

#include "common/arena.h"
#include "common/buffer.h"
#include "common/keyring.h"
#include "common/uuid.h"

#include <libpq-fe.h>
#include <stdio.h>

static const char SQL_COPY[] = "COPY peers.metric_snapshots (id, user_id, period, sealed) FROM STDIN";

/* What every row's figures are sealed from. */
struct crowd {
        const struct keyring *keys;
        const char *period;
        const uint8_t *figures;
        size_t size;
};

static void write_person(struct arena *arena, const struct crowd *crowd, struct buffer *line)
{
        char id[UUID_SIZE], user_id[UUID_SIZE];
        uuid_v4(id);
        uuid_v4(user_id);
        const char *context = arena_printf(arena, "peers figures of %s in %s", user_id, crowd->period);
        ProtobufCBinaryData sealed = keyring_seal(crowd->keys, arena, context, crowd->figures, crowd->size);
        buffer_printf(line, "%s\t%s\t%s\t\\\\x", id, user_id, crowd->period);
        for (size_t i = 0; i < sealed.len; i++)
                buffer_printf(line, "%02x", sealed.data[i]);
        buffer_printf(line, "\n");
}

static bool copy(PGconn *connection, const struct crowd *crowd, int count)
{
        struct arena *arena = arena_new(0);
        PGresult *begun = PQexec(connection, SQL_COPY);
        bool is_good = PQresultStatus(begun) == PGRES_COPY_IN;
        PQclear(begun);
        for (int i = 0; is_good && i < count; i++) {
                struct buffer line = buffer_in(arena);
                write_person(arena, crowd, &line);
                is_good = PQputCopyData(connection, buffer_text(&line), (int)line.length) == 1;
                arena_reset(arena);
        }
        is_good = is_good && PQputCopyEnd(connection, NULL) == 1;
        for (PGresult *ended; (ended = PQgetResult(connection)) != NULL; PQclear(ended))
                is_good = is_good && PQresultStatus(ended) == PGRES_COMMAND_OK;
        arena_free(arena);
        return is_good;
}

bool crowd_add(
        const char *database_url, const char *data_keys, const char *period, const Peers__Snapshot *figures, int count)
{
        uint8_t packed[1024];
        struct keyring *keys = keyring_new(data_keys);
        PGconn *connection = PQconnectdb(database_url);
        size_t size = peers__snapshot__get_packed_size(figures);
        bool is_good = keys != NULL && size <= sizeof packed && PQstatus(connection) == CONNECTION_OK;
        if (is_good) {
                peers__snapshot__pack(figures, packed);
                is_good = copy(connection, &(struct crowd){keys, period, packed, size}, count);
        }
        if (!is_good)
                fprintf(stderr, "crowd: %s\n", PQerrorMessage(connection));
        PQfinish(connection);
        keyring_free(keys);
        return is_good;
}
