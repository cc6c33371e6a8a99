/* SPDX-License-Identifier: Apache-2.0 */
/* What people write about themselves: cleaned and ruled on before anybody else sees it. */
#pragma once

#include "common/call.h"
#include "sfp/profile.pb-c.h"

/* NULL: not given; "": to be taken away. */
struct profile_text {
        const char *display_name;
        const char *bio;
        const char *location;
};

/* Stores new text with the profile, as far as it is given, and says in `profile` what became of it. */
MUST_CHECK status profile_text_change(struct call *call, const struct profile_text *text, Anonymize__Profile *profile);

/* Puts text that still waits into what its owner is shown. */
MUST_CHECK status profile_text_show(struct call *call, Anonymize__Profile *profile);
