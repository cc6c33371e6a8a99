/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/etag.h"

#include "common/buffer.h"
#include "common/field.h"
#include "common/words.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum {
        VERSION_DIGITS_MAX = 18,
        HASH_SIZE = 12,  /* of SHA-256: no two answers of one resource have the same */
        TAG_SIZE = 96,   /* of most tags */
        LISTED_MAX = 64, /* tags of an If-None-Match that are looked at */
};

struct etag_hash {
        EVP_MD *sha256;
};

struct etag_hash *etag_hash_new(void)
{
        struct etag_hash *hash = calloc(1, sizeof *hash);
        if (hash == NULL || (hash->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL)) == NULL)
                abort();
        return hash;
}

void etag_hash_free(struct etag_hash *hash)
{
        if (hash == NULL)
                return;
        EVP_MD_free(hash->sha256);
        free(hash);
}

static const ProtobufCFieldDescriptor *find_field(const ProtobufCMessage *payload, const char *name, ProtobufCType type)
{
        const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field_by_name(payload->descriptor, name);
        bool is_there =
                field != NULL && field->type == type && !field_is_repeated(field) && field_is_set(payload, field);
        return is_there ? field : NULL;
}

char *etag_of(struct arena *arena, const ProtobufCMessage *payload)
{
        const ProtobufCFieldDescriptor *id = find_field(payload, "id", PROTOBUF_C_TYPE_STRING);
        const ProtobufCFieldDescriptor *version = find_field(payload, "version", PROTOBUF_C_TYPE_INT64);
        if (id == NULL || version == NULL)
                return NULL;
        return arena_printf(arena, "\"%s-%" PRId64 "\"", *(char *const *)field_place(payload, id),
                *(const int64_t *)field_place(payload, version));
}

static void write_hash(const struct etag_hash *hash, const char *body, size_t size, char out[2 * HASH_SIZE])
{
        static const char digits[] = "0123456789abcdef";
        uint8_t digest[EVP_MAX_MD_SIZE];
        if (EVP_Digest(body, size, digest, NULL, hash->sha256, NULL) != 1)
                abort();
        for (size_t i = 0; i < HASH_SIZE; i++) {
                out[2 * i] = digits[digest[i] >> 4];
                out[2 * i + 1] = digits[digest[i] & 15];
        }
}

/* Without the quotes. */
static size_t inner_length(const char *etag)
{
        return strlen(etag) - 2;
}

char *etag_of_body(const struct etag_hash *hash, struct arena *arena, const char *etag, const char *body, size_t size)
{
        char text[2 * HASH_SIZE];
        struct buffer out = buffer_in(arena);
        write_hash(hash, body, size, text);
        buffer_reserve(&out, TAG_SIZE);
        buffer_putc(&out, '"');
        if (etag != NULL) {
                buffer_append(&out, etag + 1, inner_length(etag));
                buffer_putc(&out, '.');
        }
        buffer_append(&out, text, sizeof text);
        buffer_putc(&out, '"');
        return out.bytes;
}

char *etag_of_coded(struct arena *arena, const char *etag, const char *coding)
{
        return arena_printf(arena, "\"%.*s+%s\"", (int)inner_length(etag), etag + 1, coding);
}

bool etag_is_listed(const char *if_none_match, const char *etag)
{
        struct words tag;
        if (strcmp(if_none_match, "*") == 0)
                return true;
        for (int n = 0; n < LISTED_MAX && words_next(&if_none_match, ',', &tag); n++) {
                if (tag.length > 2 && memcmp(tag.at, "W/", 2) == 0) {
                        tag.at += 2;
                        tag.length -= 2;
                }
                if (tag.length == strlen(etag) && memcmp(tag.at, etag, tag.length) == 0)
                        return true;
        }
        return false;
}

/* What etag_of_body and etag_of_coded put behind a version, up to the quote. */
static size_t tail_length(const char *at)
{
        if (*at != '.' && *at != '+')
                return 0;
        return 1 + strspn(at + 1, "abcdefghijklmnopqrstuvwxyz0123456789+");
}

bool etag_read_version(const char *if_match, uint64_t *out)
{
        size_t length = strlen(if_match);
        const char *dash = strrchr(if_match, '-');
        uint64_t version = 0;
        *out = 0;
        if (strcmp(if_match, "*") == 0)
                return true;
        if (length < 5 || *if_match != '"' || if_match[length - 1] != '"' ||
                strchr(if_match + 1, '"') != if_match + length - 1)
                return false;
        size_t digits = dash == NULL ? 0 : strspn(dash + 1, "0123456789");
        if (digits == 0 || digits > VERSION_DIGITS_MAX)
                return false;
        const char *behind = dash + 1 + digits;
        if (behind + tail_length(behind) != if_match + length - 1)
                return false;
        for (const char *at = dash + 1; at < behind; at++)
                version = version * 10 + (uint64_t)(*at - '0');
        *out = version;
        return version > 0;
}
