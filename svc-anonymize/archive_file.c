/* SPDX-License-Identifier: Apache-2.0 */
/* Names are of services that speak for themselves, so they are made harmless before they are paths. */
#include "svc-anonymize/archive_file.h"

#include "common/json_write.h"
#include "svc-anonymize/table_rows.h"
#include "svc-anonymize/zip_file.h"

#include <string.h>

static const struct table_purpose {
        const char *service, *table, *purpose;
} purposes[] = {
#define TABLE(service, table, purpose) {service, table, purpose},
#include "svc-anonymize/archive_tables.def"
#undef TABLE
        {0},
};

static const char readme[] =
        "This is everything that the Social Features Platform stores about you, as it was when you asked for it.\r\n"
        "\r\n"
        "There is a folder for each part of the platform, and in it a file for each kind of record:\r\n"
        "\r\n"
        "  <part>/<table>.json   all records, one a line, as they are stored\r\n"
        "  <part>/<table>.csv    the same for a spreadsheet, where the records are simple enough. Text that a\r\n"
        "                        spreadsheet would take for a formula has an apostrophe (') before it.\r\n"
        "  schema.json           which files there are, what each is for, and which columns it has\r\n"
        "\r\n"
        "Kinds of which nothing is stored about you are left out. Where schema.json says is_cut, a kind had more\r\n"
        "records than fit, and the first of them are here.\r\n"
        "\r\n"
        "What other people have written is theirs: it is not in here, and only referred to by the identifier of a\r\n"
        "topic, post, goal or group. Other people appear by identifiers that do not say who they are elsewhere.\r\n"
        "\r\n"
        "Facts that were worked out about you, such as levels, ranges and comparisons, are in here, too.\r\n"
        "\r\n"
        "The file is private. Whoever has it knows what the platform knows of you; keep it where only you can read it.\r\n";

/* What it takes for a while is more than a call has. */
enum { PACKING_MAX = 64 << 20, SCRATCH_MAX = 192 << 20 };

struct packing {
        struct arena *arena;   /* of the entries */
        struct arena *scratch; /* of one table */
        size_t n_entries;
        struct zip_entry *entries;
        size_t length; /* of all entries */
        struct buffer schema;
};

static const char *purpose_of(const char *service, const char *table)
{
        for (const struct table_purpose *row = purposes; row->table != NULL; row++)
                if (strcmp(row->table, table) == 0 && (*row->service == '\0' || strcmp(row->service, service) == 0))
                        return row->purpose;
        return NULL;
}

/* Lower-case letters, digits and underscores stay. */
static const char *harmless(struct arena *arena, const char *name)
{
        char *out = arena_strdup(arena, name);
        for (char *at = out; *at != '\0'; at++)
                if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_", *at) == NULL)
                        *at = '_';
        return out;
}

static status add_entry(struct packing *packing, const char *name, const char *bytes, size_t length)
{
        packing->length += length;
        if (packing->length > ARCHIVE_UNPACKED_MAX)
                return STATUS_RESOURCE_EXHAUSTED;
        packing->entries[packing->n_entries++] = (struct zip_entry){name, bytes, length};
        return STATUS_OK;
}

static size_t json_length(const Anonymize__ArchiveTable *table)
{
        size_t length = sizeof "[\n]\n" - 1;
        for (size_t i = 0; i < table->n_rows; i++)
                length += strlen(table->rows[i]) + sizeof ",\n" - 1;
        return length;
}

static void write_json(struct buffer *out, const Anonymize__ArchiveTable *table)
{
        buffer_reserve(out, json_length(table));
        buffer_puts(out, "[\n");
        for (size_t i = 0; i < table->n_rows; i++) {
                buffer_puts(out, table->rows[i]);
                buffer_puts(out, i + 1 < table->n_rows ? ",\n" : "\n");
        }
        buffer_puts(out, "]\n");
}

static void describe_table(struct packing *packing, const char *service, const Anonymize__ArchiveTable *table,
        const struct table_rows *rows)
{
        struct buffer *out = &packing->schema;
        const char *purpose = purpose_of(service, table->name);
        buffer_puts(out, "{\"name\":");
        json_write_string(out, table->name);
        if (purpose != NULL) {
                buffer_puts(out, ",\"purpose\":");
                json_write_string(out, purpose);
        }
        buffer_printf(
                out, ",\"rows\":%zu,\"has_csv\":%s,\"columns\":[", table->n_rows, rows->is_flat ? "true" : "false");
        for (size_t i = 0; i < rows->n_columns; i++) {
                buffer_puts(out, i > 0 ? "," : "");
                json_write_string(out, rows->columns[i]);
        }
        buffer_puts(out, "]}");
}

static status add_csv(struct packing *packing, const char *path, const struct table_rows *rows)
{
        struct buffer csv = buffer_in(packing->scratch);
        table_rows_write_csv(&csv, rows);
        if (packing->length + csv.length > ARCHIVE_UNPACKED_MAX)
                return STATUS_RESOURCE_EXHAUSTED;
        return add_entry(packing, arena_printf(packing->arena, "%s.csv", path),
                arena_strndup(packing->arena, csv.bytes, csv.length), csv.length);
}

static status add_table(struct packing *packing, const char *service, const Anonymize__ArchiveTable *table)
{
        const char *path = arena_printf(
                packing->arena, "%s/%s", harmless(packing->arena, service), harmless(packing->arena, table->name));
        struct buffer json = buffer_in(packing->arena);
        if (packing->length + json_length(table) > ARCHIVE_UNPACKED_MAX)
                return STATUS_RESOURCE_EXHAUSTED;
        write_json(&json, table);
        TRY(add_entry(packing, arena_printf(packing->arena, "%s.json", path), buffer_text(&json), json.length));
        arena_reset(packing->scratch);
        const struct table_rows *rows = table_rows_read(packing->scratch, table->n_rows, table->rows);
        describe_table(packing, service, table, rows);
        return rows->is_flat ? add_csv(packing, path, rows) : STATUS_OK;
}

static status add_service(struct packing *packing, const Anonymize__ServiceArchive *service)
{
        buffer_puts(&packing->schema, "{\"name\":");
        json_write_string(&packing->schema, service->name);
        buffer_printf(&packing->schema, ",\"is_cut\":%s,\"tables\":[", service->is_cut ? "true" : "false");
        for (size_t i = 0; i < service->n_tables; i++) {
                buffer_puts(&packing->schema, i > 0 ? ",\n" : "\n");
                TRY(add_table(packing, service->name, service->tables[i]));
        }
        buffer_puts(&packing->schema, "]}");
        return STATUS_OK;
}

static status add_services(struct packing *packing, const Anonymize__Archive *archive)
{
        buffer_puts(&packing->schema, "{\"services\":[");
        for (size_t i = 0; i < archive->n_services; i++) {
                buffer_puts(&packing->schema, i > 0 ? ",\n" : "\n");
                TRY(add_service(packing, archive->services[i]));
        }
        buffer_puts(&packing->schema, "]}\n");
        return add_entry(packing, "schema.json", packing->schema.bytes, packing->schema.length);
}

/* README.txt, schema.json, and at most two of each table. */
static size_t count_entries(const Anonymize__Archive *archive)
{
        size_t count = 2;
        for (size_t i = 0; i < archive->n_services; i++)
                count += 2 * archive->services[i]->n_tables;
        return count;
}

static status pack(
        struct arena *arena, struct packing *packing, const Anonymize__Archive *archive, ProtobufCBinaryData *out)
{
        packing->schema = buffer_in(packing->arena);
        packing->entries = arena_alloc(packing->arena, count_entries(archive) * sizeof *packing->entries);
        TRY(add_entry(packing, "README.txt", readme, sizeof readme - 1));
        TRY(add_services(packing, archive));
        return zip_file_make(arena, packing->n_entries, packing->entries, ARCHIVE_FILE_MAX, out);
}

status archive_file_make(struct arena *arena, const Anonymize__Archive *archive, ProtobufCBinaryData *out)
{
        struct packing packing = {.arena = arena_new(PACKING_MAX), .scratch = arena_new(SCRATCH_MAX)};
        status made = pack(arena, &packing, archive, out);
        arena_free(packing.scratch);
        arena_free(packing.arena);
        return made;
}
