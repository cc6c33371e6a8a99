/* SPDX-License-Identifier: Apache-2.0 */
/* How people want to be told. What they have not said stands at its default and takes no row. */
#include "common/db.h"
#include "common/rpc.h"
#include "sfp/feed.pb-c.h"

#include <string.h>

#define PREFERENCE_RPCS(RPC)                                                                                           \
        RPC(GetPreferences, get_preferences, Sfp__Empty, Feed__Preferences)                                            \
        RPC(PutPreferences, put_preferences, Feed__PutPreferencesRequest, Feed__Preferences)
RPC_DECLARE(PREFERENCE_RPCS)

/* The id is the list's, not the person's. */
static const char SQL_GET[] =
        "SELECT 'preferences' AS id, coalesce(p.version, 1) AS version, coalesce(p.time_zone, 'UTC') AS time_zone,"
        " coalesce(p.strangers, 'everyone') AS strangers FROM (SELECT 1) one LEFT JOIN notification_preferences p ON p.user_id = $1";
static const char SQL_MODES[] =
        "SELECT c.category, h.channel, coalesce(m.mode, CASE WHEN h.channel IN ('in_app', 'ws') THEN 'instant' ELSE 'off' END) AS mode"
        " FROM unnest(ARRAY['goals', 'community', 'groups', 'mentorship', 'peers', 'moderation', 'account', 'social'])"
        "  WITH ORDINALITY c (category, i) CROSS JOIN unnest(ARRAY['in_app', 'ws', 'push', 'email']) WITH ORDINALITY h (channel, i)"
        " LEFT JOIN notification_modes m ON m.user_id = $1 AND m.category = c.category AND m.channel = h.channel"
        " ORDER BY c.i, h.i";
static const char SQL_QUIET[] =
        "SELECT weekday, from_minute, until_minute FROM quiet_hours WHERE user_id = $1 ORDER BY weekday, from_minute";
static const char SQL_LOCK[] = "INSERT INTO notification_heads AS h (user_id) VALUES ($1)"
                               " ON CONFLICT (user_id) DO UPDATE SET last_seq = h.last_seq";
/* A zone that PostgreSQL does not know fails here, not when somebody is to be told. */
static const char SQL_PUT[] =
        "INSERT INTO notification_preferences AS p (user_id, time_zone, strangers, version) SELECT $1, $2, $3, 2"
        " WHERE now() AT TIME ZONE $2 IS NOT NULL"
        " ON CONFLICT (user_id) DO UPDATE SET time_zone = excluded.time_zone, strangers = excluded.strangers, version = p.version + 1";
static const char SQL_CLEAR_MODES[] = "DELETE FROM notification_modes WHERE user_id = $1";
static const char SQL_CLEAR_QUIET[] = "DELETE FROM quiet_hours WHERE user_id = $1";
static const char SQL_MODE[] =
        "INSERT INTO notification_modes (user_id, category, channel, mode) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (user_id, category, channel) DO UPDATE SET mode = excluded.mode";
static const char SQL_WINDOW[] =
        "INSERT INTO quiet_hours (user_id, weekday, from_minute, until_minute) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (user_id, weekday, from_minute) DO UPDATE SET until_minute = excluded.until_minute";

static status load(struct call *call, Feed__Preferences *out)
{
        TRY(db_one(call, &out->base, SQL_GET, call->caller->user_id));
        TRY(db_rows(call, &out->base, "modes", SQL_MODES, call->caller->user_id));
        return db_rows(call, &out->base, "quiet_hours", SQL_QUIET, call->caller->user_id);
}

static status get_preferences(struct call *call, const Sfp__Empty *in, Feed__Preferences *out)
{
        (void)in;
        return load(call, out);
}

static status store(struct call *call, const Feed__PutPreferencesRequest *in)
{
        const char *user_id = call->caller->user_id;
        TRY(db_exec(call, SQL_CLEAR_MODES, user_id));
        TRY(db_exec(call, SQL_CLEAR_QUIET, user_id));
        for (size_t i = 0; i < in->n_modes; i++)
                TRY(db_later(call, NULL, SQL_MODE, user_id, in->modes[i]->category, in->modes[i]->channel,
                        in->modes[i]->mode));
        for (size_t i = 0; i < in->n_quiet_hours; i++)
                TRY(db_later(call, NULL, SQL_WINDOW, user_id, in->quiet_hours[i]->weekday,
                        in->quiet_hours[i]->from_minute, in->quiet_hours[i]->until_minute));
        return db_exec(call, SQL_PUT, user_id, in->time_zone, in->strangers);
}

static status put_preferences(struct call *call, const Feed__PutPreferencesRequest *in, Feed__Preferences *out)
{
        Feed__Preferences old = FEED__PREFERENCES__INIT;
        TRY(db_exec(call, SQL_LOCK, call->caller->user_id));
        TRY(db_one(call, &old.base, SQL_GET, call->caller->user_id));
        TRY(call_require_version(call, old.version));
        TRY(store(call, in));
        return load(call, out);
}

RPC_TABLE(preference_rpcs, PREFERENCE_RPCS);
