/* SPDX-License-Identifier: Apache-2.0 */
/* How well a mentor fits a mentee: a weighted sum of six criteria, each between 0 and 1. */
#pragma once

#include <stddef.h>

enum criterion { EXPERTISE, GOAL_FIT, LANGUAGE, SCHEDULE, STYLE, CAPACITY, CRITERIA };

struct compatibility {
        double values[CRITERIA];
        double weights[CRITERIA]; /* make 1 together */
        double score;             /* 0 to 100 */
};

const char *criterion_name(enum criterion criterion);

/* Weighs the values; `top` (NULL: none) is the mentee's most important criterion and counts half as much again. */
struct compatibility compatibility_of(const double values[CRITERIA], const char *top);
