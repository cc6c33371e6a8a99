/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/prefer.h"

#include "common/words.h"

#include <stddef.h>

enum { PREFERENCES_MAX = 16 };

static enum prefer read_value(struct words value)
{
        if (words_are(value, "minimal"))
                return PREFER_MINIMAL;
        return words_are(value, "representation") ? PREFER_REPRESENTATION : PREFER_NOTHING;
}

enum prefer prefer_read(const char *header)
{
        struct words preference, pair, name, value;
        for (int n = 0; header != NULL && n < PREFERENCES_MAX && words_next(&header, ',', &preference); n++)
                if (words_next_in(&preference, ';', &pair) && words_split(pair, &name, &value) &&
                        words_are(name, "return"))
                        return read_value(value);
        return PREFER_NOTHING;
}
