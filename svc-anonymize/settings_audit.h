/* SPDX-License-Identifier: Apache-2.0 */
/* What a request changes of somebody's settings, and the record of it. */
#pragma once

#include "common/call.h"
#include "sfp/profile.pb-c.h"

/* Three lists of the same length: a setting, its value before and after. Values of lists are how many there are: what a
 * phrase is nobody is told. */
struct settings_changes {
        size_t count;
        char **settings;
        char **from;
        char **to;
};

/* What is given and differs. Lives in the arena. */
struct settings_changes settings_compare(
        struct arena *arena, const Anonymize__PrivacySettings *old, const Anonymize__UpdateSettingsRequest *in);

/* The value of one setting as a change would tell it. */
const char *settings_value(struct arena *arena, const Anonymize__PrivacySettings *settings, const char *name);

/* Queues the record of the caller's changes. */
MUST_CHECK status settings_record(struct call *call, const struct settings_changes *changes, int64_t version);
