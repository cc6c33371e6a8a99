/* SPDX-License-Identifier: Apache-2.0 */
/* A pattern is read as branches of sequences. Of a sequence, each piece that cannot be left out must be in the text, so
 * the one that is rarest is chosen (the longest shortest needle, then the fewest); of branches, one must, so all that
 * they have is joined, and one of which nothing is known spoils it. */
#include "svc-moderation/needles.h"

#include <string.h>

enum { DEPTH_MAX = 16 };

/* How often something comes: perhaps not at all, once, or more often. */
enum times { TIMES_MAYBE, TIMES_ONCE, TIMES_MORE };

enum kind { KIND_LITERAL, KIND_EMPTY, KIND_OTHER, KIND_GROUP };

struct reader {
        const char *at;
        int depth;
        bool is_lost; /* something unusual: what was read says nothing */
};

static void read_branches(struct reader *reader, struct needles *out);

static unsigned shortest(const struct needles *needles)
{
        unsigned least = needles->count == 0 ? 0 : NEEDLE_MAX;
        for (size_t i = 0; i < needles->count; i++)
                if (needles->items[i].length < least)
                        least = needles->items[i].length;
        return least;
}

static void choose(struct needles *best, const struct needles *other)
{
        unsigned had = shortest(best), has = shortest(other);
        if (has > had || (has == had && has > 0 && other->count < best->count))
                *best = *other;
}

static void end_run(struct needles *run, struct needles *best)
{
        if (run->items[0].length >= NEEDLE_MIN) {
                run->count = 1;
                choose(best, run);
        }
        run->count = 0;
        run->items[0].length = 0;
}

static void add_to_run(struct needles *run, char byte)
{
        struct needle *needle = &run->items[0];
        if (needle->length < NEEDLE_MAX)
                needle->bytes[needle->length++] = (unsigned char)byte;
}

/* "[...]": a bracket that comes first is one of its members. */
static void pass_class(struct reader *reader)
{
        reader->at += reader->at[1] == '^' ? 2 : 1;
        for (bool is_first = true; *reader->at != '\0' && (is_first || *reader->at != ']'); is_first = false) {
                if (*reader->at == '[' && strchr(":.=", reader->at[1]) != NULL)
                        reader->is_lost = true;
                if (*reader->at == '\\' && reader->at[1] != '\0') {
                        reader->is_lost |= strchr("QEc", reader->at[1]) != NULL; /* "\\c]" is one character */
                        reader->at++;
                }
                reader->at++;
        }
        if (*reader->at == '\0')
                reader->is_lost = true;
        else
                reader->at++;
}

static enum kind read_escape(struct reader *reader, char *byte)
{
        char escaped = reader->at[1];
        *byte = escaped;
        reader->at += escaped == '\0' ? 1 : 2;
        if (escaped != '\0' && strchr("bBAzZ", escaped) != NULL)
                return KIND_EMPTY;
        if (escaped != '\0' && strchr("dDsSwW", escaped) != NULL)
                return KIND_OTHER;
        bool is_sign = escaped > ' ' && escaped < 127 && strchr("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", escaped) != NULL;
        reader->is_lost |= !is_sign;
        return KIND_LITERAL;
}

/* "(", "(?:", "(?>" are groups; what looks ahead or behind adds nothing to the text. */
static enum kind read_group(struct reader *reader, struct needles *group)
{
        static const struct {
                const char *opening;
                enum kind kind;
        } openings[] = {{"(?:", KIND_GROUP}, {"(?>", KIND_GROUP}, {"(?=", KIND_EMPTY}, {"(?!", KIND_EMPTY},
                {"(?<=", KIND_EMPTY}, {"(?<!", KIND_EMPTY}, {"(?", KIND_OTHER}, {"(*", KIND_OTHER}, {"(", KIND_GROUP}};
        size_t i = 0;
        while (strncmp(reader->at, openings[i].opening, strlen(openings[i].opening)) != 0)
                i++;
        reader->at += strlen(openings[i].opening);
        reader->is_lost |= openings[i].kind == KIND_OTHER || ++reader->depth > DEPTH_MAX;
        if (!reader->is_lost)
                read_branches(reader, group);
        reader->depth--;
        reader->is_lost |= *reader->at != ')';
        reader->at += *reader->at == ')';
        return openings[i].kind;
}

static enum kind read_piece(struct reader *reader, char *byte, struct needles *group)
{
        *byte = *reader->at;
        switch (*reader->at) {
        case '\\':
                return read_escape(reader, byte);
        case '[':
                pass_class(reader);
                return KIND_OTHER;
        case '(':
                return read_group(reader, group);
        case '^':
        case '$':
                reader->at++;
                return KIND_EMPTY;
        case '.':
                reader->at++;
                return KIND_OTHER;
        default:
                reader->is_lost |= strchr("*+?{", *reader->at) != NULL; /* nothing that it could repeat */
                reader->at++;
                return KIND_LITERAL;
        }
}

static enum times read_braces(struct reader *reader)
{
        size_t digits = strspn(reader->at + 1, "0123456789");
        bool is_nought = digits > 0 && strspn(reader->at + 1, "0") == digits;
        size_t length = strspn(reader->at + 1, "0123456789,");
        if (digits == 0 || reader->at[1 + length] != '}') {
                reader->is_lost = true;
                return TIMES_MAYBE;
        }
        reader->at += 2 + length;
        return is_nought ? TIMES_MAYBE : TIMES_MORE;
}

static enum times read_times(struct reader *reader)
{
        enum times times = TIMES_ONCE;
        char sign = *reader->at;
        if (sign == '{')
                times = read_braces(reader);
        else if (sign != '\0' && strchr("?*+", sign) != NULL) {
                times = sign == '+' ? TIMES_MORE : TIMES_MAYBE;
                reader->at++;
        }
        if (times != TIMES_ONCE && (*reader->at == '?' || *reader->at == '+'))
                reader->at++; /* lazy or possessive */
        return times;
}

static void take_piece(struct reader *reader, struct needles *run, struct needles *best)
{
        struct needles group = {0};
        char byte;
        enum kind kind = read_piece(reader, &byte, &group);
        enum times times = read_times(reader);
        if (kind == KIND_EMPTY)
                return;
        if (kind == KIND_LITERAL && times != TIMES_MAYBE)
                add_to_run(run, byte);
        if (kind != KIND_LITERAL || times != TIMES_ONCE)
                end_run(run, best);
        if (kind == KIND_GROUP && times != TIMES_MAYBE)
                choose(best, &group);
}

static void read_sequence(struct reader *reader, struct needles *best)
{
        struct needles run = {0};
        *best = (struct needles){0};
        while (*reader->at != '\0' && *reader->at != '|' && *reader->at != ')' && !reader->is_lost)
                take_piece(reader, &run, best);
        end_run(&run, best);
}

/* False when it has no room, or nothing is known of `branch`. */
static bool join(struct needles *all, const struct needles *branch)
{
        if (branch->count == 0 || all->count + branch->count > NEEDLES_MAX)
                return false;
        memcpy(all->items + all->count, branch->items, branch->count * sizeof *branch->items);
        all->count += branch->count;
        return true;
}

static void read_branches(struct reader *reader, struct needles *out)
{
        bool is_known = true;
        *out = (struct needles){0};
        for (;;) {
                struct needles branch;
                read_sequence(reader, &branch);
                is_known = is_known && join(out, &branch);
                if (*reader->at != '|' || reader->is_lost)
                        break;
                reader->at++;
        }
        if (!is_known)
                out->count = 0;
}

void needles_read(const char *pattern, struct needles *out)
{
        struct reader reader = {.at = pattern};
        read_branches(&reader, out);
        if (reader.is_lost || *reader.at != '\0')
                out->count = 0;
}

static unsigned bit_of(const unsigned char *bytes, unsigned length)
{
        uint32_t gram = bytes[0] | (uint32_t)bytes[1] << 8 | (length > 2 ? (uint32_t)bytes[2] << 16 : 1u << 24);
        return gram * 2654435769u >> 18; /* Fibonacci's hash, to 14 bits */
}

static void set(struct haystack *haystack, unsigned bit)
{
        haystack->bits[bit / 64] |= (uint64_t)1 << bit % 64;
}

static bool has(const struct haystack *haystack, unsigned bit)
{
        return haystack->bits[bit / 64] >> bit % 64 & 1;
}

void haystack_init(struct haystack *haystack, const unsigned char *bytes, size_t length)
{
        memset(haystack, 0, sizeof *haystack);
        for (size_t i = 0; i + 1 < length; i++) {
                set(haystack, bit_of(bytes + i, 2));
                if (i + 2 < length)
                        set(haystack, bit_of(bytes + i, 3));
        }
}

static bool may_hold(const struct haystack *haystack, const struct needle *needle)
{
        if (needle->length == 2)
                return has(haystack, bit_of(needle->bytes, 2));
        for (unsigned i = 0; i + 2 < needle->length; i++)
                if (!has(haystack, bit_of(needle->bytes + i, 3)))
                        return false;
        return true;
}

bool haystack_may_hold(const struct haystack *haystack, const struct needles *needles)
{
        if (needles->count == 0)
                return true;
        for (size_t i = 0; i < needles->count; i++)
                if (may_hold(haystack, &needles->items[i]))
                        return true;
        return false;
}
