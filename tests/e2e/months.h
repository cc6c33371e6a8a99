/* SPDX-License-Identifier: Apache-2.0 */
/* Months of the peer comparison, in the words of the tests. A month is closed once in an instance's life: each test has
 * its own. */
#pragma once

#include "tests/e2e/client.h"

#define PEERS    "/peer-comparison/"
#define METRICS  "/peer-comparison/metrics"
#define RELEASES "/peer-comparison/releases"

/* A group of so many people is as good as certain to be released (once in 10^14 it is not), and one of so few is not.
 */
enum { ENOUGH = 400, TOO_FEW = 9 };

/* The month so many months ago: "2026-03". */
const char *month(int ago);

/* Somebody of about forty with 82,000 dollars a year, in a region. */
struct user person(const char *region);

/* Gives figures of the middle of a month. */
struct answer submit(struct user user, const char *period, int savings_rate);

/* Such a person whose figures are in that month. */
struct user counted(const char *region, const char *period, int savings_rate);

/* The same for many, who are nobody's users: like those of `counted`, from a census division ("Pacific"); and people
 * who have told nothing about themselves. */
void crowd(const char *division, const char *period, int savings_rate, int count);
void crowd_without_facts(const char *period, int savings_rate, int count);

/* Asks as an operator for a month to be closed, and does not wait. */
struct answer ask_to_close(const char *period);

/* Closes a month and waits until all of it is released; returns what is said of it then. */
struct answer close_month(const char *period);
