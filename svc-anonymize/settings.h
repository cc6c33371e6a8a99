/* SPDX-License-Identifier: Apache-2.0 */
/* What a person lets others see and do. */
#pragma once

#include "common/call.h"
#include "sfp/profile.pb-c.h"

/* Queues the caller's first settings: everything off, as the table's defaults say. */
MUST_CHECK status settings_make(struct call *call, const char *profile_id);

/* Changes the caller's, whatever version they have, as PATCH /privacy/settings does: recorded, told, with the consents
 * that go with it. `channel`: where it was said. */
MUST_CHECK status settings_change(struct call *call, const Anonymize__UpdateSettingsRequest *in, const char *channel);

/* Somebody's settings; NOT_FOUND for who has no profile. */
MUST_CHECK status settings_load(struct call *call, const char *user_id, Anonymize__PrivacySettings *out);
