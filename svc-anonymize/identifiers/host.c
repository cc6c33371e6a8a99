/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/identifiers/host.h"

#include <string.h>

enum { LABEL_MAX = 63, KNOWN_MAX = 12 };

static const char sure[] =
        " com net org io edu mil gov info biz app dev xyz online site shop store tech blog club top live page link cloud "
        "website space finance money bank fund trade capital exchange investments group agency company email mobi name pro "
        "work life world today news media social wiki systems digital network solutions services support tools zone vip win "
        "icu fun monster click stream loan credit tax museum travel coop aero asia example test invalid localhost onion "
        "co uk de fr eu nl ch jp cn ru br au nz ie es se dk fi pl cz hu pt gr ro ai tv ";

/* Two-letter domains by first letter; those that are sure stand above as well. */
static const char *const countries[26] = {"cdefgilmoqrstuwxz", "abdefghijmnorstvwyz", "acdfghiklmnoruvwxyz", "ejkmoz",
        "cegrstu", "ijkmor", "abdefghilmnpqrstuwy", "kmnrtu", "delmnoqrst", "emop", "eghimnprwyz", "abcikrstuvy",
        "acdeghklmnopqrstuvwxyz", "acefgilopruz", "m", "aefghklmnrstwy", "a", "eosuw", "abcdeghijklmnorstuvxyz",
        "cdfghjklmnortvwz", "agksyz", "aceginu", "fs", "xk", "et", "amw"};

static const char *const providers[] = {"gmail", "googlemail", "hotmail", "outlook", "yahoo", "icloud", "protonmail",
        "proton", "aol", "gmx", "fastmail", "yandex", "live"};

static const bool label_bytes[256] = {
        ['0' ... '9'] = true, ['a' ... 'z'] = true, ['-'] = true, ['_'] = true, [0x80 ... 0xFE] = true, /* other letters
                                                                                                         */
};

bool host_is_label(unsigned char byte)
{
        return label_bytes[byte];
}

static bool is_country(const unsigned char *label)
{
        return label[0] >= 'a' && label[0] <= 'z' && label[1] != '\0' &&
               strchr(countries[label[0] - 'a'], label[1]) != NULL;
}

static bool is_sure(const unsigned char *label, size_t length)
{
        char padded[KNOWN_MAX + 3] = " ";
        if (length > KNOWN_MAX)
                return false;
        memcpy(padded + 1, label, length);
        padded[length + 1] = ' ';
        return strstr(sure, padded) != NULL;
}

static enum domain domain_of(const unsigned char *label, size_t length)
{
        if (length < 2)
                return DOMAIN_NONE;
        if (length == 2 && !is_country(label))
                return DOMAIN_NONE;
        if (is_sure(label, length))
                return DOMAIN_SURE;
        if (length == 2)
                return DOMAIN_WORD;
        for (size_t i = 0; i < length; i++)
                if (!folded_is_letter(label[i]) && !(length > 4 && memcmp(label, "xn--", 4) == 0))
                        return DOMAIN_NONE;
        return DOMAIN_LETTERS;
}

static size_t label_length(const struct folding *view, size_t at)
{
        size_t length = 0;
        while (length < LABEL_MAX && host_is_label(view->bytes[at + length]))
                length++;
        return length;
}

/* A trailing '-' or '_' is punctuation. */
static size_t trimmed(const struct folding *view, size_t at, size_t length)
{
        while (length > 0 && (view->bytes[at + length - 1] == '-' || view->bytes[at + length - 1] == '_'))
                length--;
        return length;
}

static void accept(struct host *host, const struct folding *view, size_t label, size_t length, enum spelling dots)
{
        length = trimmed(view, label, length);
        enum domain domain = domain_of(view->bytes + label, length);
        if (domain < DOMAIN_LETTERS || (domain == DOMAIN_LETTERS && host->domain > DOMAIN_LETTERS))
                return;
        host->span.end = label + length;
        host->domain = domain;
        host->dots = dots;
}

void host_read(const struct folding *view, size_t at, bool is_loose, struct host *out)
{
        *out = (struct host){.span = {at, at}, .next = at, .dots = SPELLING_PLAIN};
        enum spelling dots = SPELLING_PLAIN;
        size_t length = label_length(view, at);
        while (length > 0) {
                out->labels++;
                struct span dot;
                enum spelling spelling = spelling_dot(view, at + length, &dot);
                out->next = at + length;
                if (spelling == SPELLING_NONE || (spelling == SPELLING_LOOSE && !is_loose))
                        return;
                at = dot.end;
                length = label_length(view, at);
                if (spelling > dots)
                        dots = spelling;
                if (length > 0)
                        accept(out, view, at, length, dots);
        }
}

size_t host_provider(const struct folding *view, size_t at)
{
        size_t length = label_length(view, at);
        for (size_t i = 0; i < sizeof providers / sizeof *providers; i++)
                if (strlen(providers[i]) == length && memcmp(providers[i], view->bytes + at, length) == 0)
                        return length;
        return 0;
}
