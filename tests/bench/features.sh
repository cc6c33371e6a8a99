# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The part `features` of tests/bench/run.sh, which reads this file and gives it $here, $work, $seconds, $rounds, $rows, load,
# median and ratio: the main read and write of every service over a small and a large table, beside pgbench running the
# statements that PostgreSQL's log has of such a request. Tables and routes are in features.def.
FEATURES_SMALL=10000
FEATURES_PEOPLE=64

features_sql() { psql "$SFP_DATABASE_URL" -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }
features_routes() { sed -n 's/^route|//p' "$here/features.def"; }

# ---- people and the first rows --------------------------------------------------------------------------------------
features_id() { printf 'person %d' "$1" | md5sum | sed 's/^\(.\{8\}\)\(.\{4\}\)\(.\{4\}\)\(.\{4\}\)\(.\{12\}\).*/\1-\2-\3-\4-\5/'; }
features_token() { # number, role: that person's
    sed -n "$1p" "$work/tokens.$2"
}
features_people() {
    for role in user mod; do
        for person in $(seq $FEATURES_PEOPLE); do
            "$SFP_CMD" token --data "$SFP_DATA" --sub "$(features_id "$person")" --role user --role "$role" --ttl 86400
        done >"$work/tokens.$role"
    done
}

ask() { # token, verb, path, body or "-": prints the answer
    curl -sS --fail-with-body --retry 20 --retry-delay 1 --noproxy '*' -X "$2" -H "Authorization: Bearer $1" \
        -H 'Content-Type: application/json' ${4:+--data-binary "$4"} "$SFP_URL$api$3" ||
        { echo "bench: $2 $3 was refused (above)" >&2; exit 1; }
}
first_id() { grep -o '"id" *: *"[^"]*"' | head -n 1 | cut -d'"' -f4; }

# One row of each kind, made as everybody makes them.
features_first_rows() {
    one=$(features_token 1 user)
    admin=$("$SFP_CMD" token --data "$SFP_DATA" --role user --role admin)
    profile=$(ask "$one" POST /initialize-profile '{"time_zone":"Europe/Berlin"}' | first_id)
    for person in $(seq 2 $FEATURES_PEOPLE); do
        ask "$(features_token "$person" user)" POST /initialize-profile '{"time_zone":"Europe/Berlin"}' >/dev/null
    done
    ask "$(features_token 2 user)" PUT "/profiles/$profile/relationship" '{"following":true}' >/dev/null
    ask "$one" PUT /privacy/consents/goal_sharing '{"given":true,"text_version":"2026-11-1"}' >/dev/null
    ask "$one" POST /goal-sharing/ "$(features_body goals)" >/dev/null
    ask "$one" POST /groups/ "$(features_body groups)" >/dev/null
    ask "$one" POST /mentorship/mentors '{"expertise_areas":["budget"],"languages":["en"],"max_mentees":3}' >/dev/null
    ask "$one" POST /feed/activities '{"type":"status","text":"A month without debt.","visibility":"community"}' >/dev/null
    ask "$one" PUT /peer-comparison/metrics '{"savings_rate":12,"as_of":"'"$(date -u -d '-1 month' +%Y-%m-01)"'"}' >/dev/null
    category=$(ask "$admin" POST /community/categories '{"name":"Saving"}' | first_id)
    topic=$(ask "$one" POST /community/topics '{"category_id":"'"$category"'","title":"How to save for a boat"}' | first_id)
    ask "$(features_token 2 user)" POST /moderation/reports \
        '{"object_type":"forum_topic","object_id":"'"$topic"'","reason":"spam"}' >/dev/null
    features_sql -c "INSERT INTO peers.released_periods (period, state, released_at)
        VALUES (to_char(now() - interval '1 month', 'YYYY-MM'), 'released', now()) ON CONFLICT DO NOTHING"
    features_wait "SELECT count(*) FROM moderation.cases WHERE state = 'queued'"
}
features_body() { features_routes | awk -F'|' -v s="$1" '$1 == s && $2 == "write" { print $6 }'; }
features_wait() { # a query whose answer is 0 until it is so
    tries=0
    until [ "$(features_sql -c "$1")" != 0 ]; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { echo "bench: still 0: $1" >&2; exit 1; }
        sleep 0.1
    done
}

# ---- rows -----------------------------------------------------------------------------------------------------------
# features_columns SCHEMA TABLE CHANGES: what each column of a copy is, in the order of the table; and the columns' names.
features_columns() {
    features_sql -v name="$1.$2" <<'END' >"$work/columns"
SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = :'name'::regclass AND attnum > 0 AND NOT attisdropped
        AND attgenerated = '' AND attidentity = '' ORDER BY attnum;
END
    names=$(paste -sd, "$work/columns")
    copies=$(awk -v changes="$3" 'BEGIN {
        size = split(changes, change, ";")
        for (i = 1; i <= size; i++) { at = index(change[i], "="); to[substr(change[i], 1, at - 1)] = substr(change[i], at + 1) }
    }
    { print ($1 in to) ? to[$1] : "b." $1 }' "$work/columns" | paste -sd,)
}
features_fill_table() { # from, to, schema, table, condition, changes
    features_columns "$3" "$4" "$6"
    features_sql <<END >"$work/rows"
SET search_path = $3;
COPY (WITH g AS (SELECT n, md5(n::text)::uuid AS id, now() - n * interval '1 second' AS at,
                (extract(epoch FROM now() - n * interval '1 second') * 1000000)::bigint AS us FROM generate_series($1, $2) n)
        SELECT $copies FROM (SELECT * FROM $4 WHERE $5 LIMIT 1) b CROSS JOIN g) TO STDOUT;
END
    PGOPTIONS="-c search_path=$3" features_sql -c "COPY $4 ($names) FROM STDIN" <"$work/rows"
    rm "$work/rows"
    features_sql -c "VACUUM ANALYZE $3.$4"
}
features_fill() { # from, to
    sed -n 's/^rows|//p' "$here/features.def" | while IFS='|' read -r schema table condition changes; do
        echo "  $schema.$table: rows $1 to $2" >&2
        features_fill_table "$1" "$2" "$schema" "$table" "$condition" "$changes"
    done
    features_sql -c "SELECT md5(n::text)::uuid FROM generate_series(1, $2, greatest(1, $2 / 100000)) n" >"$work/ids"
    features_sql -c CHECKPOINT # what loading left to be written is written now, not while requests are measured
}

# ---- statements -----------------------------------------------------------------------------------------------------
# Connections take what is set for the database when they begin, so all are made to begin again.
features_reconnect() {
    features_sql -c "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename LIKE 'sfp\_%'" >/dev/null
    features_ready
}
features_ready() {
    for tries in $(seq 100); do
        features_routes | while IFS='|' read -r service kind role verb path rest; do
            [ "$verb" != GET ] || curl -sf -o /dev/null --noproxy '*' -H "Authorization: Bearer $(features_token 1 "$role")" \
                "$SFP_URL$api$path" || exit 1
        done && return
        sleep 0.2
    done
    echo "bench: the services do not come back: ${tries}" >&2
    exit 1
}

features_log() { # role, verb, path, body, person, file: what PostgreSQL is asked while that request is answered
    size=$(stat -c %s "$SFP_DATA/log/postgres/current")
    [ "$4" != - ] || set -- "$1" "$2" "$3" '' "$5" "$6"
    ask "$(features_token "$5" "$1")" "$2" "$(echo "$3" | sed "s/{id}/$(head -n 1 "$work/ids")/")" "$4" >/dev/null
    sleep 0.3
    tail -c +"$((size + 1))" "$SFP_DATA/log/postgres/current" >"$6"
}
features_script() { # service, kind, mark, person or 0, log, file of values that are new each time or nothing: prints it
    user=''
    [ "$4" = 0 ] || user=$(features_id "$4")
    : >"$work/list" && : >"$work/$1.$2.values"
    LC_ALL=C awk -v role="sfp_$1" -v mark="$3" -v user="$user" -v kind="$2" -v fresh="${6:-}" -v values="$work/$1.$2.values" \
        -v list="$work/list" -v rows="$work/ids" -f "$here/statements.awk" "$5" ||
        { echo "bench: no statement of $1 has '$3'" >&2; exit 1; }
    sort -u "$work/list" -o "$work/list"
}
# Ids and tags in a transaction that are not in that of somebody else's request are new in every transaction.
features_record_write() { # the columns of a route
    for person in 3 4 5; do features_log "$3" "$4" "$5" "$6" "$person" "$work/log.$person"; done
    features_script "$1" write "$7" 4 "$work/log.4" >/dev/null
    mv "$work/list" "$work/list.4"
    features_script "$1" write "$7" 5 "$work/log.5" >/dev/null
    comm -23 "$work/list" "$work/list.4" |
        grep -xE '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|.x([0-9a-f]{32}|[0-9a-f]{64})' >"$work/fresh" || :
    features_script "$1" write "$7" 5 "$work/log.5" "$work/fresh" >"$work/$1.write.sql"
}
features_record_all() {
    features_sql -c "ALTER DATABASE sfp SET log_statement = 'all'" -c "ALTER DATABASE sfp SET log_error_verbosity = 'default'"
    features_reconnect
    while IFS='|' read -r service kind role verb path body mark; do
        if [ "$kind" = write ]; then
            features_record_write "$service" "$kind" "$role" "$verb" "$path" "$body" "$mark"
        else
            features_log "$role" "$verb" "$path" "$body" 1 "$work/log.1"
            features_script "$service" read "$mark" 0 "$work/log.1" >"$work/$service.read.sql"
        fi
    done <"$work/routes"
    features_sql -c 'ALTER DATABASE sfp RESET log_statement' -c 'ALTER DATABASE sfp RESET log_error_verbosity'
    features_reconnect
}

# ---- measuring ------------------------------------------------------------------------------------------------------
features_pgbench() { # service, kind, rows: appends transactions/s
    set -- "$1" "$2" "$3" -n -M prepared -c 8 -j 1 -T "$seconds" -D "rows=$3" -f "$work/$1.$2.sql"
    while read -r value; do set -- "$@" -D "$value"; done <"$work/$1.$2.values"
    name=$1.$2.$3 url=$(cat "$SFP_DATA/env/svc-$1/DATABASE_URL")
    shift 3
    pgbench "$@" "$url" >"$work/pgbench" 2>&1 || { grep -m 2 -E 'ERROR|error' "$work/pgbench" >&2; return; }
    awk '/^tps/ { print $3 }' "$work/pgbench" >>"$work/$name.pgbench"
}
features_again() { # service: what a write has used up is there again
    [ "$1" != moderation ] || features_sql -c "UPDATE moderation.cases SET state = 'queued', claimed_by = NULL, lease_until = NULL,
        version = 1 WHERE state = 'claimed'" -c 'VACUUM moderation.cases'
}
# What pgbench left in the outbox would be numbered and read at the cost of the next measurement.
features_settle() { # service
    features_wait "SELECT (NOT EXISTS (SELECT FROM $1.outbox WHERE sequence IS NULL))::integer"
}
features_measure() { # rows
    while IFS='|' read -r service kind role verb path body mark; do
        ids='' token=$(features_token 1 "$role")
        case $path in *'{id}'*) ids=$work/ids ;; esac
        [ "$kind" = read ] || token=@$work/tokens.$role
        [ "$body" = - ] || { printf '%s' "$body" >"$work/body" && body=$work/body; }
        # A service that is swamped by the first burst refuses some of it: they are counted.
        (lenient=yes && load "$service.$kind.$1" "$SFP_URL" "$verb" "$api$path" "$body" "$ids") || :
        features_again "$service"
        features_pgbench "$service" "$kind" "$1"
        features_settle "$service"
        features_again "$service"
    done <"$work/routes"
}

# ---- telling --------------------------------------------------------------------------------------------------------
features_ms() { # file, column: the median of times such as 850.00us, 1.23ms, 1.20s
    [ -s "$1" ] || { echo -; return; }
    awk -v n="$2" '{ t = $n + 0; print ($n ~ /us$/) ? t / 1000 : ($n ~ /ms$/) ? t : t * 1000 }' "$1" | median
}
features_cpu() { # file, name or "": the median of that process; "": the sum of the others
    awk -v n="$2" -v service="$3" '$1 == n || (n == "" && $1 != service && $1 != "sfp-gateway" && $1 != "postgres") { sum += $2 }
        $1 == first { rounds++ } NR == 1 { first = $1; rounds = 1 } END { printf "%.0f", rounds ? sum / rounds : 0 }' "$1"
}
features_line() { # service, kind, rows
    f=$work/$1.$2.$3
    [ -s "$f" ] || { printf '%-10s  %-5s  %8d  (was not answered: above)\n' "$1" "$2" "$3"; return; }
    p50=$(features_ms "$f" 2) reqs=$(column "$f" 1) growth=''
    theirs=$([ ! -s "$f.pgbench" ] || median <"$f.pgbench")
    [ "$3" = $FEATURES_SMALL ] || growth=$(ratio "$p50" "$(features_ms "$work/$1.$2.$FEATURES_SMALL" 2)")
    printf '%-10s  %-5s  %8d  %6.0f  %7.2f  %7.2f  %7s  %7s  %7s  %7s  %7s  %5s  %6s  %7s\n' "$1" "$2" "$3" "$reqs" "$p50" "$(features_ms "$f" 3)" \
        "$(features_cpu "$f.cpu" sfp-gateway "svc-$1")" "$(features_cpu "$f.cpu" "svc-$1" "svc-$1")" \
        "$(features_cpu "$f.cpu" '' "svc-$1")" "$(features_cpu "$f.cpu" postgres "svc-$1")" \
        "${theirs:+$(printf %.0f "$theirs")}" "${theirs:+$(ratio "$reqs" "$theirs")}" "$growth" "$(column "$f" 4)"
}
features_table() {
    echo "features, 64 connections, against pgbench with 8 clients running the statements of one such request"
    printf '%-10s  %-5s  %8s  %6s  %7s  %7s  %31s  %7s  %5s  %6s\n' '' '' '' '' '' '' 'CPU us per request' '' '' 'growth'
    printf '%-10s  %-5s  %8s  %6s  %7s  %7s  %7s  %7s  %7s  %7s  %7s  %5s  %6s  %7s\n' service route rows req/s 'p50 ms' 'p99 ms' \
        gateway service others postgres pgbench ratio 'of p50' refused
    while IFS='|' read -r service kind rest; do
        features_line "$service" "$kind" $FEATURES_SMALL
        [ "$rows" -le $FEATURES_SMALL ] || features_line "$service" "$kind" "$rows"
    done <"$work/routes"
}

features() {
    features_routes >"$work/routes"
    echo "people and their first rows" >&2
    features_people
    features_first_rows
    features_fill 1 $FEATURES_SMALL
    features_record_all
    for round in $(seq "$rounds"); do
        echo "$FEATURES_SMALL rows, round $round of $rounds" >&2
        features_measure $FEATURES_SMALL
    done
    [ "$rows" -le $FEATURES_SMALL ] || {
        features_fill $((FEATURES_SMALL + 1)) "$rows"
        for round in $(seq "$rounds"); do
            echo "$rows rows, round $round of $rounds" >&2
            features_measure "$rows"
        done
    }
    features_table
}
