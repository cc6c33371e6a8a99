/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that countries give to people and firms, country by country. */
#include "svc-anonymize/identifiers/checks.h"
#include "svc-anonymize/identifiers/weighing.h"

#include <string.h>

/* ---- Australia: business 10 1 3 5 ... modulo 89 with the first digit less one; company, tax, Medicare */
bool check_abn(const char *value, size_t length)
{
        return value[0] != '0' && (weigh(value, length, "a13579bdfhj") - 10) % 89 == 0;
}

bool check_acn(const char *value, size_t length)
{
        return (10 - weigh(value, length - 1, "87654321") % 10) % 10 == value[length - 1] - '0';
}

bool check_tfn(const char *value, size_t length)
{
        return weigh(value, length, length == 9 ? "14375869a" : "a7846351") % 11 == 0 && strspn(value, "0") < length;
}

bool check_au_medicare(const char *value, size_t length)
{
        return length >= 10 && value[0] >= '2' && value[0] <= '6' && weigh(value, 8, "13791379") % 10 == value[8] - '0';
}

/* ---- Germany */
static bool passes_11_10(const char *digits, size_t length)
{
        int product = 10;
        for (size_t i = 0; i + 1 < length; i++) {
                int sum = (digits[i] - '0' + product) % 10;
                product = (sum == 0 ? 10 : sum) * 2 % 11;
        }
        return (11 - product) % 10 == digits[length - 1] - '0';
}

bool check_de_tax(const char *value, size_t length)
{
        return value[0] != '0' && passes_11_10(value, length);
}

bool check_de_vat(const char *value, size_t length)
{
        return value[0] == 'd' && value[1] == 'e' && value[2] != '0' && passes_11_10(value + 2, length - 2);
}

/* Ten signs with their check digit; nine have none to look at. */
bool check_de_id(const char *value, size_t length)
{
        return length == 10 && strchr("cfghjklmnprtvwxyz", value[0]) != NULL &&
               weigh(value, 9, "731731731") % 10 == value[9] - '0';
}

/* Sum of the digits of each product, the letter as two digits counted from a = 1. */
static int cross_weigh(const char *value, size_t length, const char *weights)
{
        int sum = 0, place = 0;
        for (size_t i = 0; i < length; i++) {
                int number = value[i] >= 'a' ? value[i] - 'a' + 1 : value[i] - '0';
                if (value[i] >= 'a') {
                        int tens = number / 10 * (weights[place++] - '0');
                        sum += tens / 10 + tens % 10;
                        number %= 10;
                }
                int units = number * (weights[place++] - '0');
                sum += units / 10 + units % 10;
        }
        return sum;
}

bool check_de_social(const char *value, size_t length)
{
        int day = number_at(value + 2, 2) % 50, month = number_at(value + 4, 2);
        return day <= 31 && month >= 1 && month <= 12 &&
               cross_weigh(value, length - 1, "212571212121") % 10 == value[length - 1] - '0';
}

bool check_de_health(const char *value, size_t length)
{
        return cross_weigh(value, length - 1, "1212121212") % 10 == value[length - 1] - '0';
}

bool check_de_register(const char *value, size_t length)
{
        return length > 3 && memcmp(value, "hr", 2) == 0 && (value[2] == 'a' || value[2] == 'b');
}

/* ---- Spain, Finland */
bool check_nif(const char *value, size_t length)
{
        static const char letters[] = "trwagmyfpdxbnjzsqvhlcke";
        char digits[9] = {0};
        memcpy(digits, value, length - 1);
        if (digits[0] >= 'a') {
                if (strchr("xyz", digits[0]) == NULL)
                        return false;
                digits[0] = (char)(digits[0] - 'x' + '0');
        }
        return letters[number_at(digits, length - 1) % 23] == value[length - 1];
}

/* ddmmyy, the century's sign left out, three digits and a sign out of 31. */
bool check_hetu(const char *value, size_t length)
{
        static const char signs[] = "0123456789abcdefhjklmnprstuvwxy";
        if (length == 11) { /* the century is a letter */
                char shorter[11] = {0};
                memcpy(shorter, value, 6);
                memcpy(shorter + 6, value + 7, 4);
                return strchr("abcdefyxwvu", value[6]) != NULL && check_hetu(shorter, 10);
        }
        char digits[10] = {0};
        memcpy(digits, value, 9);
        int day = number_at(value, 2), month = number_at(value + 2, 2);
        return day >= 1 && day <= 31 && month >= 1 && month <= 12 && signs[number_at(digits, 9) % 31] == value[9];
}

/* ---- India */
bool check_aadhaar(const char *value, size_t length)
{
        return value[0] >= '2' && check_verhoeff(value, length);
}

bool check_pan(const char *value, size_t length)
{
        return length == 10 && strchr("abcfghjlpt", value[3]) != NULL;
}

/* State, PAN, number, z, check sign in base 36. */
bool check_gstin(const char *value, size_t length)
{
        static const char signs[] = "0123456789abcdefghijklmnopqrstuvwxyz";
        int sum = 0, state = number_at(value, 2);
        for (size_t i = 0; i + 1 < length; i++) {
                int part = sign_value(value[i]) * (i % 2 == 0 ? 1 : 2);
                sum += part / 36 + part % 36;
        }
        return state >= 1 && state <= 38 && signs[(36 - sum % 36) % 36] == value[length - 1];
}

bool check_in_vehicle(const char *value, size_t length)
{
        static const char states[] =
                " an ap ar as br cg ch dd dl dn ga gj hp hr jh jk ka kl la ld mh ml mn mp mz nl od or "
                "pb py rj sk tn tr tg ts up uk wb ";
        char state[] = {' ', value[0], value[1], ' ', '\0'};
        return length >= 8 && strstr(states, state) != NULL;
}

/* ---- Italy: odd places by a table of their own, letters may stand for digits where two people would share a code */
bool check_it_fiscal(const char *value, size_t length)
{
        static const int odd[] = {
                1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
        int sum = 0;
        for (size_t i = 0; i + 1 < length; i++) {
                int place = value[i] >= 'a' ? value[i] - 'a' : value[i] - '0';
                sum += i % 2 == 0 ? odd[place] : place;
        }
        return strchr("abcdehlmprst", value[8]) != NULL && 'a' + sum % 26 == value[length - 1];
}

bool check_it_vat(const char *value, size_t length)
{
        return check_luhn(value, length) && strspn(value, "0") < 7;
}

/* ---- Korea */
static bool has_century(const char *value, const char *centuries)
{
        return check_is_date(value) && strchr(centuries, value[6]) != NULL;
}

bool check_rrn(const char *value, size_t length)
{
        return length == 13 && has_century(value, "123490");
}

bool check_frn(const char *value, size_t length)
{
        return length == 13 && has_century(value, "5678");
}

bool check_rrn_sum(const char *value, size_t length)
{
        return check_rrn(value, length) && (11 - weigh(value, 12, "234567892345") % 11) % 10 == value[12] - '0';
}

bool check_frn_sum(const char *value, size_t length)
{
        return check_frn(value, length) && (13 - weigh(value, 12, "234567892345") % 11) % 10 == value[12] - '0';
}

bool check_brn(const char *value, size_t length)
{
        int sum = weigh(value, length - 1, "137137135") + (value[8] - '0') * 5 / 10;
        return (10 - sum % 10) % 10 == value[length - 1] - '0';
}

bool check_kr_driver(const char *value, size_t length)
{
        int region = number_at(value, 2);
        return length == 12 && region >= 11 && region <= 28;
}

/* ---- Poland, Sweden */
bool check_pesel(const char *value, size_t length)
{
        int month = number_at(value + 2, 2) % 20, day = number_at(value + 4, 2);
        return month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
               (10 - weigh(value, length - 1, "1379137913") % 10) % 10 == value[length - 1] - '0';
}

bool check_nip(const char *value, size_t length)
{
        return weigh(value, length - 1, "657234567") % 11 == value[length - 1] - '0' && value[0] != '0';
}

bool check_regon(const char *value, size_t length)
{
        int sum = length == 9 ? weigh(value, 8, "89234567") : weigh(value, 13, "2485097361248");
        return (length == 9 || length == 14) && sum % 11 % 10 == value[length - 1] - '0' && strspn(value, "0") < 4;
}

/* Three letters, the check digit, five digits. */
bool check_pl_card(const char *value, size_t length)
{
        int sum = weigh(value, 3, "731") + weigh(value + 4, 5, "73173");
        return length == 9 && sum % 10 == value[3] - '0';
}

bool check_personnummer(const char *value, size_t length)
{
        const char *short_form = value + (length == 12 ? 2 : 0);
        int month = number_at(short_form + 2, 2), day = number_at(short_form + 4, 2) % 60;
        bool has_century = length == 10 || strncmp(value, "19", 2) == 0 || strncmp(value, "20", 2) == 0 ||
                           strncmp(value, "18", 2) == 0;
        return has_century && month >= 1 && month <= 12 && day >= 1 && day <= 31 && check_luhn(short_form, 10);
}

bool check_organisation(const char *value, size_t length)
{
        return length == 10 && value[2] >= '2' && value[0] != '0' && check_luhn(value, length);
}

/* ---- Singapore, Thailand, Turkey, South Africa */
bool check_nric_series(const char *value, size_t length)
{
        return length == 9 && strchr("stfgm", value[0]) != NULL;
}

bool check_uen(const char *value, size_t length)
{
        if (value[0] >= 'a')
                return length == 10 && strchr("rst", value[0]) != NULL;
        int year = number_at(value, 4);
        return year >= 1900 && year <= 2099;
}

bool check_tnin(const char *value, size_t length)
{
        int sum = 0;
        for (size_t i = 0; i + 1 < length; i++)
                sum += (value[i] - '0') * (13 - (int)i);
        return value[0] != '0' && (11 - sum % 11) % 10 == value[length - 1] - '0';
}

bool check_tckn(const char *value, size_t length)
{
        int odd = weigh(value, 9, "101010101"), even = weigh(value, 8, "01010101"),
            all = weigh(value, 10, "1111111111");
        return length == 11 && value[0] != '0' && (odd * 7 - even + 100) % 10 == value[9] - '0' &&
               all % 10 == value[10] - '0';
}

bool check_za_id(const char *value, size_t length)
{
        return check_is_date(value) && value[10] <= '2' && check_luhn(value, length);
}
