# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Debian's runit: one runsvdir over sv/, one runsv for each program in it, which restarts what ends, and one svlogd for
# its log. A service directory's scripts work from their own place, so that the data directory may have any name.

SUPERVISOR_STOP_SECONDS=15

# supervisor_write NAME USER: makes sv/NAME; its run script starts in DATA and goes on with the lines on
# stdin. A new one waits for supervisor_up.
supervisor_write() {
    service_dir=$DATA/sv/$1
    mkdir -p "$service_dir/log" "$DATA/log/$1"
    [ -e "$service_dir/run" ] || : >"$service_dir/down"
    chmod 0700 "$DATA/log/$1"
    data_give "$2" "$DATA/log/$1"
    printf 's10485760\nn9\n' >"$DATA/log/$1/config"
    { supervisor_head && echo 'cd ../..' && cat; } | supervisor_put "$service_dir/run"
    { supervisor_head && supervisor_log_run "$1" "$2"; } | supervisor_put "$service_dir/log/run"
}

supervisor_head() { printf '#!/bin/sh\n# Written by sfp up.\nexec 2>&1\n'; }

# JSON lines may be long: svlogd would break them after 1000 bytes.
supervisor_log_run() {
    echo 'cd ../../..'
    echo "exec $(data_user "$2") svlogd -l 16000 -b 32000 \"\$PWD/log/$1\""
}

# supervisor_write_stop NAME LINE: what is done instead of sending SIGTERM.
supervisor_write_stop() {
    mkdir -p "$DATA/sv/$1/control"
    { supervisor_head && echo "$2"; } | supervisor_put "$DATA/sv/$1/control/t"
}

supervisor_put() {
    cat >"$1.new"
    chmod 0755 "$1.new"
    mv "$1.new" "$1"
}

supervisor_names() { (cd "$DATA/sv" && for at in */run; do [ ! -f "$at" ] || echo "${at%/run}"; done); }

# sv on services of this instance.
supervisor_sv() { SVDIR=$DATA/sv sv "$@"; }

# The recorded process, if it is still the runsvdir of this instance: numbers are used again.
supervisor_pid() {
    pid=$(cat "$DATA/runsvdir.pid" 2>/dev/null) || return 1
    tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "runsvdir -P $DATA/sv" && echo "$pid"
}

# Starts runsvdir; each program waits for supervisor_up.
supervisor_start() {
    supervisor_pid >/dev/null && return 0
    supervisor_end_strays
    for name in $(supervisor_names); do : >"$DATA/sv/$name/down"; done
    (
        cd /
        # shellcheck disable=SC2016 # expanded by the inner shell
        setsid env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
            sh -c 'echo $$ >"$1/runsvdir.pid" && exec runsvdir -P "$1/sv"' sh "$DATA" \
            </dev/null >>"$DATA/log/supervisor.log" 2>&1 9>&- &
    )
}

# Of a runsvdir that was killed, the children go on: they end here, or the new one could not take over.
supervisor_end_strays() {
    for name in $(supervisor_names); do
        ! supervisor_has "$name" || supervisor_sv -w $SUPERVISOR_STOP_SECONDS force-shutdown "$name" >/dev/null || :
    done
}

# True when a runsv looks after this directory.
supervisor_has() {
    case $(supervisor_sv status "$1" 2>&1) in run:* | down:* | finish:*) return 0 ;; *) return 1 ;; esac
}

# supervisor_await NAME...: until each has its runsv (runsvdir looks for new directories every five seconds).
supervisor_await() {
    for name in "$@"; do
        tries=150
        until supervisor_has "$name"; do
            tries=$((tries - 1))
            [ $tries -gt 0 ] || die "runit does not take up $name. See $DATA/log/supervisor.log"
            sleep 0.1
        done
    done
}

supervisor_up() {
    for name in "$@"; do
        rm -f "$DATA/sv/$name/down"
        supervisor_sv up "$name" >/dev/null || die "runit does not start $name. See $DATA/log/supervisor.log"
    done
}

supervisor_restart() {
    supervisor_sv -w $SUPERVISOR_STOP_SECONDS force-restart "$1" >/dev/null ||
        die "$1 does not come back. See: $(hint logs "$1")"
}

# supervisor_stop SECONDS NAME...: all of them at once; SIGKILL for what is left after SECONDS.
supervisor_stop() {
    seconds=$1
    shift
    running=
    for name in "$@"; do ! supervisor_has "$name" || running="$running $name"; done
    # shellcheck disable=SC2086 # names have no spaces
    [ -z "$running" ] || supervisor_sv -w "$seconds" force-stop $running >/dev/null || :
}

# Ends runsvdir and everything below it; the services have been stopped.
supervisor_end() {
    if pid=$(supervisor_pid); then
        kill -HUP "$pid"
        while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
    fi
    tries=100
    for name in $(supervisor_names); do
        while supervisor_has "$name" && [ $tries -gt 0 ]; do tries=$((tries - 1)) && sleep 0.05; done
    done
    supervisor_end_strays
    rm -f "$DATA/runsvdir.pid"
}

# supervisor_remove NAME: takes a program that is no more out of the instance.
supervisor_remove() {
    supervisor_stop $SUPERVISOR_STOP_SECONDS "$1"
    mv "$DATA/sv/$1" "$DATA/sv/.$1"
    sv -w $SUPERVISOR_STOP_SECONDS force-shutdown "$DATA/sv/.$1" >/dev/null 2>&1 || :
    rm -rf "${DATA:?}/sv/.$1"
}

# supervisor_state NAME: a line "state pid uptime"; - is none.
supervisor_state() {
    supervisor_sv status "$1" 2>/dev/null | sed -n '
        s/^run: [^(]*(pid \([0-9]*\)) \([0-9]*s\).*/run \1 \2/p; t
        s/^down: [^;]*want up.*/backoff - -/p; t
        s/^finish: .*/backoff - -/p; t
        s/.*/down - -/p'
}
