/* SPDX-License-Identifier: Apache-2.0 */
/* What people have agreed to, and taken back: a log of each person that only grows, chained by hashes. */
#pragma once

#include "common/call.h"
#include "sfp/personal.pb-c.h"
#include "sfp/profile.pb-c.h"
#include "svc-anonymize/settings_audit.h"

/* Writes what a change of the caller's settings says of consents, in the same transaction; `channel` is where it was
 * said. */
MUST_CHECK status consents_follow(struct call *call, const struct settings_changes *changes, const char *channel);

/* Writes down what the caller's settings say of what is also said by doing it, where nothing has been said before: also
 * a value that was there already is somebody's word once they have asked for it. */
MUST_CHECK status consents_note(
        struct call *call, const Anonymize__UpdateSettingsRequest *settings, const char *channel);

/* Somebody gives figures or the like: unless they have ever said otherwise, that is their consent, by way of `channel`.
 * *is_withdrawn: they have taken it back, and it holds. In the caller's transaction. */
MUST_CHECK status consents_imply(
        struct call *call, const char *user_id, const char *purpose, const char *channel, bool *is_withdrawn);

/* How the table knows a person. */
ProtobufCBinaryData consent_tag(struct call *call, const char *user_id);
