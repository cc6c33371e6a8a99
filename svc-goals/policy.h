/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions about shares, without database, clock or network. */
#pragma once

#include "common/lifecycle.h"

/* What becomes of a submitted text after moderation has spoken, or has not. */
enum outcome {
        OUTCOME_PUBLISH,
        OUTCOME_HOLD,  /* a person rules */
        OUTCOME_RETRY, /* moderation did not answer: ask again */
        OUTCOME_REFUSE,
};

/* For moderation's verdict; NULL: it was out of reach. A verdict we do not know holds. */
enum outcome outcome_of(const char *verdict);

/* May others see a share in this state? An edit that waits leaves the text before it public, which is not said here. */
bool state_is_public(const char *state);

/* May its owner say how far the goal is? */
bool share_takes_progress(const char *state);

/* The life of a share. Its guards take the share, a Goals__Share. */
extern const struct transition share_transitions[];
