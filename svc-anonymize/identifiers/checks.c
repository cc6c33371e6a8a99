/* SPDX-License-Identifier: Apache-2.0 */
/* What is common to many countries, and the numbers of the United States, Canada and the United Kingdom. */
#include "svc-anonymize/identifiers/checks.h"

#include "svc-anonymize/identifiers/weighing.h"

#include <string.h>

bool check_luhn(const char *value, size_t length)
{
        int sum = 0;
        for (size_t i = 0; i < length; i++) {
                int digit = value[length - 1 - i] - '0';
                sum += i % 2 == 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
        }
        return sum % 10 == 0;
}

/* The product of the dihedral group: a rotation by the left, turned over when the left is a reflection. */
static int product(int left, int right)
{
        if (left < 5)
                return right < 5 ? (left + right) % 5 : 5 + (left + right) % 5;
        return right < 5 ? 5 + (left - right) % 5 : (left - right + 5) % 5;
}

bool check_verhoeff(const char *value, size_t length)
{
        static const char turned[] = "1576283094";
        int sum = 0;
        for (size_t i = 0; i < length; i++) {
                int digit = value[length - 1 - i] - '0';
                for (size_t turn = i % 8; turn > 0; turn--)
                        digit = turned[digit] - '0';
                sum = product(sum, digit);
        }
        return sum == 0;
}

bool check_is_date(const char *yymmdd)
{
        int month = number_at(yymmdd + 2, 2), day = number_at(yymmdd + 4, 2);
        return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool check_aba(const char *value, size_t length)
{
        int first = number_at(value, 2);
        bool is_given = first <= 12 || (first >= 21 && first <= 32) || (first >= 61 && first <= 72) || first == 80;
        return is_given && weigh(value, length, "371371371") % 10 == 0 && strncmp(value, "000", 3) != 0;
}

bool check_npi(const char *value, size_t length)
{
        char prefixed[16] = "80840";
        memcpy(prefixed + 5, value, length);
        return (value[0] == '1' || value[0] == '2') && check_luhn(prefixed, length + 5);
}

bool check_sin(const char *value, size_t length)
{
        return value[0] != '0' && value[0] != '8' && check_luhn(value, length);
}

bool check_nhs(const char *value, size_t length)
{
        int sum = 0;
        for (size_t i = 0; i + 1 < length; i++)
                sum += (value[i] - '0') * (10 - (int)i);
        int check = (11 - sum % 11) % 11;
        return check == value[length - 1] - '0' && strspn(value, "0") < length;
}

bool check_dea(const char *value, size_t length)
{
        int odd = 0, even = 0;
        for (size_t i = 2; i + 1 < length; i++)
                *(i % 2 == 0 ? &odd : &even) += value[i] - '0';
        return strchr("abcdefghjklmnprstux", value[0]) != NULL && (odd + 2 * even) % 10 == value[length - 1] - '0';
}

bool check_nino(const char *value, size_t length)
{
        static const char never[] = "bg gb nk kn tn nt zz ";
        char prefix[] = {value[0], value[1], ' ', '\0'};
        return strchr("dfiquv", value[0]) == NULL && strchr("dfiquvo", value[1]) == NULL &&
               strstr(never, prefix) == NULL && strchr("abcd", value[length - 1]) != NULL;
}

static bool is_mbi_letter(char sign)
{
        return sign >= 'a' && strchr("slobiz", sign) == NULL;
}

/* c a an n a an n a a n n, the first not 0. */
bool check_mbi(const char *value, size_t length)
{
        static const char kinds[] = "9aX9aX9aa99";
        for (size_t i = 0; i < length; i++) {
                bool is_digit = value[i] <= '9';
                if ((kinds[i] == '9' && !is_digit) || (kinds[i] == 'a' && !is_mbi_letter(value[i])) ||
                        (kinds[i] == 'X' && !is_digit && !is_mbi_letter(value[i])))
                        return false;
        }
        return value[0] != '0';
}

/* Five of the surname filled up with 9; decade, month (plus 50), day, year; two initials filled up with 9. */
bool check_gb_driver(const char *value, size_t length)
{
        int month = number_at(value + 6, 2) % 50, day = number_at(value + 8, 2);
        bool has_name = value[0] >= 'a';
        for (size_t i = 0; i < 5; i++)
                has_name = has_name && (value[i] >= 'a' || value[i] == '9');
        return length == 16 && has_name && month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
               (value[11] >= 'a' || value[11] == '9') && (value[12] >= 'a' || value[12] == '9');
}

/* The areas of the Royal Mail, two letters each, those of one letter last. */
bool check_postcode(const char *value, size_t length)
{
        static const char areas[] = "abalbabbbdbhblbnbrbsbtcachcmcocrctcvcwdadddedgdhdldndtdyecenexfkfygl"
                                    "gugyhahdhghphrhshuhxigimipivjekakkktkwkylaldlelllnlslumkmlnenfngnnnpnrnwolox"
                                    "paphplporgrhrmsasesgskslsmsnsospsrssstswsytatdtftntqtrtstwubwawcwdwfwnwrwswv"
                                    "yozeb.e.g.l.m.n.s.w.";
        char area[2] = {value[0], value[1] >= 'a' ? value[1] : '.'};
        for (size_t i = length - 2; i < length; i++)
                if (strchr("cikmov", value[i]) != NULL)
                        return false;
        for (const char *row = areas; *row != '\0'; row += 2)
                if (row[0] == area[0] && row[1] == area[1])
                        return true;
        return false;
}
