/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/time_zone.h"

#include "common/db.h"
#include "sfp/mentor.pb-c.h"

/* The second part is run only when the first has nothing. */
static const char SQL_IS_ZONE[] = "SELECT count(*) AS number FROM (SELECT FROM time_zones WHERE name = $1"
                                  " UNION ALL SELECT FROM pg_timezone_names WHERE name = $1 LIMIT 1) known";

status time_zone_check(struct call *call, const char *name)
{
        Mentor__Id known = MENTOR__ID__INIT;
        TRY(db_one(call, &known.base, SQL_IS_ZONE, name));
        return known.number > 0 ? STATUS_OK
                                : call_invalid(call, "time_zone", "malformed", "is not a time zone that is known");
}
