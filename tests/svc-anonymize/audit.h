/* SPDX-License-Identifier: Apache-2.0 */
/* A black-box audit of releases: it looks at what comes out for data that it knows, and nowhere else. Each check says
 * true for what keeps the promise, but for once in some ten million times; they were written so that they say false for
 * builds with a fault in them, which is tested, too. */
#pragma once

#include <stdbool.h>

/* T1: no set of outputs is more than e^epsilon times as likely with one person more, but for delta. */
bool audit_ratio(void);
/* T1 (d): neither is it that something is said at all. */
bool audit_ratio_of_appearance(void);
/* T1 (e): and not for all that is said together. */
bool audit_ratio_of_everything(void);
/* T2: noise is distributed as published, neither less nor more. */
bool audit_fit(void);
/* T3: which numbers can come out does not depend on the data. */
bool audit_lattice(void);
/* T6: nothing is said of fewer than k, of k as rarely as promised, of more as often as published. */
bool audit_too_few(void);
bool audit_just_enough(void);
bool audit_threshold(void);
/* T7: outputs are independent of each other, within a release and of its neighbours. */
bool audit_independence(void);
/* T8: how long an answer takes does not tell the noise in it. */
bool audit_timing(void);
