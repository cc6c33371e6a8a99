# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The part "privacy" of run.sh: noise drawn, percentiles made of it, and months of people released.

PRIVACY_RELEASE_MAX_S=120

privacy_sql() { "$SFP_CMD" psql peers --data "$SFP_DATA" -qtA -c "$1"; }
privacy_peak() { awk '/VmHWM/ { printf "%d", $2 / 1024 }' "/proc/$(programs | awk -v n="$1" '$1 == n { print $2 }')/status"; }
privacy_now() { date +%s.%N; }

# privacy_release PERIOD PEOPLE: seconds from the order to close the month until all of it is there for others. What it took of the processors
# goes to $work/cpu-PEOPLE, "name seconds" a line.
privacy_release() {
    "$SFP_BUILD/bench/privacy_bench" fill "$(cat "$SFP_DATA/env/svc-peers/DATABASE_URL")" "$(cat "$SFP_DATA/env/svc-peers/DATA_KEYS")" "$1" "$2"
    # Figures have lain for weeks when their month is closed, and PostgreSQL has tidied up behind them.
    for table in metric_snapshots person_keys; do privacy_sql "VACUUM (ANALYZE) $table"; done
    all_ticks >"$work/before"
    begun=$(privacy_now)
    printf 'header = "Authorization: Bearer %s"\n' "$("$SFP_CMD" token --data "$SFP_DATA" --role ops)" |
        curl -sS -K - -o /dev/null -H 'Content-Type: application/json' -d "{\"period\":\"$1\"}" "$SFP_URL$api/peer-comparison/releases"
    until [ "$(privacy_sql "SELECT count(*) FROM released_periods WHERE period = '$1' AND released_at IS NOT NULL")" = 1 ]; do
        [ "$(awk -v a="$begun" -v b="$(privacy_now)" -v max=$PRIVACY_RELEASE_MAX_S 'BEGIN { print (b - a > max) }')" = 0 ] || break
        sleep 0.02
    done
    ended=$(privacy_now)
    all_ticks >"$work/after"
    join "$work/before" "$work/after" | awk '$3 - $2 >= 5 { printf "%s %.2f\n", $1, ($3 - $2) / 100 }' >>"$work/cpu-$2"
    awk -v a="$begun" -v b="$ended" 'BEGIN { printf "%.2f\n", b - a }'
    privacy_sql "DELETE FROM jobs WHERE kind = 'close_month'" # nobody is to be told
}

privacy() {
    small=$((rows / 10))
    for round in $(seq "$rounds"); do "$SFP_BUILD/bench/privacy_bench" noise "$seconds" >>"$work/noise"; done
    echo "privacy"
    printf '  noise: %s numbers a second by one thread (aim 1,000,000)\n' "$(column "$work/noise" 1)"
    echo '  percentiles made of releases: people, groups summed, epsilon of a group: mean error, 95 % of errors (points), intervals that hold (%)'
    "$SFP_BUILD/bench/privacy_bench" error | sed 's/^/    /'
    month=$(date -u +%Y-%m)
    for round in $(seq "$rounds"); do
        for people in $small "$rows"; do
            month=$(date -u -d "$month-01 -1 month" +%Y-%m)
            privacy_release "$month" "$people" >>"$work/release-$people"
        done
    done
    few=$(column "$work/release-$small" 1) many=$(column "$work/release-$rows" 1)
    printf '  a month released, four metrics: %s people in %s s, %s in %s s (aim 10 at 1,000,000); ten times as many take %s times as long\n' \
        "$small" "$few" "$rows" "$many" "$(ratio "$many" "$few")"
    for people in $small "$rows"; do
        printf '    CPU seconds, %s people:' "$people"
        cut -d" " -f1 "$work/cpu-$people" | sort -u | while read -r name; do
            printf ' %s %s' "$name" "$(awk -v n="$name" '$1 == n { print $2 }' "$work/cpu-$people" | median)"
        done
        echo
    done
    printf '  most memory meanwhile, MiB: svc-peers %s, svc-anonymize %s\n' "$(privacy_peak svc-peers)" "$(privacy_peak svc-anonymize)"
}
