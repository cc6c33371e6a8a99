# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The commands that concern one instance.

command_up() {
    command_takes_nothing up "$@"
    started=$(date +%s)
    package_install base
    data_create
    [ "$REDIS" = no ] || package_install redis
    build "$PRESET" programs
    data_check_port
    data_remember
    program_install
    data_sockets
    mesh_prepare
    database_choose
    database_create
    instance_write_services
    supervisor_start
    instance_start_database
    instance_start_programs
    say "Ready after $(($(date +%s) - started)) s."
    instance_greet
}

command_takes_nothing() {
    taker=$1
    shift
    [ $# -eq 0 ] || die "$taker does not know '$1'. See: ./sfp $taker --help"
}

# The port must be ours already or free.
data_check_port() {
    [ "$(cat "$DATA/env/sfp-gateway/HTTP_ADDRESS" 2>/dev/null)" = "127.0.0.1:$PORT" ] && supervisor_has sfp-gateway && return 0
    ! port_is_taken "$PORT" || die "Port $PORT is in use. Choose another: ./sfp up --port $(port_free)"
}

instance_write_services() {
    database_service
    redis_service
    for name in $(program_names); do program_service "$name"; done
    [ -z "$DATABASE_EXTERNAL" ] || [ ! -d "$DATA/sv/postgres" ] || supervisor_remove postgres
    program_prune
}

instance_start_database() {
    redis_start
    if [ -z "$DATABASE_EXTERNAL" ]; then
        supervisor_await postgres
        supervisor_up postgres
        database_wait
    fi
    # shellcheck disable=SC2046 # names have no spaces
    database_grant $(program_bases | grep '^svc-')
    database_remember
}

# Starts what does not run and restarts what has changed.
instance_start_programs() {
    for name in $(program_names); do
        ! environment_write "$name" || program_has_changed "$name"
    done
    environment_write ops || :
    names=$(program_names | tr '\n' ' ')
    # shellcheck disable=SC2086 # names have no spaces
    supervisor_await $names
    starting=
    for name in $names; do
        case $(supervisor_state "$name") in
        run*)
            program_is_changed "$name" || continue
            say "$name has changed: restarting it"
            supervisor_restart "$name" ;;
        *) starting="$starting $name" ;;
        esac
    done
    [ -z "$starting" ] || say "Starting$starting"
    # shellcheck disable=SC2086
    supervisor_up $starting
    # shellcheck disable=SC2086
    program_await $names
}

instance_greet() {
    url=http://127.0.0.1:$PORT
    cat <<END

  $url        all routes: $url/docs

  TOKEN=$(instance_token)
  curl -H "Authorization: Bearer \$TOKEN" $url/api/v1/social/goal-sharing/

The token is good for an hour; another: $(hint token)
END
}

command_down() {
    command_takes_nothing down "$@"
    data_locate
    if [ ! -e "$DATA/programs" ]; then
        say "Nothing runs in $DATA."
        return 0
    fi
    data_open
    data_lock
    supervisor_stop "$SUPERVISOR_STOP_SECONDS" sfp-gateway
    # shellcheck disable=SC2046 # names have no spaces
    supervisor_stop "$SUPERVISOR_STOP_SECONDS" $(program_services)
    supervisor_stop 60 postgres
    supervisor_stop "$SUPERVISOR_STOP_SECONDS" redis
    supervisor_end
    data_sockets_remove
    say "Stopped. The data stays in $DATA."
}

command_restart() {
    [ $# -eq 1 ] || die "Which one? ./sfp restart SERVICE"
    data_open
    data_lock
    name=$(program_find "$1")
    supervisor_has "$name" || die "The instance is down. Start it with: $(hint up)"
    supervisor_restart "$name"
    if [ "$name" = postgres ]; then
        database_recall
        database_wait
    else
        program_await "$name"
    fi
    say "$name is ready again."
}

command_status() {
    form=table
    case ${1:-} in
    '') ;;
    --json) form=json && shift ;;
    esac
    command_takes_nothing status "$@"
    data_open
    for name in $(program_processes); do
        state=$(supervisor_state "$name")
        echo "$name $state $(instance_urls "$name" "${state%% *}")"
    done | "instance_status_$form"
}

# instance_urls NAME STATE: its rpc and admin URL; - where there is none.
instance_urls() {
    rpc=- admin=-
    ! program_is_service "$1" || [ "$2" = down ] || rpc=$(mesh_url "$1")
    [ "$2" != run ] || ! address=$(program_admin_address "$1") || admin=http://$address
    echo "$rpc $admin"
}

instance_status_table() {
    { echo NAME STATE PID UPTIME RPC ADMIN && cat; } | awk '{
        for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) }
    } END {
        for (row = 1; row <= NR; row++) {
            line = ""
            for (i = 1; i <= 6; i++) line = line sprintf("%-" width[i] + 2 "s", cell[row, i])
            sub(/ +$/, "", line)
            print line
        }
    }'
}

instance_status_json() {
    awk 'function json(value) { return value == "-" ? "null" : "\"" value "\"" }
    BEGIN { printf "[" }
    {
        printf "%s\n  {\"name\": %s, \"pid\": %s, \"state\": %s, \"rpc_url\": %s, \"admin_url\": %s}", (NR > 1 ? "," : ""),
            json($1), ($3 == "-" ? "null" : $3), json($2), json($5), json($6)
    }
    END { print "\n]" }'
}

command_logs() {
    lines=100 follow='' name=''
    while [ $# -gt 0 ]; do
        case $1 in
        -f) follow=-F ;;
        -n)
            lines=${2:-}
            [ $# -lt 2 ] || shift
            case $lines in '' | *[!0-9]*) die "logs -n needs a number of lines" ;; esac ;;
        -*) die "logs does not know '$1'. See: ./sfp logs --help" ;;
        *) name=$1 ;;
        esac
        shift
    done
    data_open
    if [ -n "$name" ]; then
        names=$(program_find "$name")
    else
        names=$(program_processes)
    fi
    cd "$DATA/log" || exit 1
    for name in $names; do set -- "$@" "$name/current"; done
    # shellcheck disable=SC2086 # -F or nothing
    exec tail -n "$lines" $follow -- "$@"
}

command_token() {
    sub='' roles='' ttl=3600
    while [ $# -gt 0 ]; do
        [ $# -ge 2 ] || die "$1 needs a value. See: ./sfp token --help"
        case $1 in
        --sub) sub=$2 ;;
        --role) roles="$roles $2" ;;
        --ttl) ttl=$2 ;;
        *) die "token does not know '$1'. See: ./sfp token --help" ;;
        esac
        shift 2
    done
    data_open
    # shellcheck disable=SC2086 # words on purpose
    instance_token "$sub" "$ttl" $roles
}

# instance_token [SUB [TTL [ROLE...]]]
instance_token() {
    sub=${1:-$(cat /proc/sys/kernel/random/uuid)} ttl=${2:-3600}
    [ $# -lt 2 ] || shift 2
    [ $# -gt 0 ] || set -- user
    for role in "$@"; do set -- "$@" --role "$role" && shift; done
    environment_run sfp-gateway "$DATA/bin/sfp-gateway" token --sub "$sub" "$@" --ttl "$ttl"
}

command_psql() {
    [ $# -ge 1 ] || die "Which one? ./sfp psql SERVICE"
    data_open
    database_recall
    if [ "$1" = postgres ]; then
        url=$(database_admin_url)
    else
        name=$(program_find "$1")
        program_is_service "$name" || die "$name has no database. Services have: $(program_services | tr '\n' ' ')"
        url=$(database_url_of "$name")
    fi
    shift
    url_psql "$url" "$@"
}

command_demo() {
    command_takes_nothing demo "$@"
    data_open
    program_is_ready sfp-gateway || die "The gateway is not ready. Start it with: $(hint up)"
    build "$PRESET" story
    database_recall
    SFP_URL=http://127.0.0.1:$PORT SFP_DATA=$DATA SFP_BUILD=$BUILD SFP_DATABASE_URL=$(database_admin_url)
    export SFP_CMD SFP_URL SFP_DATA SFP_BUILD SFP_DATABASE_URL
    "$SFP_ROOT/scripts/demo.sh"
}
