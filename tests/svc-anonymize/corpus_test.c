/* SPDX-License-Identifier: Apache-2.0 */
/* Floors for what is found in the labelled texts of corpus/. Whoever raises the engine raises the floors. */
#include "svc-anonymize/identifiers/identifier.h"
#include "tests/suite.h"
#include "tests/svc-anonymize/labelled.h"

#include <stdio.h>
#include <string.h>

static struct labelled_score score(const char *path)
{
        struct arena *arena = arena_new(0);
        struct labelled_texts texts = labelled_read(arena, path);
        struct labelled_score out = labelled_score(&texts, true);
        arena_free(arena);
        return out;
}

static void check_share(const char *what, size_t part, size_t whole, size_t percent)
{
        ck_assert_msg(part * 100 >= whole * percent, "%s: %zu of %zu, less than %zu %%", what, part, whole, percent);
}

TEST(what_identifies_people_is_found_and_called_by_its_name)
{
        struct labelled_score all = score(CORPUS "/positives.txt");
        ck_assert_uint_ge(all.labels, 150);
        check_share("found", all.found, all.labels, 98);
        check_share("as what it is", all.typed, all.labels, 97);
        check_share("rightly", all.believed, all.found_in_all, 98);
}
END_TEST

TEST(money_and_markets_are_left_alone)
{
        struct labelled_score all = score(CORPUS "/negatives.txt");
        ck_assert_uint_ge(all.clean, 100);
        ck_assert_uint_eq(all.damaged, 0);
}
END_TEST

TEST(names_and_addresses_are_found)
{
        struct labelled_score all = score(CORPUS "/names.txt");
        ck_assert_uint_ge(all.labels, 120);
        check_share("found", all.found, all.labels, 98);
        check_share("as what it is", all.typed, all.labels, 97);
        check_share("rightly", all.believed, all.found_in_all, 97);
}
END_TEST

TEST(brands_books_and_places_are_left_alone)
{
        struct labelled_score all = score(CORPUS "/names_negatives.txt");
        ck_assert_uint_ge(all.clean, 180);
        ck_assert_uint_le(all.damaged * 100, all.clean);
}
END_TEST

TEST(disguises_do_not_help)
{
        struct labelled_score all = score(CORPUS "/evasions.txt");
        ck_assert_uint_ge(all.labels, 60);
        check_share("found", all.found, all.labels, 93);
}
END_TEST

/* Sentences of others, where they are: beside the checkout, and no part of it. */
#define OTHERS CORPUS "/../../../../shared/data/pii/dev.jsonl"

static struct labelled_score score_others(const char *source, const char *types)
{
        struct arena *arena = arena_new(0);
        struct labelled_texts texts = labelled_read_json(arena, OTHERS, source, types);
        struct labelled_score out = labelled_score(&texts, false);
        if (texts.count == 0)
                fprintf(stderr, "skipped: there is no %s\n", OTHERS);
        arena_free(arena);
        return out;
}

TEST(numbers_in_the_sentences_of_others_are_found)
{
        struct labelled_score all = score_others("",
                " CREDIT_CARD PHONE_NUMBER EMAIL_ADDRESS URL US_SSN IBAN_CODE IP_ADDRESS US_DRIVER_LICENSE US_BANK_NUMBER "
                "DATE_OF_BIRTH SOCIAL_HANDLE CRYPTO UK_NINO ABA_ROUTING_NUMBER UK_POSTCODE US_PASSPORT MAC_ADDRESS "
                "ACCOUNT_ID ");
        check_share("found", all.found, all.labels, 99);
        check_share("as what it is", all.typed, all.labels, 95);
}
END_TEST

TEST(the_goals_of_others_are_left_alone)
{
        struct labelled_score all = score_others("own:finance-negative", NULL);
        ck_assert_uint_le(all.damaged * 50, all.clean);
}
END_TEST

TEST(the_disguises_of_others_do_not_help)
{
        struct labelled_score all = score_others("own:evasion", NULL);
        check_share("found", all.found, all.labels, 80);
}
END_TEST

/* Names and addresses of people have texts of their own. */
static bool is_elsewhere(const char *type)
{
        return strcmp(type, "PERSON") == 0 || strcmp(type, "STREET_ADDRESS") == 0;
}

TEST(every_type_has_a_text)
{
        struct arena *arena = arena_new(0);
        struct labelled_texts texts = labelled_read(arena, CORPUS "/positives.txt");
        for (size_t type = 0; type < IDENTIFIER_TYPES; type++) {
                bool is_there = is_elsewhere(identifiers[type].name);
                for (size_t i = 0; i < texts.count && !is_there; i++)
                        for (size_t j = 0; j < texts.texts[i].n_labels; j++)
                                is_there =
                                        is_there || strcmp(texts.texts[i].labels[j].type, identifiers[type].name) == 0;
                ck_assert_msg(is_there, "no text has a %s", identifiers[type].name);
        }
        arena_free(arena);
}
END_TEST

SUITE("svc-anonymize/corpus", FORK, T(what_identifies_people_is_found_and_called_by_its_name),
        T(money_and_markets_are_left_alone), T(names_and_addresses_are_found),
        T(brands_books_and_places_are_left_alone), T(disguises_do_not_help),
        T(numbers_in_the_sentences_of_others_are_found), T(the_goals_of_others_are_left_alone),
        T(the_disguises_of_others_do_not_help), T(every_type_has_a_text))
