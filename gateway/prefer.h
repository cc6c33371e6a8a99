/* SPDX-License-Identifier: Apache-2.0 */
/* What a client would rather have (RFC 7240): of the preferences there are, `return`. */
#pragma once

enum prefer { PREFER_NOTHING, PREFER_MINIMAL, PREFER_REPRESENTATION };

/* Reads a Prefer; NULL: not sent. What is said first counts; what is not known is passed over. */
enum prefer prefer_read(const char *header);
