/* SPDX-License-Identifier: Apache-2.0 */
/* One kind of identifier is one file with one row, named in table.c. Detectors read the folded view only, so none of
 * them knows about disguises below the level of words. */
#pragma once

#include "common/folding.h"

/* Stands in the view where something was found already, or for a placeholder. However long, it means as much as one
 * byte: what a detector decides must not depend on the length of a run of them. */
#define BARRIER 0x01

struct identifier {
        const char *kind; /* what a removal is called */
        const char *stem; /* first word of its placeholder, lower-case ASCII without blanks */
        bool is_number;   /* values are the same when their letters and digits are */
        /* Finds the first one that begins at or behind `from`; false when there is none. Linear in the view over all
         * calls of one pass: what was looked at and refused is not looked at again more than a bounded number of times.
         */
        bool (*find)(const struct folding *view, size_t from, struct span *out);
};

extern const struct identifier identifier_card;
extern const struct identifier identifier_email;
extern const struct identifier identifier_iban;
extern const struct identifier identifier_ip;
extern const struct identifier identifier_phone;
extern const struct identifier identifier_ssn;
extern const struct identifier identifier_url;

/* All of them, first come first served; NULL ends the table. At most IDENTIFIER_KINDS_MAX. */
extern const struct identifier *const identifiers[];
