/* SPDX-License-Identifier: Apache-2.0 */
/* Check digits, from their public definitions. Each takes the letters (lower-case) and digits of a number without what
 * stands between them, and says whether they can be one. Where a rule says more than its check digit (a date of birth,
 * a range that was never given out) that is checked too. `length` is one the type has (numbers.def, codes.def). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* ISO/IEC 7812-1 annex B: every second digit from the right doubled. */
bool check_luhn(const char *value, size_t length);

/* Verhoeff 1969: the dihedral group of order ten. */
bool check_verhoeff(const char *value, size_t length);

/* Two digits each of year, month and day. */
bool check_is_date(const char *yymmdd);

/* American Bankers Association: weights 3 7 1, first two digits as the Federal Reserve has given them. */
bool check_aba(const char *value, size_t length);
bool check_npi(const char *value, size_t length);  /* Luhn behind 80840 */
bool check_sin(const char *value, size_t length);  /* Luhn; does not begin with 0 or 8 */
bool check_nhs(const char *value, size_t length);  /* weights 10 to 2, modulo 11 */
bool check_dea(const char *value, size_t length);  /* two letters, seven digits */
bool check_nino(const char *value, size_t length); /* prefixes that were never given out */
bool check_mbi(const char *value, size_t length);  /* letters without S L O I B Z */
bool check_gb_driver(const char *value, size_t length);
bool check_postcode(const char *value, size_t length);

bool check_abn(const char *value, size_t length);
bool check_acn(const char *value, size_t length);
bool check_tfn(const char *value, size_t length);
bool check_au_medicare(const char *value, size_t length);
bool check_de_tax(const char *value, size_t length); /* ISO 7064 modulo 11, 10 */
bool check_de_vat(const char *value, size_t length); /* the same behind "de" */
bool check_de_id(const char *value, size_t length);  /* weights 7 3 1 over letters and digits */
bool check_de_social(const char *value, size_t length);
bool check_de_health(const char *value, size_t length);
bool check_nif(const char *value, size_t length); /* 23 letters; X, Y and Z stand for 0, 1 and 2 */
bool check_hetu(const char *value, size_t length);
bool check_aadhaar(const char *value, size_t length);
bool check_pan(const char *value, size_t length);
bool check_gstin(const char *value, size_t length);
bool check_in_vehicle(const char *value, size_t length);
bool check_it_fiscal(const char *value, size_t length);
bool check_it_vat(const char *value, size_t length);
bool check_rrn(const char *value, size_t length);     /* date and century; checked by digit until 2020 only */
bool check_rrn_sum(const char *value, size_t length); /* ... and the digit */
bool check_frn(const char *value, size_t length);
bool check_frn_sum(const char *value, size_t length);
bool check_brn(const char *value, size_t length);
bool check_kr_driver(const char *value, size_t length); /* region 11 to 28 */
bool check_pesel(const char *value, size_t length);
bool check_nip(const char *value, size_t length);
bool check_regon(const char *value, size_t length);
bool check_pl_card(const char *value, size_t length);
bool check_personnummer(const char *value, size_t length);
bool check_organisation(const char *value, size_t length);
bool check_nric_series(const char *value, size_t length); /* s, t, f, g, m; also without a check letter that fits */
bool check_uen(const char *value, size_t length);         /* of a year, or t, s, r and a year */
bool check_de_register(const char *value, size_t length); /* behind hra or hrb */
bool check_tnin(const char *value, size_t length);
bool check_tckn(const char *value, size_t length);
bool check_za_id(const char *value, size_t length);
