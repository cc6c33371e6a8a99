/* SPDX-License-Identifier: Apache-2.0 */
/* What a word is a cue for (cues.def), found by its letters whatever their order. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum cue {
        CUE_NONE,
#define CUE(name, words) CUE_##name,
#include "svc-moderation/cues.def"
#undef CUE
        CUE_COUNT
};

/* Letters in a row once only, sorted: the hash of a word that survives a swap and a repetition. */
uint32_t cue_signature(const unsigned char *word, size_t length);

/* The cue of a word with this signature; CUE_NONE for most. May be asked by any thread. */
enum cue cue_find(uint32_t signature);
