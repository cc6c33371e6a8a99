/* SPDX-License-Identifier: Apache-2.0 */
/* What is looked for, and what looks for it. Types are the rows of types.def; each detector is a file with one row in
 * table.c and may find several types. Detectors read the folded view only, so none of them knows about disguises below
 * the level of words. */
#pragma once

#include "common/folding.h"

/* Stands in the view where something was found already, or for a placeholder. However long, it means as much as one
 * byte: what a detector decides must not depend on the length of a run of them. */
#define BARRIER 0x01

enum stem {
#define STEM(name, word) STEM_##name,
#include "svc-anonymize/identifiers/types.def"
        STEMS
};

enum identifier_type {
#define TYPE(name, stem, same) IDENTIFIER_##name,
#include "svc-anonymize/identifiers/types.def"
        IDENTIFIER_TYPES
};

struct identifier {
        const char *name; /* "EMAIL_ADDRESS" */
        enum stem stem;
        bool is_number; /* values are the same when their letters and digits are */
};

extern const struct identifier identifiers[IDENTIFIER_TYPES];

/* First words of placeholders, lower-case ASCII without blanks. */
extern const char *const stems[STEMS];

/* How sure a detector is, in percent: a form that nothing else has or a checksum; a form and a word beside it; a form.
 */
enum { SCORE_SURE = 100, SCORE_LIKELY = 85, SCORE_POSSIBLE = 60 };

struct match {
        enum identifier_type type;
        struct span span; /* bytes of the view, not empty */
        unsigned score;   /* 1 to 100 */
};

struct detector {
        const char *name;
        /* Finds the first one that begins at or behind `from`; false when there is none. Linear in the view over all
         * calls of one pass: what was looked at and refused is not looked at again more than a bounded number of times.
         */
        bool (*find)(const struct folding *view, size_t from, struct match *out);
};

extern const struct detector detector_birth;
extern const struct detector detector_code;
extern const struct detector detector_crypto;
extern const struct detector detector_email;
extern const struct detector detector_handle;
extern const struct detector detector_iban;
extern const struct detector detector_ip;
extern const struct detector detector_mac;
extern const struct detector detector_number;
extern const struct detector detector_url;

/* All of them, first come first served: what one has found the next ones see as BARRIER. NULL ends the table. */
extern const struct detector *const detectors[];
