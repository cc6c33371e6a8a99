/* SPDX-License-Identifier: Apache-2.0 */
/* Published examples pass; any single digit of theirs changed does not, as check digits promise. */
#include "svc-anonymize/identifiers/checks.h"
#include "tests/suite.h"

#include <string.h>

static const struct sample {
        const char *name;
        bool (*check)(const char *value, size_t length);
        const char *value;
} samples[] = {
        {"luhn", check_luhn, "4111111111111111"},
        {"verhoeff", check_verhoeff, "234123412346"},
        {"aba", check_aba, "121000358"},
        {"npi", check_npi, "1234567893"},
        {"sin", check_sin, "130692544"},
        {"nhs", check_nhs, "9434765919"},
        {"dea", check_dea, "ab1234563"},
        {"abn", check_abn, "51824753556"},
        {"acn", check_acn, "004085616"},
        {"tfn", check_tfn, "123456782"},
        {"medicare", check_au_medicare, "2123456701"},
        {"steuer-id", check_de_tax, "86095742719"},
        {"ust-id", check_de_vat, "de136695976"},
        {"sv-nummer", check_de_social, "65170839j003"},
        {"kvnr", check_de_health, "a123456780"},
        {"nif", check_nif, "12345678z"},
        {"nie", check_nif, "x1234567l"},
        {"hetu", check_hetu, "131052308t"},
        {"aadhaar", check_aadhaar, "234123412346"},
        {"gstin", check_gstin, "27aapfu0939f1zv"},
        {"codice fiscale", check_it_fiscal, "rssmra85t10a562s"},
        {"partita iva", check_it_vat, "12345670785"},
        {"brn", check_brn, "2208162517"},
        {"pesel", check_pesel, "44051401359"},
        {"nip", check_nip, "1234563218"},
        {"regon", check_regon, "123456785"},
        {"dowod", check_pl_card, "aba300000"},
        {"personnummer", check_personnummer, "8112289874"},
        {"organisationsnummer", check_organisation, "5560360793"},
        {"tckn", check_tckn, "10000000146"},
        {"id", check_za_id, "8001015009087"},
};

TEST(published_examples_pass)
{
        for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
                ck_assert_msg(samples[i].check(samples[i].value, strlen(samples[i].value)), "%s", samples[i].name);
}
END_TEST

/* The last place, whatever it checks: nine wrong digits out of ten are refused. */
TEST(a_wrong_check_digit_is_refused)
{
        for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
                char value[32] = {0};
                size_t length = strlen(samples[i].value), passed = 0;
                memcpy(value, samples[i].value, length);
                if (value[length - 1] > '9')
                        continue;
                for (value[length - 1] = '0'; value[length - 1] <= '9'; value[length - 1]++)
                        passed += samples[i].check(value, length);
                /* the check digit of Medicare is the last but one */
                ck_assert_msg(passed == 1 || samples[i].check == check_au_medicare, "%s: %zu", samples[i].name, passed);
        }
}
END_TEST

TEST(numbers_that_were_never_given_out_are_refused)
{
        ck_assert(!check_nino("qq123456c", 9));
        ck_assert(check_nino("ab123456c", 9));
        ck_assert(!check_sin("046454286", 9));
        ck_assert(!check_pan("abcde1234f", 10) && check_pan("abcpe1234f", 10));
        ck_assert(!check_postcode("sw1a2ai", 7) && check_postcode("sw1a2aa", 7) && !check_postcode("xx12aa", 6));
        ck_assert(check_mbi("1eg4te5mk73", 11) && !check_mbi("0eg4te5mk73", 11) && !check_mbi("1sg4te5mk73", 11));
        ck_assert(!check_za_id("8013015009087", 13));
        ck_assert(check_gb_driver("morga657054sm9ij", 16) && !check_gb_driver("morga697054sm9ij", 16));
}
END_TEST

SUITE("svc-anonymize/checks", FORK, T(published_examples_pass), T(a_wrong_check_digit_is_refused),
        T(numbers_that_were_never_given_out_are_refused))
