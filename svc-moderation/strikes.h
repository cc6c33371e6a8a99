/* SPDX-License-Identifier: Apache-2.0 */
/* Strikes are counted from the actions themselves, so that a reversal takes back exactly what its action gave. One for
 * a removal, a warning and a limit, two for a suspension, three for a ban; they are gone after 90 days. What a machine
 * does by itself gives none. They do nothing by themselves: whoever rules sees them. */
#pragma once

#define STRIKE_LIFE " interval '90 days'"

/* What an action of `actions a` counts while it counts: 0 to 3. */
#define STRIKES_OF                                                                                                     \
        "CASE WHEN a.is_automated_action OR a.reversed_at IS NOT NULL OR a.taken_at <= now() -" STRIKE_LIFE            \
        " THEN 0 ELSE CASE a.action_taken WHEN 'warn' THEN 1 WHEN 'remove' THEN 1 WHEN 'limit' THEN 1"                 \
        " WHEN 'suspend' THEN 2 WHEN 'ban' THEN 3 ELSE 0 END END"
