/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/zip_file.h"

#include <stdbool.h>
#include <zip.h>

/* The first day that the format can tell, at midnight: 1980-01-01. */
enum { DOS_TIME = 0, DOS_DATE = 1 << 5 | 1 };

static bool add_entry(zip_t *zip, const struct zip_entry *entry)
{
        zip_source_t *source = zip_source_buffer(zip, entry->bytes, entry->length, 0);
        if (source == NULL)
                return false;
        zip_int64_t index = zip_file_add(zip, entry->name, source, ZIP_FL_ENC_UTF_8);
        if (index < 0) {
                zip_source_free(source);
                return false;
        }
        return zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_DEFLATE, 0) == 0 &&
               zip_file_set_dostime(zip, (zip_uint64_t)index, DOS_TIME, DOS_DATE, 0) == 0;
}

/* Into the source, which stays the caller's. */
static bool write_entries(zip_source_t *target, size_t n_entries, const struct zip_entry *entries)
{
        bool is_whole = true;
        zip_t *zip = zip_open_from_source(target, ZIP_TRUNCATE, NULL);
        if (zip == NULL)
                return false;
        zip_source_keep(target);
        for (size_t i = 0; i < n_entries && is_whole; i++)
                is_whole = add_entry(zip, &entries[i]);
        if (is_whole && zip_close(zip) == 0)
                return true;
        zip_discard(zip);
        return false;
}

static status read_back(struct arena *arena, zip_source_t *source, size_t max, ProtobufCBinaryData *out)
{
        zip_stat_t about;
        if (zip_source_stat(source, &about) != 0 || (about.valid & ZIP_STAT_SIZE) == 0)
                return STATUS_INTERNAL;
        if (about.size > max)
                return STATUS_RESOURCE_EXHAUSTED;
        if (zip_source_open(source) != 0)
                return STATUS_INTERNAL;
        *out = (ProtobufCBinaryData){about.size, arena_alloc(arena, about.size + 1)};
        zip_int64_t length = zip_source_read(source, out->data, about.size);
        zip_source_close(source);
        return length == (zip_int64_t)about.size ? STATUS_OK : STATUS_INTERNAL;
}

status zip_file_make(
        struct arena *arena, size_t n_entries, const struct zip_entry *entries, size_t max, ProtobufCBinaryData *out)
{
        status made = STATUS_INTERNAL;
        zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, NULL);
        if (target == NULL)
                return STATUS_INTERNAL;
        if (write_entries(target, n_entries, entries))
                made = read_back(arena, target, max, out);
        zip_source_free(target);
        return made;
}
