# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The tests and the benchmark: Check programs named by build/<preset>/tests.list, and throw-away instances for those
# that need one.

SUITE_UNIT_SECONDS=120
SUITE_SERVER_SECONDS=300

command_test() {
    case ${1:-} in
    chart | containers)
        suite_other=$1
        shift
        "command_test_$suite_other" "$@"
        return ;;
    esac
    suite_kinds='' suite_names='' suite_verbose='' suite_value_of='' SFP_SEED=1 SFP_FULL=''
    for word in "$@"; do
        if [ "$suite_value_of" = --seed ]; then
            suite_value_of='' SFP_SEED=$word
            continue
        fi
        case $word in
        --seed) suite_value_of=--seed ;;
        --seed=*) SFP_SEED=${word#*=} ;;
        --full) SFP_FULL=1 ;;
        unit | integration | e2e | fault | failover) suite_kinds="$suite_kinds $word" ;;
        all) suite_kinds='unit integration e2e fault failover' ;;
        -v) suite_verbose=1 ;;
        -*) die "test does not know '$word'. See: ./sfp test --help" ;;
        *) suite_names="$suite_names $word" ;;
        esac
    done
    case $suite_value_of$SFP_SEED in '' | *[!0-9]*) die "test --seed needs a number" ;; esac
    [ -z "$SFP_FULL" ] || SUITE_SERVER_SECONDS=3600
    export SFP_SEED SFP_FULL
    : "${suite_kinds:=unit integration e2e fault failover}"
    suite_passed=0 suite_failed=0
    package_install base redis
    build_locate "${PRESET_OPTION:-dev}"
    trap suite_end EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    suite_targets=''
    [ "${suite_kinds# }" != unit ] || suite_targets=units # nothing else is run
    # shellcheck disable=SC2086 # a word or nothing
    if (build "${PRESET_OPTION:-dev}" $suite_targets); then
        suite_run
    else
        suite_failed=1
    fi
    suite_end
    echo "$suite_passed passed, $suite_failed failed"
    [ "$suite_failed" -eq 0 ]
}

suite_run() {
    suite_list=$(suite_chosen)
    if [ -z "$suite_list" ]; then
        warn "no test has such a name or kind. All of them are in $BUILD/tests.list"
        suite_failed=1
        return 0
    fi
    while read -r kind name program; do
        [ "$kind" = unit ] || suite_have_instance "$kind"
        if [ "$kind" != unit ] && [ -z "$suite_instance" ]; then
            output='' && suite_fail "$kind" "$name" "it needs an instance, and none could be started (above)"
        else
            suite_run_one "$kind" "$name" "$program"
        fi
    done <<END
$suite_list
END
}

# The lines of tests.list that were asked for, kind by kind.
suite_chosen() {
    for kind in $suite_kinds; do
        sed -n "/^$kind /p" "$BUILD/tests.list"
    done | if [ -z "$suite_names" ]; then
        cat
    else
        awk -v wanted="$suite_names" 'BEGIN { n = split(wanted, want) }
            { for (i = 1; i <= n; i++) if (index($2, want[i])) { print; next } }'
    fi
}

# Runs one program. Its own summary says how many passed; one that died without a summary is one failure.
suite_run_one() {
    seconds=$SUITE_SERVER_SECONDS
    [ "$1" != unit ] || seconds=$SUITE_UNIT_SECONDS
    output=$BUILD/sfp-test.log
    status=0
    timeout -k 5 "$seconds" "$3" >"$output" 2>&1 </dev/null &
    suite_program=$!
    wait $suite_program || status=$?
    suite_program=
    counts=$(sed -n 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p' "$output" |
        awk '{ checks += $1; bad += $2 + $3 } END { print checks - bad, bad + 0 }')
    suite_passed=$((suite_passed + ${counts% *}))
    suite_failed=$((suite_failed + ${counts#* }))
    case "$status ${counts#* } ${counts% *}" in
    "0 0 0") suite_fail "$1" "$2" "it ran no check" ;;
    "0 0 "*) suite_pass "$1" "$2" "${counts% *}" ;;
    "124 "* | "137 "*) suite_fail "$1" "$2" "it did not end within $seconds s" ;;
    *" 0 "*) suite_fail "$1" "$2" "it ended with status $status" ;;
    *) suite_show "$1" "$2" "${counts#* } failed" ;;
    esac
}

suite_pass() {
    echo "ok    $1 $2 ($3)"
    [ -z "$suite_verbose" ] || sed 's/^/      /' "$output"
}

# A failure of the program as a whole, on top of what its checks said.
suite_fail() {
    suite_failed=$((suite_failed + 1))
    suite_show "$@"
}

suite_show() {
    echo "FAIL  $1 $2: $3"
    [ -z "$output" ] || sed 's/^/      /' "$output"
}

# Faults are for an instance of two replicas and a Redis, failovers for one with a pair of databases; all other tests
# share one with default settings.
suite_have_instance() {
    suite_form=plain
    case $1 in fault | failover) suite_form=$1 ;; esac
    [ "$suite_form" != "${suite_instance_form:-}" ] || return 0
    suite_end_instance
    suite_instance_form=$suite_form
    case $suite_form in
    plain) suite_begin_instance ;;
    fault) suite_begin_instance --replicas 2 --redis yes ;;
    failover) suite_begin_pair && suite_begin_instance --redis yes ;;
    esac
}

# Two databases, of which the instance is told as teams tell it of theirs.
suite_begin_pair() {
    suite_instance=
    step "Starting a primary and a standby" "$BUILD/sfp-pair.log" pair_create "$(mktemp -d /tmp/sfp-pair-XXXXXX)" || return 0
    SFP_PAIR=$PAIR SFP_STANDBY_URL=$PAIR_STANDBY_URL suite_database=$PAIR_URL
    export SFP_PAIR SFP_STANDBY_URL
}

# suite_begin_instance OPTIONS...: a throw-away instance. Sets suite_instance when it is up, and exports what tests need
# to know of it. suite_end, which runs however the script ends, takes it away.
suite_begin_instance() {
    suite_instance=
    SFP_DATA=$(mktemp -d /tmp/sfp-test-XXXXXX)
    SFP_BUILD=$BUILD
    SFP_URL=http://127.0.0.1:$(port_free)
    chmod 0755 "$SFP_DATA"
    # shellcheck disable=SC2086 # names
    unset $ENVIRONMENT_PASSED DATABASE_URL
    [ -z "${suite_database:-}" ] || export DATABASE_URL="$suite_database"
    export RATE_LIMIT_READ=0 RATE_LIMIT_WRITE=0 RATE_LIMIT_HEAVY=0 RATE_LIMIT_PUBLIC=0 # a test asks as fast as it can
    step "Starting an instance for the tests" "$BUILD/sfp-up.log" \
        "$SFP_CMD" up --data "$SFP_DATA" --port "${SFP_URL##*:}" --preset "$(basename "$BUILD")" --yes "$@" || return 0
    DATA=$SFP_DATA
    data_socket_paths
    database_recall
    SFP_DATABASE_URL=$(database_admin_url)
    PATH=$PATH:$PG_BIN
    export PATH SFP_CMD SFP_DATA SFP_BUILD SFP_URL SFP_DATABASE_URL
    suite_instance=1
}

# Ends the program under test and the instance; whoever is told to stop twice still tidies up once.
suite_end() {
    trap - EXIT
    trap '' INT TERM HUP
    [ -z "${suite_program:-}" ] || kill "$suite_program" 2>/dev/null || :
    suite_end_instance
}

suite_keep_logs() {
    [ "$suite_failed" -gt 0 ] || return 0
    rm -rf "$BUILD/sfp-test-logs"
    cp -r "$SFP_DATA/log" "$BUILD/sfp-test-logs" && echo "The instance's logs are in $BUILD/sfp-test-logs"
}

# Its logs stay in the build tree when something has failed.
suite_end_instance() {
    [ -n "${suite_instance+begun}" ] || return 0
    if [ -n "${SFP_DATA:-}" ]; then
        "$SFP_CMD" down --data "$SFP_DATA" >/dev/null || :
        suite_keep_logs
        rm -rf "$SFP_DATA"
    fi
    pair_remove
    unset suite_instance suite_database SFP_DATA
}

# Parts that need no instance are measured before there is one: a machine that has a hundred processes more looks after
# them now and then, which a call of a tenth of a millisecond feels.
command_bench() {
    bench=$SFP_ROOT/tests/bench/run.sh
    [ -x "$bench" ] || die "This version has no benchmark: $bench is missing"
    bench_served=$("$bench" --served --list "$@") || exit 1
    package_install base bench redis
    build release programs benches
    SFP_BUILD=$BUILD
    export SFP_CMD SFP_BUILD
    suite_failed=0
    trap suite_end EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    bench_neighbours
    "$bench" --alone "$@" || suite_failed=1
    [ -z "$bench_served" ] || [ "$suite_failed" -gt 0 ] || bench_served "$@" || suite_failed=1
    suite_end
    return "$suite_failed"
}

bench_neighbours() {
    SFP_BENCH_BESIDE=$(grep -lx postgres /proc/[0-9]*/comm 2>/dev/null | wc -l)
    export SFP_BENCH_BESIDE
    [ "$SFP_BENCH_BESIDE" -eq 0 ] || warn "$SFP_BENCH_BESIDE processes of PostgreSQL run beside, and times of single calls are longer for it. ./sfp down ends an instance of yours"
}

bench_served() {
    suite_begin_instance
    [ -n "$suite_instance" ] && "$bench" --served "$@"
}
