/* SPDX-License-Identifier: Apache-2.0 */
/* How far somebody is in a challenge. */
#pragma once

#include "common/call.h"
#include "sfp/forum.pb-c.h"

/* The caller's participation in a challenge that is no draft, with its days and today's where the caller is; locked
 * until the end of the transaction when `is_locked`. */
MUST_CHECK status participation_load(
        struct call *call, const char *challenge_id, bool is_locked, Forum__ParticipationRow *out);

/* Progress and streak as they follow from it. */
void participation_show(const Forum__ParticipationRow *row, Forum__ChallengeProgress *out);
