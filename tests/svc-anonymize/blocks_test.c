/* SPDX-License-Identifier: Apache-2.0 */
/* People in rows: each once, in order, with whoever shares the first byte of their tags. */
#include "svc-anonymize/blocks.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

enum { PEOPLE = 5000 };

static struct arena *arena;

static void set_up(void)
{
        arena = arena_new(0);
}

static void tear_down(void)
{
        arena_free(arena);
}

/* A tag like no other person's, spread over all first bytes. */
static const uint8_t *tag_of(uint32_t person)
{
        uint8_t *tag = arena_zalloc(arena, BUDGET_TAG_SIZE);
        uint32_t mixed = person * 2654435761U;
        for (int i = 0; i < 4; i++) {
                tag[i] = (uint8_t)(mixed >> (24 - 8 * i));
                tag[BUDGET_TAG_SIZE - 1 - i] = (uint8_t)(person >> (8 * i));
        }
        return tag;
}

static size_t number(const char *text)
{
        return strtoul(text, NULL, 10);
}

TEST(an_entry_is_a_tag_and_a_cell)
{
        uint8_t entry[BLOCK_ENTRY_SIZE];
        ck_assert_ptr_eq(block_entry(tag_of(7), 0x01020304, entry), entry + sizeof entry);
        ck_assert_mem_eq(entry, tag_of(7), BUDGET_TAG_SIZE);
        ck_assert_mem_eq(entry + BUDGET_TAG_SIZE, "\1\2\3\4", 4);
}
END_TEST

TEST(rows_are_all_people_in_order_and_each_has_one_first_byte)
{
        uint8_t *entries = arena_alloc(arena, PEOPLE * BLOCK_ENTRY_SIZE), *end = entries;
        for (uint32_t person = 0; person < PEOPLE; person++)
                end = block_entry(tag_of(person), (int32_t)person, end);
        struct blocks blocks = blocks_cut(arena, PEOPLE, entries);
        ck_assert_uint_eq(blocks.size, PEOPLE * BLOCK_ENTRY_SIZE);
        ck_assert_uint_eq(blocks.n, 256);
        size_t at = 0;
        for (size_t i = 0; i < blocks.n; i++) {
                ck_assert_uint_eq(number(blocks.firsts[i]), at + 1);
                for (size_t row_end = at + number(blocks.sizes[i]); at < row_end; at += BLOCK_ENTRY_SIZE) {
                        ck_assert_uint_eq(entries[at], i);
                        ck_assert(
                                at == 0 || memcmp(entries + at - BLOCK_ENTRY_SIZE, entries + at, BUDGET_TAG_SIZE) < 0);
                }
        }
        ck_assert_uint_eq(at, blocks.size);
}
END_TEST

TEST(a_person_is_in_one_cell)
{
        uint8_t entries[4 * BLOCK_ENTRY_SIZE], *end = entries, expected[2 * BLOCK_ENTRY_SIZE];
        end = block_entry((const uint8_t *)"b123456789abcdef", 9, end);
        end = block_entry((const uint8_t *)"a123456789abcdef", 8, end);
        end = block_entry((const uint8_t *)"b123456789abcdef", 7, end);
        block_entry((const uint8_t *)"b123456789abcdef", 7, end);
        struct blocks blocks = blocks_cut(arena, 4, entries);
        end = block_entry((const uint8_t *)"a123456789abcdef", 8, expected);
        block_entry((const uint8_t *)"b123456789abcdef", 7, end);
        ck_assert_uint_eq(blocks.size, sizeof expected);
        ck_assert_uint_eq(blocks.n, 2);
        ck_assert_mem_eq(entries, expected, sizeof expected);
}
END_TEST

TEST(nobody_is_no_row)
{
        uint8_t nothing[1];
        struct blocks blocks = blocks_cut(arena, 0, nothing);
        ck_assert_uint_eq(blocks.size, 0);
        ck_assert_uint_eq(blocks.n, 0);
}
END_TEST

SUITE_WITH(set_up, tear_down, "svc-anonymize/blocks", NO_FORK, T(an_entry_is_a_tag_and_a_cell),
        T(rows_are_all_people_in_order_and_each_has_one_first_byte), T(a_person_is_in_one_cell), T(nobody_is_no_row))
