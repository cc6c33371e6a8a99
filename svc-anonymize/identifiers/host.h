/* SPDX-License-Identifier: Apache-2.0 */
/* Host names, as in addresses of mail and of pages. */
#pragma once

#include "svc-anonymize/identifiers/spelling.h"

enum domain {
        DOMAIN_NONE,    /* no top-level domain we know */
        DOMAIN_LETTERS, /* letters, as all of them are; only good behind a plain '@' */
        DOMAIN_WORD,    /* known, but also a word or an abbreviation that a sentence may begin with: "it", "me" */
        DOMAIN_SURE,
};

struct host {
        struct span span; /* up to the last label that can be a top-level domain; empty when none can */
        size_t next;      /* how far the view was read */
        size_t labels;
        enum domain domain;
        enum spelling dots; /* the least plain of its dots */
};

/* Reads a host name that begins at `at`. Blanks around a dot are allowed when `is_loose`. */
void host_read(const struct folding *view, size_t at, bool is_loose, struct host *out);

/* The label at `at` is a mail provider's name that people leave the ".com" off: "gmail". Returns its length or 0. */
size_t host_provider(const struct folding *view, size_t at);

/* Letters of all scripts, digits, '-' and '_'. */
bool host_is_label(unsigned char byte);
