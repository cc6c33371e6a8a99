/* SPDX-License-Identifier: Apache-2.0 */
/* The hashes of a chain are what docs/privacy.md says they are, and nothing reads like anything else. */
#include "svc-anonymize/chain.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

static struct arena *arena;

static void set_up(void)
{
        arena = arena_new(0);
}

static void tear_down(void)
{
        arena_free(arena);
}

static const char *hex(ProtobufCBinaryData bytes)
{
        char *out = arena_alloc(arena, 2 * bytes.len + 1);
        for (size_t i = 0; i < bytes.len; i++)
                snprintf(out + 2 * i, 3, "%02x", bytes.data[i]);
        return out;
}

static ProtobufCBinaryData linked(ProtobufCBinaryData previous, const char *first, const char *second)
{
        const char *const fields[] = {first, second};
        return chain_link(arena, previous, 2, fields);
}

/* python3 -c "import hashlib,struct; f=lambda b: struct.pack('>I',len(b))+b;
 * print(hashlib.sha256(bytes(32)+f(b'setting')+f(b'x')).hexdigest())" */
TEST(a_hash_is_sha_256_over_what_was_before_and_each_field_with_its_length)
{
        ck_assert_str_eq(hex(linked(chain_start(arena), "setting", "x")),
                "e70ec7bb748fbf71d5fb711f3ba8b52a18cc2e8f15910e14dadaff3613ef8554");
}
END_TEST

TEST(the_first_has_zeros_in_front_of_it)
{
        ProtobufCBinaryData none = {0, NULL};
        ck_assert(chain_is_same(linked(none, "a", "b"), linked(chain_start(arena), "a", "b")));
}
END_TEST

TEST(no_two_lists_of_fields_read_alike)
{
        ProtobufCBinaryData start = chain_start(arena);
        ck_assert(!chain_is_same(linked(start, "ab", "c"), linked(start, "a", "bc")));
        ck_assert(!chain_is_same(linked(start, "", "a"), linked(start, "a", "")));
        ck_assert(chain_is_same(linked(start, NULL, "a"), linked(start, "", "a")));
}
END_TEST

TEST(what_was_before_is_in_what_comes_after)
{
        ProtobufCBinaryData one = linked(chain_start(arena), "a", "b"), other = linked(chain_start(arena), "a", "c");
        ck_assert(!chain_is_same(linked(one, "x", "y"), linked(other, "x", "y")));
}
END_TEST

SUITE_WITH(set_up, tear_down, "svc-anonymize/chain", NO_FORK,
        T(a_hash_is_sha_256_over_what_was_before_and_each_field_with_its_length), T(the_first_has_zeros_in_front_of_it),
        T(no_two_lists_of_fields_read_alike), T(what_was_before_is_in_what_comes_after))
