/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/cleaner.h"
#include "tests/suite.h"

#include <string.h>

struct sample {
        const char *text;
        const char *cleaned;
};

static void check(const struct sample *samples)
{
        struct arena *arena = arena_new(0);
        for (; samples->text != NULL; samples++) {
                struct cleaned_text out;
                cleaner_clean(arena, samples->text, &out);
                ck_assert_str_eq(out.text, samples->cleaned);
                ck_assert_uint_eq(out.n_removals == 0, strcmp(samples->text, out.text) == 0);
        }
        arena_free(arena);
}

TEST(identifiers_become_numbered_placeholders)
{
        check((const struct sample[]){
                {"write to Jane.Doe+x@mail.example.com.", "write to [email 1]."},
                {"call (617) 555-0182 today", "call [phone 1] today"},
                {"a@example.com, b@example.com, A@EXAMPLE.com", "[email 1], [email 2], [email 1]"},
                {"617-555-0182 or 617.555.0182 or 617-555-0183", "[phone 1] or [phone 1] or [phone 2]"},
                {"x@example.com and 617-555-0182", "[email 1] and [phone 1]"},
                {"an old [email 4] and x@example.com", "an old [email 4] and [email 5]"},
                {NULL},
        });
}
END_TEST

TEST(people_and_where_they_live_become_placeholders)
{
        check((const struct sample[]){
                {"thanks Priyanka and Tomasz!", "thanks [person 1] and [person 2]!"},
                {"Priyanka owes me, I told Priyanka", "[person 1] owes me, I told [person 1]"},
                {"Dear Mr. Petrosyan, rent is late", "Dear Mr. [person 1], rent is late"},
                {"my name is maribel and i save", "my name is [person 1] and i save"},
                {"王小明 saved it", "[person 1] saved it"},
                {"we bought 31 Larkspur Lane, closing soon", "we bought [address 1], closing soon"},
                {"ship to 17 Elm St, Apt 4, Bend, OR 97701", "ship to [address 1]"},
                {"Chase fees, May rent, Roth limits, Wells Fargo", "Chase fees, May rent, Roth limits, Wells Fargo"},
                {"quiero ahorrar para una casa", "quiero ahorrar para una casa"},
                {NULL},
        });
}
END_TEST

TEST(whatever_introduces_a_name_is_known)
{
        static const char *const introductions[] = {"name is", "names are", "i am", "call me", "calls me", "named him",
                "named her", "called him", "called her", "name to", "is called", "was called", "under name",
                "nombre es", "me llamo", "je m'appelle", "ich heisse", "meu nome", "nome é", "me chamo", "naam is",
                "i'm", "im", "name"};
        struct arena *arena = arena_new(0);
        check((const struct sample[]){{"so zorbla today", "so zorbla today"}, {NULL}});
        for (size_t i = 0; i < sizeof introductions / sizeof *introductions; i++) {
                const char *text = arena_printf(arena, "so %s zorbla today", introductions[i]);
                const char *cleaned = arena_printf(arena, "so %s [person 1] today", introductions[i]);
                check((const struct sample[]){{text, cleaned}, {NULL}});
        }
        check((const struct sample[]){{"so it's under Zorbla today", "so it's under [person 1] today"}, {NULL}});
        arena_free(arena);
}
END_TEST

TEST(what_somebody_wants_to_be_called_keeps_the_name)
{
        struct arena *arena = arena_new(0);
        struct cleaned_text out;
        cleaner_clean_name(arena, "Priyanka Shah 617-555-0182", &out);
        ck_assert_str_eq(out.text, "Priyanka Shah [phone 1]");
        arena_free(arena);
}
END_TEST

TEST(emails_are_found_in_disguise)
{
        check((const struct sample[]){
                {"me: sam (at) example (dot) org!", "me: [email 1]!"},
                {"sam[at]example[dot]org", "[email 1]"},
                {"write jane dot doe at example dot com ok", "write [email 1] ok"},
                {"sam&#64;example.org", "[email 1]"},
                {"sam%40example.org", "[email 1]"},
                {"s\u200Bam\u2060@exam\u00ADple.org", "[email 1]"},
                {"sam@ex\u0430mple.org", "[email 1]"},
                {"Ｓａｍ＠ｅｘａｍｐｌｅ．ｏｒｇ", "[email 1]"},
                {"sam @ example . org", "[email 1]"},
                {"sam(at)gmail", "[email 1]"},
                {"o'neil@example.co.uk", "[email 1]"},
                {NULL},
        });
}
END_TEST

TEST(phones_are_found_in_many_forms)
{
        check((const struct sample[]){
                {"+1 617 555 0182", "[phone 1]"},
                {"6175550182", "[phone 1]"},
                {"ring +41 (0)96 471 07 95", "ring [phone 1]"},
                {"0044 20 7946 0958", "[phone 1]"},
                {"0431 19 97 94", "[phone 1]"},
                {"07123456789", "[phone 1]"},
                {"text 555-0142", "text [phone 1]"},
                {"whatsapp 98 76 54 32", "whatsapp [phone 1]"},
                {"tel4155550132", "tel[phone 1]"},
                {"617-555-0182 ext. 12", "[phone 1]"},
                {"٤١٥-٥٥٥-٠١٣٢", "[phone 1]"},
                {"617\u2011555\u20120182", "[phone 1]"},
                {"617\u00A0555\u00A00182", "[phone 1]"},
                {"six one seven five five five zero one eight two", "[phone 1]"},
                {NULL},
        });
}
END_TEST

TEST(cards_need_a_checksum_or_a_word)
{
        check((const struct sample[]){
                {"4111 1111 1111 1111", "[card 1]"},
                {"4111-1111/1111-1111", "[card 1]"},
                {"4111.1111.1111.1111", "[card 1]"},
                {"４１１１ １１１１ １１１１ １１１１", "[card 1]"},
                {"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "[card 1]"},
                {"3782 822463 10005", "[card 1]"},
                {"2024 4111 1111 1111 1111 12", "2024 [card 1] 12"},
                {"4111 1111 1111 1112", "4111 1111 1111 1112"},
                {"my visa 4111 1111 1111 1112", "my visa [card 1]"},
                {"card: 676222165679", "card: [card 1]"},
                {NULL},
        });
}
END_TEST

TEST(ssns_must_be_possible_or_named)
{
        check((const struct sample[]){
                {"219-09-4321", "[ssn 1]"},
                {"219 09 4321", "[ssn 1]"},
                {"912-70-1234", "[ssn 1]"},
                {"ssn 2\u200B1\u200B9-09-4321", "ssn [ssn 1]"},
                {"social security: 219094321", "social security: [ssn 1]"},
                {"ssn 000-12-3456", "ssn [ssn 1]"},
                {"666-12-3456", "666-12-3456"},
                {"219094321 steps", "219094321 steps"},
                {NULL},
        });
}
END_TEST

TEST(ibans_addresses_and_links_are_found)
{
        check((const struct sample[]){
                {"DE89 3704 0044 0532 0130 00 please", "[iban 1] please"},
                {"gb29nwbk60161331926819", "[iban 1]"},
                {"iban GB29NWBK60161331926818", "iban [iban 1]"},
                {"GB29NWBK60161331926818", "GB29NWBK60161331926818"},
                {"from 192.0.2.44.", "from [ip 1]."},
                {"192[.]0[.]2[.]44", "[ip 1]"},
                {"2001:db8::8a2e:370:7334", "[ip 1]"},
                {"see https://example.com/u/jane?x=1.", "see [url 1]."},
                {"www.tobias.example.net/a", "[url 1]"},
                {"(bit.ly/3abc)", "([url 1])"},
                {"tobias-budget.com now", "[url 1] now"},
                {"visit tobias dot com", "visit [url 1]"},
                {"https://jane@example.com/x", "[url 1]"},
                {NULL},
        });
}
END_TEST

static const char *const kept[] = {"Saved $250,000 in 2024-2025", "10000 by 2030", "401k, 403(b) and 1.5.2",
        "up 24.99%", "from 01/02/2024 to 2024-03-05", "version 10.2.0.1", "1,250, 3,400, 9,900", "$1234567890 is a lot",
        "Ratio 1:3:6 at 1:45:30", "call 1000000 shares", "Beat 0.12345678 BTC", "J.P. Morgan and BRK.B",
        "I look at it. So do you.", "paid it off.So happy", "@home", "5 @ 3.50", "meet at noon dot",
        "irs.gov has forms", "The dot com crash", "1098-T, W-2, 1040-ES", "500 600 700 800 900 1000",
        "one two three go", "std::string a::b", "3 to 4 months, 2 or 3 cards", "step 3 of 7", "save 2500000 by 2035",
        "50/30/20", "my number one goal is 10 000 000 by 2030", "phone bill 45.00 50.00 55.00",
        "call it 1200 1300 1400 a month", "Visa 2019 2020 2021 2022", "credit 4500 3200 2100 1000",
        "weekday 9-5, 24/7"};

TEST(goals_full_of_numbers_survive)
{
        struct arena *arena = arena_new(0);
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
                struct cleaned_text out;
                cleaner_clean(arena, kept[i], &out);
                ck_assert_str_eq(out.text, kept[i]);
                ck_assert_uint_eq(out.n_removals, 0);
        }
        arena_free(arena);
}
END_TEST

TEST(removals_are_in_code_points_of_the_original)
{
        struct arena *arena = arena_new(0);
        struct cleaned_text out;
        cleaner_clean(arena, "Z\u00FCrich \U0001F4B0 a\u200B@example.com, 617-555-0182", &out);
        ck_assert_str_eq(out.text, "Z\u00FCrich \U0001F4B0 [email 1], [phone 1]");
        ck_assert_uint_eq(out.n_removals, 2);
        ck_assert_str_eq(out.removals[0].kind, "email");
        ck_assert_uint_eq(out.removals[0].start, 9);
        ck_assert_uint_eq(out.removals[0].length, 14);
        ck_assert_str_eq(out.removals[1].kind, "phone");
        ck_assert_uint_eq(out.removals[1].start, 25);
        ck_assert_uint_eq(out.removals[1].length, 12);
        arena_free(arena);
}
END_TEST

TEST(a_text_that_is_too_long_is_withheld)
{
        struct arena *arena = arena_new(0);
        char *text = arena_alloc(arena, CLEANER_TEXT_MAX + 2);
        memset(text, 'a', CLEANER_TEXT_MAX + 1);
        text[CLEANER_TEXT_MAX + 1] = '\0';
        struct cleaned_text out;
        cleaner_clean(arena, text, &out);
        ck_assert_str_eq(out.text, "[text 1]");
        ck_assert_uint_eq(out.removals[0].length, CLEANER_TEXT_MAX + 1);
        arena_free(arena);
}
END_TEST

SUITE("svc-anonymize/cleaner", FORK, T(identifiers_become_numbered_placeholders),
        T(people_and_where_they_live_become_placeholders), T(whatever_introduces_a_name_is_known),
        T(what_somebody_wants_to_be_called_keeps_the_name), T(emails_are_found_in_disguise),
        T(phones_are_found_in_many_forms), T(cards_need_a_checksum_or_a_word), T(ssns_must_be_possible_or_named),
        T(ibans_addresses_and_links_are_found), T(goals_full_of_numbers_survive),
        T(removals_are_in_code_points_of_the_original), T(a_text_that_is_too_long_is_withheld))
