/* SPDX-License-Identifier: Apache-2.0 */
/* Words written apart: "a n n @ e x a m p l e . o r g". */
#pragma once

#include "common/folding.h"

/* Takes the blanks out of each row of single signs, in place; a row has letters, and digits or an '@' among them. Rows
 * of digits alone are left to those who read numbers, rows of letters alone are no identifier. */
void spaced_join(struct folding *view);
