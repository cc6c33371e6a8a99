/* SPDX-License-Identifier: Apache-2.0 */
/* The last net under what is logged. Callers pass names, ids and numbers only; should a secret or somebody's address
 * get into a text all the same (an error of a library that repeats an address, say), it is taken out here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define REDACTED "[redacted]"

/* Is it the name of something that nobody is to read, whatever its value: "password", "set_cookie", "api-key"? */
bool redact_is_name(const char *name, size_t length);

/* Copies `text` into `out`, which has room for `size` bytes and is ended with a NUL, with REDACTED in place of
 *   the user and password of an address                     postgresql://…@host
 *   credentials behind the scheme that says so              Bearer …, Basic …
 *   tokens of three parts                                   eyJ….….…
 *   what a secret's name is said to be                      password=…, "token": "…"
 *   private keys                                            -----BEGIN … from there on
 *   e-mail addresses
 *   numbers of cards                                        13 to 19 digits whose check digit is right
 * What does not fit is left out. */
void redact_text(const char *text, char *out, size_t size);
