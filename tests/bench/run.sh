#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: ./sfp bench [--rounds N] [--seconds S] [--quick] [--rows N] [PART]...
# PART: mesh, json, http, cache, tokens, events, memory, sockets, pii, moderation, privacy, features
#
# Without a part all are measured but privacy and features, which take long.
# Ratios of the suite against its parts, everything in turns in one run: medians of N rounds (5) of S seconds (2) each.
#   mesh    echo over the mesh against bare NNG with a queue and as many workers, and against gRPC C++ where that is
#           installed, at 1, 8 and 64 in flight; the same over 1 to 1,000 connections
#   json    JSON to message and back against cJSON parsing and printing the same documents
#   http    the gateway's own answer against libmicrohttpd alone and nginx, where it is, at 1, 64 and 1,000 connections; read, list,
#           reaction and create at 64 connections against pgbench (8 clients, prepared) running the same SQL on the same
#           cluster; CPU per request of each process
#   cache   hits in memory and in the second tier, a miss, a clear, against a bare GET of the same Redis; 64 callers for one
#           answer that takes 1 ms to make
#   tokens  bearer tokens verified a second, remembered and not, against the library's bare check of the signature
#   events  outbox to subscriber: latency at 50 events/s; events/s with 1 and 4 subscribers; replay of 100,000 by Events.Read
#   memory  resident memory of each process before any load
#   privacy  noise drawn a second; how far percentiles made of releases are off; months of --rows/10 and --rows (1,000,000) people released,
#           and the memory that takes. Only where it is named
#   sockets  10,000 idle WebSockets (SFP_SOCKETS): memory of each, messages a second to all, and what a request beside them takes
#   pii     what is found in texts, scored on the labelled sentences beside the checkout (../shared/data/pii) where they are: recall,
#           precision, harmless sentences damaged; texts cleaned a second on one core, the slowest, memory; what CleanText adds
#   moderation  how well texts are classified by the model that ships and by one of all rows, on labelled texts beside the checkout
#           (../shared/data/moderation) where they are, disguises and suites included; texts a second on one core, load, memory; Check as an rpc, half busy
#   features  the main read and write of each service at 64 connections over 10,000 rows and over --rows (1,000,000), loaded
#           by COPY: p50, p99, CPU per request, growth; and pgbench running the statements of one such request
# --quick: one round of two seconds.
#
# ./sfp bench calls it twice (SFP_CMD, SFP_BUILD, and SFP_BENCH_BESIDE: processes of PostgreSQL on the machine): with --alone for the parts that need no instance, before there is one,
# and with --served for the others, against the instance it made for them (SFP_URL, SFP_DATA). --list names these parts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
rounds=5 seconds=2 rows=1000000 parts='' kind='' list=''
needs_instance='memory http events sockets privacy features'
while [ $# -gt 0 ]; do
    case $1 in
    --rounds | --seconds | --rows)
        case ${2-} in '' | *[!0-9]*) echo "bench $1 needs a number" >&2; exit 1 ;; esac
        eval "${1#--}=$2"
        shift ;;
    --quick) rounds=1 seconds=2 ;;
    --alone | --served) kind=${1#--} ;;
    --list) list=yes ;;
    mesh | json | http | cache | tokens | events | memory | sockets | pii | moderation | privacy | features) parts="$parts $1" ;;
    --help) sed -n '3,/^# --quick/s/^# \{0,1\}//p' "$0"; exit ;;
    *) echo "bench does not know '$1'. See: ./sfp bench --help" >&2; exit 1 ;;
    esac
    shift
done
[ -n "$parts" ] || parts='memory mesh json http cache tokens events sockets pii moderation'
is_chosen() { # part
    case " $needs_instance " in *" $1 "*) [ "$kind" != alone ] ;; *) [ "$kind" != served ] ;; esac
}
parts=$(for part in $parts; do is_chosen "$part" && echo "$part"; done || :)
[ -z "$list" ] || { echo "$parts"; exit; }
work=$(mktemp -d)
peer=''
trap '[ -z "$peer" ] || kill "$peer" 2>/dev/null || :; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
api=/api/v1/social

median() { sort -n | awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 1) / 2)]; else print 0 }'; }
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
per_call() { awk -v ticks="$1" -v calls="$2" 'BEGIN { printf "%.1f", ticks * 10000 / (calls > 0 ? calls : 1) }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }'; }
listening() { n=0; until "$@" >/dev/null 2>&1; do n=$((n + 1)); [ $n -lt 50 ] || return 1; sleep 0.1; done; }

# ---- mesh -----------------------------------------------------------------------------------------------------------
mesh_kinds() {
    echo raw mesh
    [ ! -x "$SFP_BUILD/bench/grpc_echo" ] || echo grpc-async grpc-pool
}
mesh_serve() { # kind, path
    case $1 in
    grpc-*) exec "$SFP_BUILD/bench/grpc_echo" "serve-${1#grpc-}" "unix:$2" ;;
    *) exec "$SFP_BUILD/bench/mesh_bench" "serve-$1" "ipc://$2" ;;
    esac
}
mesh_load() { # kind, path, in flight, connections or nothing
    case $1 in
    grpc-*) "$SFP_BUILD/bench/grpc_echo" load "unix:$2" "$3" "$seconds" ;;
    *) "$SFP_BUILD/bench/mesh_bench" load "$1" "ipc://$2" "$3" "$seconds" ${4:+"$4"} ;;
    esac
}
mesh_round() { # kind, in flight, connections or nothing: appends "calls/s p50 p99 client-us server-us"
    socket=$work/echo.ipc
    mesh_serve "$1" "$socket" & peer=$!
    listening test -S "$socket"
    before=$(ticks $peer)
    line=$(mesh_load "$1" "$socket" "$2" "${3:-}")
    after=$(ticks $peer)
    echo "$line $(per_call $((after - before)) "$(echo "$line" | awk -v s="$seconds" '{ print $1 * s }')")" >>"$work/$1-$2${3:+-$3}"
    kill $peer; wait $peer 2>/dev/null || true
    peer=''
    rm -f "$work"/echo.ipc*
}

column() { awk -v n="$2" '{ print $n }' "$1" | median; }
mesh_line() { # file, label
    printf '  %-28s  %7s  (%s / %s; %s + %s)\n' "$2" "$(column "$1" 1)" "$(column "$1" 2)" "$(column "$1" 3)" "$(column "$1" 4)" "$(column "$1" 5)"
}
mesh_ratio() { # in flight, peer, aim
    [ -f "$work/$2-$1" ] || return 0
    echo "  $1 in flight: mesh / $2 = $(ratio "$(column "$work/mesh-$1" 1)" "$(column "$work/$2-$1" 1)")${3:+ (aim $3)}"
}

mesh() {
    echo "mesh echo, 200 bytes, ipc: calls/s (p50 / p99 us; CPU us client + server)"
    [ -x "$SFP_BUILD/bench/grpc_echo" ] || echo "  without gRPC: ./sfp install --bench, and build again"
    for flight in 1 8 64; do
        for round in $(seq "$rounds"); do
            for kind in $(mesh_kinds); do mesh_round "$kind" $flight; done
        done
        for kind in $(mesh_kinds); do mesh_line "$work/$kind-$flight" "$flight in flight  $kind"; done
    done
    mesh_ratio 1 raw
    mesh_ratio 8 raw
    mesh_ratio 8 grpc-pool 1.0
    mesh_ratio 64 raw 1.4
    mesh_ratio 64 grpc-async 0.8
    mesh_ratio 64 grpc-pool 1.5
    for connections in 1 10 100 1000; do
        for round in $(seq "$rounds"); do
            for kind in raw mesh; do mesh_round $kind 64 $connections; done
        done
        for kind in raw mesh; do
            mesh_line "$work/$kind-64-$connections" "64 in flight, $connections connections  $kind"
        done
    done
}

# ---- json -----------------------------------------------------------------------------------------------------------
json_line() { # document
    f=$work/json.$1
    awk -v r="$(column "$f" 3)" -v cr="$(column "$f" 4)" -v w="$(column "$f" 5)" -v cw="$(column "$f" 6)" \
        -v name="$1" -v size="$(column "$f" 2)" 'BEGIN {
        printf "  %-5s %6d bytes: read %.0f MB/s (%.2f of cJSON), write %.0f MB/s (%.2f), there and back %.2f (aim 1.5)\n", name, size,
            r, r / cr, w, w / cw, (1 / cr + 1 / cw) / (1 / r + 1 / w)
    }'
}
json() {
    for round in $(seq "$rounds"); do
        "$SFP_BUILD/bench/json_bench" "$seconds" >"$work/json"
        for name in body page; do grep "^$name " "$work/json" >>"$work/json.$name"; done
    done
    echo "JSON, MB in a second of CPU"
    for name in body page; do json_line $name; done
}

# ---- http -----------------------------------------------------------------------------------------------------------
programs() { # name pid, a line each
    "$SFP_CMD" status --json --data "$SFP_DATA" | sed -n 's/.*"name": "\([^"]*\)", "pid": \([0-9]*\).*/\1 \2/p'
}
children() { cat "/proc/$1/task/$1/children"; }
all_ticks() { # name ticks, a line each; PostgreSQL with all its processes
    programs | while read -r name pid; do
        [ "$name" = postgres ] || { echo "$name $(ticks "$pid")"; continue; }
        sum=0
        for child in $pid $(children "$pid"); do sum=$((sum + $(ticks "$child" 2>/dev/null || echo 0))); done
        echo "$name $sum"
    done | sort
}

load() { # name, base url, verb, path, body, ids: appends req/s, p50, p99; and CPU us of each process
    all_ticks >"$work/before"
    wrk -t1 -c"${connections:-64}" -d"${seconds}s" --latency -s "$here/http.lua" "$2" -- "$3" "$4" "$5" "$token" "$6" >"$work/wrk" 2>&1 ||
        { cat "$work/wrk" >&2; exit 1; }
    all_ticks >"$work/after"
    refused=$(awk '/Non-2xx/ { print $NF }' "$work/wrk")
    [ -z "$refused" ] || [ -n "${lenient:-}" ] || { echo "errors in $1: $refused were not answered 2xx" >&2; exit 1; }
    calls=$(awk '/requests in/ { print $1 }' "$work/wrk")
    awk -v refused="${refused:-0}" '/Requests\/sec/ { r = $2 } $1 == "50%" { a = $2 } $1 == "99%" { b = $2 } END { print r, a, b, refused }' "$work/wrk" >>"$work/$1"
    join "$work/before" "$work/after" | awk -v n="$calls" '{ printf "%s %.1f\n", $1, ($3 - $2) * 10000 / n }' >>"$work/$1.cpu"
}

peer_pgbench() { # name: appends transactions/s
    "$SFP_CMD" psql goals --data "$SFP_DATA" -Atqc 'SELECT 1' >/dev/null
    pgbench -n -M prepared -c 8 -j 1 -T "$seconds" -D tag=00aa -f "$here/sql/$1.sql" "$goals_url" 2>/dev/null |
        awk '/^tps/ { print $3 }' >>"$work/$1.pgbench"
}

report() { # name, aim
    ours=$(column "$work/$1" 1) theirs=$(column "$work/$1.peer" 1)
    printf '  %-7s %8.0f req/s  p50 %s p99 %s   peer %8.0f   ratio %s (aim %s)\n' "$1" "$ours" \
        "$(tail -1 "$work/$1" | cut -d' ' -f2)" "$(tail -1 "$work/$1" | cut -d' ' -f3)" "$theirs" "$(ratio "$ours" "$theirs")" "$2"
    printf '          CPU us:'
    cut -d" " -f1 "$work/$1.cpu" | sort -u | while read -r name; do
        us=$(awk -v n="$name" '$1 == n { print $2 }' "$work/$1.cpu" | median)
        [ "${us%.*}" = 0 ] || printf ' %s %s' "$name" "$us"
    done
    echo
}

http_seed() {
    echo "seeding 100,000 shares"
    "$SFP_CMD" psql goals --data "$SFP_DATA" -q -v rows=100000 -f "$here/sql/seed.sql" >/dev/null
    "$SFP_CMD" psql goals --data "$SFP_DATA" -Atqc 'SELECT md5(n::text)::uuid FROM generate_series(1, 100000) n' >"$work/ids"
    printf '%s' '{"goal_category":"home","goal_title":"A flat in five years","goal_description":"Saving for a down payment with a friend, a bit every month.","strategy_description":"Move a fixed amount on payday.","target_amount":2500000,"current_progress_percentage":10,"tags":["family"]}' >"$work/body"
    token=$("$SFP_CMD" token --data "$SFP_DATA" --sub 33333333-3333-4333-8333-333333333333 --ttl 86400)
    goals_url=$(cat "$SFP_DATA/env/svc-goals/DATABASE_URL")
}

# The gateway's own answer, and the least that others can do: one short answer for everything.
free_port() { # below those that connections are given
    tried=$(awk 'BEGIN { "od -An -N2 -tu2 /dev/urandom" | getline n; print 20000 + n % 12000 }')
    if curl -s --noproxy '*' -o /dev/null "http://127.0.0.1:$tried/"; then free_port; else echo "$tried"; fi
}
nginx_configure() { # port
    cat >"$work/nginx.conf" <<END
daemon off; worker_processes 2; pid $work/nginx.pid; error_log $work/nginx.log;
events { worker_connections 2048; }
http {
    access_log off; keepalive_requests 100000000; client_body_temp_path $work/nginx.body; proxy_temp_path $work/nginx.proxy;
    fastcgi_temp_path $work/nginx.fastcgi; uwsgi_temp_path $work/nginx.uwsgi; scgi_temp_path $work/nginx.scgi;
    server { listen 127.0.0.1:$1; location / { default_type application/json; return 200 '{"status":"alive"}'; } }
}
END
}
peer_ticks() { # all processes of the peer
    sum=$(ticks "$peer")
    for child in $(children "$peer"); do sum=$((sum + $(ticks "$child"))); done
    echo "$sum"
}
load_peer() { # name, port: appends req/s, and CPU us of the peer to name.us
    listening curl -sf --noproxy '*' "http://127.0.0.1:$2/" || { echo "bench: $1 does not answer on port $2" >&2; exit 1; }
    before=$(peer_ticks)
    load "$1" "http://127.0.0.1:$2" GET / - ''
    per_call $(($(peer_ticks) - before)) "$(awk '/requests in/ { print $1 }' "$work/wrk")" >>"$work/$1.us"
    echo >>"$work/$1.us"
    kill $peer; wait $peer 2>/dev/null || true
    peer=''
}
own_round() { # connections
    connections=$1
    port=$(free_port)
    load "own-$1" "$SFP_URL" GET $api/status/live - ''
    "$SFP_BUILD/bench/hello" "$port" & peer=$!
    load_peer "hello-$1" "$port"
    if command -v nginx >/dev/null; then
        port=$(free_port)
        nginx_configure "$port"
        nginx -p "$work" -c "$work/nginx.conf" & peer=$!
        load_peer "nginx-$1" "$port"
    fi
    connections=''
}
own_line() { # connections
    ours=$(column "$work/own-$1" 1)
    printf '  %5d connections: %7.0f req/s, %s us CPU' "$1" "$ours" "$(features_cpu "$work/own-$1.cpu" sfp-gateway sfp-gateway)"
    for other in hello nginx; do
        [ ! -s "$work/$other-$1" ] || printf '; %s %.0f, %s us, ratio %s' "$other" "$(column "$work/$other-$1" 1)" \
            "$(median <"$work/$other-$1.us")" "$(ratio "$ours" "$(column "$work/$other-$1" 1)")"
    done
    echo
}

http_round() {
    for n in 1 64 1000; do own_round $n; done
    load get "$SFP_URL" GET "$api/goal-sharing/{id}" - "$work/ids"
    peer_pgbench get
    load hot "$SFP_URL" GET "$api/goal-sharing/{id}" - "$work/one"
    load list "$SFP_URL" GET "$api/goal-sharing/?limit=20" - ''
    peer_pgbench list
    load react "$SFP_URL" PUT "$api/goal-sharing/{id}/reactions/inspiration" - "$work/ids"
    peer_pgbench react
    load create "$SFP_URL" POST $api/goal-sharing/ "$work/body" ''
    peer_pgbench create
}

http() {
    http_seed
    head -1 "$work/ids" >"$work/one"
    for round in $(seq "$rounds"); do
        echo "round $round of $rounds" >&2
        http_round
    done
    for name in get list react create; do cp "$work/$name.pgbench" "$work/$name.peer"; done
    cp "$work/get.pgbench" "$work/hot.peer"
    echo "HTTP, an answer of the gateway's own against libmicrohttpd hello (aim 0.8) and nginx return 200"
    for n in 1 64 1000; do own_line $n; done
    echo "HTTP, 64 connections, against pgbench with 8 clients (hot: one share, kept answers)"
    report get 0.3
    report hot 0.5
    report list 0.3
    report react 0.3
    report create 0.7
}

# ---- cache ----------------------------------------------------------------------------------------------------------
cache() {
    if ! command -v redis-server >/dev/null; then
        echo "cache: left out: there is no redis-server"
        return
    fi
    redis-server --port 0 --unixsocket "$work/redis.sock" --dir "$work" --save '' >/dev/null & peer=$!
    listening test -S "$work/redis.sock"
    for round in $(seq "$rounds"); do
        "$SFP_BUILD/bench/cache_bench" "$work/redis.sock" "$seconds" >>"$work/cache" 2>"$work/cache.log" || { cat "$work/cache.log" >&2; exit 1; }
    done
    kill $peer; wait $peer 2>/dev/null || true
    peer=''
    raw=$(column "$work/cache" 2)
    echo "cache, answers of 1,000 bytes: us each (ratio to a bare GET, $raw us)"
    place=0
    for name in 'hit in memory' 'bare GET' 'hit in second tier' 'miss there' 'put there' 'clear of a tag'; do
        place=$((place + 1))
        us=$(column "$work/cache" $place)
        printf '  %-20s %8s  (%s)\n' "$name" "$us" "$(ratio "$us" "$raw")"
    done
    printf '  64 callers for one answer: made %s times a round, %s us a round\n' "$(column "$work/cache" 7)" "$(column "$work/cache" 8)"
}

# ---- tokens ---------------------------------------------------------------------------------------------------------
tokens() {
    for round in $(seq "$rounds"); do
        for algorithm in HS256 RS256 ES256 EdDSA; do
            "$SFP_BUILD/bench/token_bench" $algorithm "$seconds" 2>"$work/tokens.log" >>"$work/tokens-$algorithm" || { cat "$work/tokens.log" >&2; exit 1; }
        done
    done
    echo "bearer tokens verified a second, by one thread (ratio to the bare signature)"
    for algorithm in HS256 RS256 ES256 EdDSA; do
        file=$work/tokens-$algorithm
        printf '  %-6s remembered %8s (%s)   anew %8s (%s)   bare %8s\n' $algorithm "$(column "$file" 1)" "$(ratio "$(column "$file" 1)" "$(column "$file" 3)")" \
            "$(column "$file" 2)" "$(ratio "$(column "$file" 2)" "$(column "$file" 3)")" "$(column "$file" 3)"
    done
}

# ---- events ---------------------------------------------------------------------------------------------------------
events() {
    for round in $(seq "$rounds"); do
        for run in "latency $seconds" "rate 1 $seconds" "rate 4 $seconds"; do
            # shellcheck disable=SC2086 # words on purpose
            "$SFP_BUILD/bench/events_bench" $run 2>/dev/null >>"$work/events-$(echo "$run" | tr -d ' ')"
        done
    done
    "$SFP_BUILD/bench/events_bench" replay 100000 2>/dev/null >"$work/events-replay"
    l=$work/events-latency$seconds
    echo "events, commit to subscriber: p50 $(column "$l" 1) us, p99 $(column "$l" 2) us (aim 10,000)"
    for n in 1 4; do
        f=$work/events-rate$n$seconds
        echo "  $n subscribers: $(column "$f" 1) events/s written, $(column "$f" 3) delivered to the slowest (aim 5,000)"
    done
    echo "  replay of 100,000: $(cat "$work/events-replay") events/s"
}

memory() {
    echo "resident memory at rest, KiB (bounds: service 24576, gateway 32768)"
    programs | while read -r name pid; do
        [ "$name" = postgres ] || printf '  %-16s %s\n' "$name" "$(awk '/VmRSS/ { print $2 }' "/proc/$pid/status")"
    done
}

# shellcheck source=/dev/null
. "$here/pii.sh"
# shellcheck source=/dev/null
. "$here/moderation.sh"
# shellcheck source=/dev/null
. "$here/features.sh"
# shellcheck source=/dev/null
. "$here/sockets.sh"
# shellcheck source=/dev/null
. "$here/privacy.sh"

for part in $parts; do $part; done
