/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of postal addresses. A function that reads a part returns the token behind it, or where it began when there
 * is none. */
#pragma once

#include "svc-anonymize/tokens.h"

enum { STREET_WORDS_MAX = 6 };

/* How the words of a street are told from others. */
struct street_name {
        size_t end;
        size_t n_words;
        bool has_capitals; /* all of them, or no case to go by */
        bool has_capital;  /* one of them */
        bool has_unknown;  /* a word that is none of the language */
        bool has_street;   /* "street", or a word that ends like "Hochstrasse" */
        bool has_landform; /* ends with "hill" and the like */
};

/* The number of a house: "12", "12a", "12-14"; no amount, date or decimal. */
size_t address_house(const struct tokens *tokens, size_t at);

/* Words that may name a street, from `at` on, up to a number, a mark or the end of the line. */
struct street_name address_street(const struct tokens *tokens, size_t at);

/* "Apt. 12", "Suite 600", "# 4". */
size_t address_unit(const struct tokens *tokens, size_t at);

/* "P.O. Box 12", "PSC 12, Box 4", "Unit 1 Box 2"; "USNS Name" where "FPO AA 12345" follows. */
size_t address_box(const struct tokens *tokens, size_t at);

/* What goes on behind a street: units, town, state, code, country, over line ends and commas. */
size_t address_tail(const struct tokens *tokens, size_t at);

/* A word that speaks of letters, houses or ways stands among the few before `at`, in the same sentence or the line
 * above. */
bool address_is_expected(const struct tokens *tokens, size_t at);
