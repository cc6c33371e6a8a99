/* SPDX-License-Identifier: Apache-2.0 */
/* A name that two rows of different kinds share is not decided; codes are, states first. */
#include "common/folding.h"
#include "common/text.h"
#include "svc-anonymize/bands.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { REGION_MAX = 96 };

struct state {
        const char *code, *name, *division;
};

struct metro {
        const char *name, *canonical, *code;
};

struct country {
        const char *code2, *code3, *name;
};

#define STATE(code, name, division)
#define METRO(name, canonical, code)
#define COUNTRY(code2, code3, name)
#define ALIAS(name, code2)

static const struct state states[] = {
#undef STATE
#define STATE(code, name, division) {code, name, division},
#include "svc-anonymize/regions.def"
#undef STATE
#define STATE(code, name, division)
};

static const struct metro metros[] = {
#undef METRO
#define METRO(name, canonical, code) {name, canonical, code},
#include "svc-anonymize/regions.def"
#undef METRO
#define METRO(name, canonical, code)
};

static const struct country countries[] = {
#undef COUNTRY
#define COUNTRY(code2, code3, name) {code2, code3, name},
#include "svc-anonymize/regions.def"
#undef COUNTRY
#define COUNTRY(code2, code3, name)
};

static const struct country aliases[] = {
#undef ALIAS
#define ALIAS(name, code2) {code2, "", name},
#include "svc-anonymize/regions.def"
};

#define LENGTH(table) (sizeof(table) / sizeof *(table))

struct region {
        const struct state *state;
        const struct metro *metro;
        const struct country *country;
};

static const struct state *find_state(const char *text)
{
        for (size_t i = 0; i < LENGTH(states); i++)
                if (strcasecmp(text, states[i].code) == 0 || strcasecmp(text, states[i].name) == 0)
                        return &states[i];
        return NULL;
}

static const struct metro *find_metro(const char *text)
{
        for (size_t i = 0; i < LENGTH(metros); i++)
                if (strcasecmp(text, metros[i].name) == 0)
                        return &metros[i];
        return NULL;
}

static bool is_country(const struct country *country, const char *text)
{
        return strcasecmp(text, country->code2) == 0 || strcasecmp(text, country->code3) == 0 ||
               strcasecmp(text, country->name) == 0;
}

static const struct country *find_country(const char *text)
{
        for (size_t i = 0; i < LENGTH(aliases); i++)
                if (strcasecmp(text, aliases[i].name) == 0)
                        return find_country(aliases[i].code2);
        for (size_t i = 0; i < LENGTH(countries); i++)
                if (is_country(&countries[i], text))
                        return &countries[i];
        return NULL;
}

/* One name or code alone. */
static bool resolve(const char *text, struct region *out)
{
        const struct state *state = find_state(text);
        const struct country *country = find_country(text);
        if (state != NULL && country != NULL && strlen(text) > 2)
                return false;
        *out = (struct region){.state = state, .metro = state == NULL ? find_metro(text) : NULL};
        if (out->metro != NULL)
                out->state = find_state(out->metro->code);
        out->country = out->state != NULL ? find_country("US") : country;
        return out->country != NULL;
}

/* "City, State" or "State, Country": the last part decides, the first may say more. */
static bool resolve_pair(const char *first, const char *last, struct region *out)
{
        struct region wide;
        if (!resolve(last, &wide))
                return false;
        const struct state *state = find_state(first);
        const struct metro *metro = find_metro(first);
        *out = wide;
        if (wide.state == NULL && strcmp(wide.country->code2, "US") == 0 && state != NULL)
                out->state = state;
        else if (metro != NULL && wide.state == find_state(metro->code))
                out->metro = metro;
        return true;
}

static char *trim(char *text)
{
        text += strspn(text, " \t\r\n");
        size_t length = strlen(text);
        while (length > 0 && strchr(" \t\r\n.", text[length - 1]) != NULL && !(text[length - 1] == '.' && length < 7))
                length--;
        text[length] = '\0';
        return text;
}

/* ISO 3166-2, "us-ca" or "de-by": the country, and the state where there are states. */
static bool resolve_code(const char *code, struct region *out)
{
        const char country[] = {code[0], code[1], '\0'};
        *out = (struct region){.country = find_country(country)};
        if (out->country != NULL && strcmp(country, "us") == 0)
                out->state = find_state(code + 3);
        return out->country != NULL;
}

static bool is_code(const char *text)
{
        size_t length = strlen(text);
        return length >= 4 && length <= 6 && text[2] == '-';
}

static bool find_region(char *text, struct region *out)
{
        char *comma = strrchr(text, ',');
        if (comma == NULL) {
                const char *name = trim(text);
                return is_code(name) ? resolve_code(name, out) : resolve(name, out);
        }
        *comma = '\0';
        return resolve_pair(trim(text), trim(comma + 1), out);
}

/* Takes case and accents off. `out` has room for as many bytes as `text`. */
static char *fold(const char *text, char *out)
{
        size_t length = 0;
        for (uint32_t point; (point = text_next(&text)) != 0;)
                if ((out[length] = (char)folding_point(point)) != '\0')
                        length++;
        out[length] = '\0';
        return out;
}

static const char *name_at(const struct region *region, unsigned level)
{
        if (level >= BANDS_REGION_LEVELS)
                return NULL;
        if (level == BANDS_REGION_LEVELS - 1)
                return "any";
        if (level == 2 || region->state == NULL)
                return region->country->name;
        if (level == 1)
                return region->state->division;
        return region->metro != NULL ? region->metro->canonical : region->state->name;
}

const char *bands_region(const char *text, unsigned level)
{
        char folded[REGION_MAX];
        struct region region;
        if (text == NULL || strlen(text) >= sizeof folded)
                return NULL;
        return find_region(fold(text, folded), &region) ? name_at(&region, level) : NULL;
}
