# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The programs of an instance: the services and the gateway. Their names come from the build; the data directory keeps
# the list, so that an instance goes on when the build tree is gone.

PROGRAM_READY_SECONDS=60

# A second replica of svc-goals is called svc-goals.2; program_base gives the name of what it is a replica of.
program_names() { cat "$DATA/programs"; }
program_base() { echo "${1%.[2-9]}"; }
program_is_service() { case $1 in svc-*) return 0 ;; *) return 1 ;; esac; }
program_services() { program_names | grep '^svc-' || :; }
program_bases() { program_names | grep -v '\.[2-9]$' || :; }

# Everything runit looks after, PostgreSQL first.
program_processes() {
    [ ! -d "$DATA/sv/postgres" ] || echo postgres
    [ ! -d "$DATA/sv/redis" ] || echo redis
    program_names
}

# program_find WORD: the full name of what a person called goals, svc-goals or gateway.
program_find() {
    for name in $(program_processes); do
        case $name in "$1" | "svc-$1" | "sfp-$1")
            echo "$name"
            return 0 ;;
        esac
    done
    die "There is no program '$1' here. There are: $(program_processes | tr '\n' ' ')"
}

# Copies the programs from the build, so that building again does not disturb them.
program_install() {
    mkdir -p "$DATA/changed"
    for name in $(build_programs) $(build_tools); do
        from=$BUILD/bin/$name to=$DATA/bin/$name
        [ -x "$from" ] || die "The build has no program $name: $from"
        cmp -s "$from" "$to" && continue
        for replica in "" .2 .3 .4 .5 .6 .7 .8 .9; do program_has_changed "$name$replica"; done
        cp "$from" "$to.new"
        chmod 0755 "$to.new"
        mv "$to.new" "$to"
    done
    program_replicas >"$DATA/programs"
}

# All programs of the build with their replicas; the gateway is one.
program_replicas() {
    for name in $(build_programs); do
        echo "$name"
        replica=2
        while program_is_service "$name" && [ $replica -le "$REPLICAS" ]; do
            echo "$name.$replica"
            replica=$((replica + 1))
        done
    done
}

# A mark that the program has to be started again; its next start takes the mark away, so that one survives an up cut short.
program_has_changed() { : >"$DATA/changed/$1"; }
program_is_changed() { [ -e "$DATA/changed/$1" ]; }

# program_core NAME: "taskset -c N" where the host has fewer cores than the platform has programs. There a program whose
# threads keep to one core wakes them without waking another core: half as much again of throughput, and steadier answers.
program_core() {
    cores=$(nproc)
    [ "${SFP_PIN:-yes}" = yes ] && [ "$cores" -gt 1 ] && [ "$cores" = "$(getconf _NPROCESSORS_ONLN)" ] || return 0
    [ "$cores" -lt "$(program_names | wc -l)" ] || return 0
    program_names | awk -v name="$1" -v cores="$cores" '$0 == name { print "taskset -c", (NR - 1) % cores }'
}

# A stale admin address would answer for the program's successor: it goes before each start.
program_service() {
    supervisor_write "$1" service <<END
rm -f "$RUN_DIR/$1.admin" changed/$1
ulimit -n 65536 2>/dev/null || ulimit -n "\$(ulimit -Hn)"
exec $(program_core "$1") chpst -e env/$1 $(data_user service) setpriv --no-new-privs "\$PWD/bin/$(program_base "$1")"
END
}

# Removes what an earlier version had and this one has not.
program_prune() {
    for name in $(supervisor_names); do
        program_processes | grep -qx -- "$name" || {
            say "$name is no longer part of the platform: removing it" && supervisor_remove "$name"
        }
    done
}

program_admin_address() { head -n 1 "$RUN_DIR/$1.admin" 2>/dev/null; }

program_is_ready() {
    address=$(program_admin_address "$1") && [ -n "$address" ] &&
        curl -fs --noproxy '*' --max-time 2 -o /dev/null "http://$address/readyz"
}

# program_await NAME...: until all are ready.
program_await() {
    deadline=$(($(date +%s) + PROGRAM_READY_SECONDS))
    told=$(date +%s)
    for name in "$@"; do
        until program_is_ready "$name"; do
            now=$(date +%s)
            [ "$now" -lt $deadline ] || program_report "$@"
            [ $((now - told)) -lt 10 ] || { told=$now && say "  still waiting for $name"; }
            sleep 0.1
        done
    done
}

# Says which are not ready, with their last words, and gives up.
program_report() {
    for name in "$@"; do
        program_is_ready "$name" && continue
        warn "$name is not ready after $PROGRAM_READY_SECONDS s. Its last log lines:"
        tail -n 8 "$DATA/log/$name/current" | sed 's/^/    /' >&2
    done
    die "Not everything is ready. See: $(hint logs SERVICE), then: $(hint up)"
}
