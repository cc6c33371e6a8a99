/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions about shares, without database, clock or network. */
#pragma once

#include <stdbool.h>

/* What becomes of a submitted text after moderation has spoken, or has not. */
enum outcome {
        OUTCOME_PUBLISH,
        OUTCOME_HOLD,  /* a person rules */
        OUTCOME_RETRY, /* moderation did not answer: ask again */
        OUTCOME_REFUSE,
};

/* For moderation's verdict; NULL: it was out of reach. A verdict we do not know holds. */
enum outcome outcome_of(const char *verdict);

/* May an owner edit a share in this state? */
bool status_is_editable(const char *status);
