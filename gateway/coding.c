/* SPDX-License-Identifier: Apache-2.0 */
/* One call codes a whole body. The levels are those at which both codings cost about as much as writing the JSON did.
 */
#include "gateway/coding.h"

#include "common/words.h"

#include <brotli/encode.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

enum {
        WEIGHT_ONE = 1000,
        GZIP_LEVEL = 4,
        GZIP_WINDOW = MAX_WBITS + 16, /* with gzip's head and tail */
        GZIP_MEMORY = 8,
        BROTLI_QUALITY = 4,
        BROTLI_WINDOW = 18, /* 256 KiB: more than most bodies, and little memory */
};

static const char *const names[CODING_COUNT] = {[CODING_GZIP] = "gzip", [CODING_BROTLI] = "br"};

const char *coding_name(enum coding coding)
{
        return names[coding];
}

static bool is_coding(struct words name, enum coding coding)
{
        if (coding == CODING_GZIP && words_are(name, "x-gzip")) /* RFC 9110, section 8.4.1.3 */
                return true;
        return words_are(name, coding == CODING_IDENTITY ? "identity" : names[coding]);
}

/* The weight of one member, "br;q=0.5"; -1 when it is not well formed. */
static int read_member(struct words member, struct words *name)
{
        struct words parameter, key, value;
        if (!words_next_in(&member, ';', name))
                return -1;
        if (!words_next_in(&member, ';', &parameter))
                return WEIGHT_ONE;
        if (!words_split(parameter, &key, &value) || !words_are(key, "q") || member.length > 0)
                return -1;
        return words_weight(value);
}

struct coding_wish coding_wish_read(const char *accept_encoding)
{
        static const struct coding_wish identity_alone = {{[CODING_IDENTITY] = WEIGHT_ONE}};
        int named[CODING_COUNT] = {-1, -1, -1}, others = -1;
        struct words member, name;
        struct coding_wish wish;
        if (accept_encoding == NULL)
                return identity_alone;
        for (int n = 0; n < CODING_MEMBERS_MAX && words_next(&accept_encoding, ',', &member); n++) {
                int weight = read_member(member, &name);
                if (weight < 0)
                        return identity_alone;
                for (enum coding c = 0; c < CODING_COUNT; c++)
                        if (is_coding(name, c))
                                named[c] = weight;
                if (words_are(name, "*"))
                        others = weight;
        }
        for (enum coding c = 0; c < CODING_COUNT; c++)
                wish.weights[c] = named[c] >= 0 ? named[c] : others >= 0 ? others : 0;
        /* Not named, it is taken, but nobody asked for it: anything that was is better. */
        if (named[CODING_IDENTITY] < 0 && others != 0)
                wish.weights[CODING_IDENTITY] = 1;
        return wish;
}

bool coding_wish_can_be_met(const struct coding_wish *wish)
{
        for (enum coding c = 0; c < CODING_COUNT; c++)
                if (wish->weights[c] > 0)
                        return true;
        return false;
}

enum coding coding_choose(const struct coding_wish *wish, size_t size)
{
        enum coding best = CODING_IDENTITY;
        bool is_worth_it = size >= CODING_BODY_MIN && size <= CODING_BODY_MAX;
        if (!is_worth_it && wish->weights[CODING_IDENTITY] > 0)
                return CODING_IDENTITY;
        for (enum coding c = 0; c < CODING_COUNT; c++)
                if (wish->weights[c] > 0 && wish->weights[c] >= wish->weights[best])
                        best = c;
        return best;
}

static bool encode_gzip(struct arena *arena, const char *bytes, size_t size, const char **out, size_t *out_size)
{
        z_stream stream = {.next_in = (Bytef *)(size_t)bytes, .avail_in = (uInt)size};
        if (size > UINT32_MAX / 2 ||
                deflateInit2(&stream, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
                return false;
        uLong room = deflateBound(&stream, (uLong)size);
        Bytef *coded = arena_try_alloc(arena, room);
        stream.next_out = coded;
        stream.avail_out = (uInt)room;
        bool is_done = coded != NULL && deflate(&stream, Z_FINISH) == Z_STREAM_END;
        deflateEnd(&stream);
        if (!is_done)
                return false;
        *out = (const char *)coded;
        *out_size = stream.total_out;
        return true;
}

static bool encode_brotli(struct arena *arena, const char *bytes, size_t size, const char **out, size_t *out_size)
{
        size_t room = BrotliEncoderMaxCompressedSize(size);
        uint8_t *coded = room == 0 ? NULL : arena_try_alloc(arena, room);
        if (coded == NULL || !BrotliEncoderCompress(BROTLI_QUALITY, BROTLI_WINDOW, BROTLI_MODE_TEXT, size,
                                     (const uint8_t *)bytes, &room, coded))
                return false;
        *out = (const char *)coded;
        *out_size = room;
        return true;
}

bool coding_encode(
        struct arena *arena, enum coding coding, const char *bytes, size_t size, const char **out, size_t *out_size)
{
        switch (coding) {
        case CODING_GZIP:
                return encode_gzip(arena, bytes, size, out, out_size);
        case CODING_BROTLI:
                return encode_brotli(arena, bytes, size, out, out_size);
        default:
                return false;
        }
}

/* One byte more than may come, so that more than may come is seen. */
static status inflate_all(z_stream *stream, struct arena *arena, size_t size_max, const char **out, size_t *out_size)
{
        size_t room = size_max + 1;
        Bytef *plain = arena_try_alloc(arena, room + 1);
        if (plain == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        stream->next_out = plain;
        stream->avail_out = (uInt)room;
        int result = inflate(stream, Z_FINISH);
        if (stream->total_out > size_max)
                return STATUS_RESOURCE_EXHAUSTED;
        if (result != Z_STREAM_END || stream->avail_in > 0)
                return STATUS_INVALID_ARGUMENT;
        plain[stream->total_out] = '\0';
        *out = (const char *)plain;
        *out_size = stream->total_out;
        return STATUS_OK;
}

status coding_decode(
        struct arena *arena, const char *bytes, size_t size, size_t size_max, const char **out, size_t *out_size)
{
        z_stream stream = {.next_in = (Bytef *)(size_t)bytes, .avail_in = (uInt)size};
        if (size > UINT32_MAX / 2 || size_max > UINT32_MAX / 2 || inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
                return STATUS_RESOURCE_EXHAUSTED;
        status result = inflate_all(&stream, arena, size_max, out, out_size);
        inflateEnd(&stream);
        return result;
}
