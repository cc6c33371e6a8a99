# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The texts of --help.

help_command() {
    case $1 in
    up) help_up ;;
    down) help_down ;;
    restart) help_restart ;;
    status) help_status ;;
    top) help_top ;;
    logs) help_logs ;;
    token) help_token ;;
    demo) help_demo ;;
    psql) help_psql ;;
    backup) help_backup ;;
    restore) help_restore ;;
    certs) help_certs ;;
    secrets) help_secrets ;;
    events) help_events ;;
    peers) help_peers ;;
    anonymize) help_anonymize ;;
    test) help_test ;;
    bench) help_bench ;;
    install) help_install ;;
    *) help_all ;;
    esac
}

help_all() {
    cat <<'END'
Usage: ./sfp COMMAND [options]

  up                 build and start everything; harmless when it already runs
  down               stop everything; the data stays
  restart SERVICE    stop one program and wait until it is ready again
  status [--json]    every process: state, pid, uptime, addresses
  top [--once]       a live view of what every program does
  logs [SERVICE]     the last log lines; -f follows
  token              print a signed token for a user
  demo               fill the running instance with believable content, and tell a story that happens there
  psql SERVICE       open the database as that service sees it
  backup [DIR]       write everything that the databases hold, as it is at one moment
  restore DIR        put an instance back to where a backup was made
  certs              make certificates for a mesh over TLS
  secrets            make what an installation in a cluster must be given: its two Secrets
  events [tail|...]  see events pass, consumer groups, and what they have given up
  peers release      close a month of the peer comparison and release what is said of its groups
  anonymize scan|redact  say what identifies people in texts, or take it out; lines of JSON in and out
  test [KIND]        build and run the tests
  bench              build the release and measure it
  install            install the packages the others need, and nothing else

Options of all commands:
  --data DIR         where everything of an instance lives (default: var/ beside this script)
  --port N           port of the gateway (default 8000); remembered in the data directory
  --preset P         CMake preset to build and run (default dev); remembered too
  --release          the same as --preset release
  --yes              do not ask before installing packages
  --help             how to use one command

Instances with different --data and --port run side by side.
END
}

help_up() {
    cat <<'END'
Usage: ./sfp up [--data DIR] [--port N] [--mesh ipc | tls] [--replicas N] [--redis yes | no]
            [--release | --preset P] [--yes]

Installs what is missing (Debian 12/13, Ubuntu 24.04), builds, creates a private PostgreSQL cluster in the data
directory, starts the services and the gateway under runit, waits until all are ready, prints the URL and a token.
A second `up` changes nothing, except that programs whose code or settings have changed are restarted.

--replicas N   N processes of each service, among which the others choose (default 1); remembered
--redis yes    a private Redis in the data directory, as the second tier of the caches; remembered
--mesh tls     the programs speak over tls+tcp on loopback ports, each with its certificate (made as `./sfp certs` does),
               instead of unix sockets in a directory that only they can enter; remembered in the data directory

Environment:
  DATABASE_URL   postgresql://admin:password@host/database: use this database instead of a private cluster. The
                 account must be allowed to create roles and schemas. Remembered; set it empty to return to the
                 private cluster.
  SFP_PIN=no     on a host with fewer cores than programs, do not keep each program to one core
END
    printf '  Handed to the programs when set: %s\n' "$ENVIRONMENT_PASSED" | fold -s -w 100 | sed '2,$s/^/    /'
    cat <<'END'

Started by root, PostgreSQL runs as postgres and the programs as uid 65532; a data directory those two cannot reach
is replaced by one below /var/lib, which every other command then finds by itself.
END
}

help_down() {
    cat <<'END'
Usage: ./sfp down [--data DIR]

Stops the gateway, the services and PostgreSQL, in that order. The data stays; the next `up` continues with it.
END
}

help_restart() {
    cat <<'END'
Usage: ./sfp restart SERVICE [--data DIR]

Asks SERVICE to finish what it is doing (SIGTERM; SIGKILL after 15 s), starts it again and waits until it is ready.
SERVICE is a name shown by `./sfp status`; goals is short for svc-goals, gateway for sfp-gateway.
END
}

help_status() {
    cat <<'END'
Usage: ./sfp status [--json] [--data DIR]

State is run, down, or backoff (it ended and is about to be restarted). --json prints an array of objects with the
keys name, pid, state, rpc_url, admin_url; what does not apply is null.
END
}

help_top() {
    cat <<'END'
Usage: ./sfp top [--once] [--interval SECONDS] [--data DIR]

Shows every two seconds, or so many, what each program does: calls and failures a second, how long they take, requests in
line, workers at work, events and jobs that are late, processor, memory. Ctrl-C ends it. --once prints one table, of the
second between two looks, for scripts; its status is 1 when a program does not answer.
END
}

help_logs() {
    cat <<'END'
Usage: ./sfp logs [SERVICE] [-f] [-n LINES] [--data DIR]

Shows the last lines (100) of one program, or of all; -f keeps following. Logs are JSON lines, kept in
DIR/log/<program>/current and rotated at 10 MB.
END
}

help_token() {
    cat <<'END'
Usage: ./sfp token [--sub UUID] [--role R]... [--ttl SECONDS] [--data DIR]

Prints a token that the gateway of this instance accepts. Without --sub for a new random user; --role may be repeated
(default: user); --ttl defaults to 3600.
END
}

help_demo() {
    cat <<'END'
Usage: ./sfp demo [--data DIR]

Creates a few hundred shares of two dozen users, and their reactions, through the HTTP API of the running instance: the
same users and texts each time, under the same Idempotency-Keys.

Then thirty new people live through a story there, told a line for each step: goals that inspire, a question and its
answer, a savings group, a mentor, a peer comparison, a removal and its appeal, a challenge, what they hear over the
WebSocket, and one who leaves without a trace. On the way each of the eight services is killed with -9 once; the
supervisor brings it back. The comparison closes a month, the earliest that is still open. Not for an instance that
people use.
END
}

help_psql() {
    cat <<'END'
Usage: ./sfp psql SERVICE [--data DIR] [-- psql's own options]

Opens psql with the role of SERVICE: it sees its own schema and no other. `psql postgres` is the administrator.
Example: ./sfp psql goals -- -c '\dt'
END
}

help_backup() {
    cat <<'END'
Usage: ./sfp backup [DIR]

Writes what all schemas hold, as it is at one moment, to DIR (default: backups/TIME in the data directory), while the
instance works on. The keys are not in it: what is sealed in it opens with those of secrets/ in the data directory only,
so keep them, and elsewhere. Not for large databases: docs/operations.md has what is.
END
}

help_restore() {
    cat <<'END'
Usage: ./sfp restore DIR

Stops the programs, replaces what the databases hold by what ./sfp backup wrote to DIR, in one transaction, empties the
instance's Redis and starts the programs again. A backup that is damaged or was made with other keys is refused before
anything is touched. Who was erased since the backup is erased again, as far as the databases in place know of it; where
they are lost docs/operations.md says what to do.
END
}

help_certs() {
    cat <<'END'
Usage: ./sfp certs [--out DIR] [--host NAME]... [--days N] [--data DIR]

Makes a certificate authority for development in DIR (certs/ in the data directory), unless it has one, and signs a new
certificate for every program: for its own name (svc-goals), localhost, and each --host. ca.pem goes into MESH_TLS_CA,
PROGRAM.pem into MESH_TLS_CERTIFICATE; `./sfp up --mesh tls` does that by itself. In a cluster use your own authority.
END
}

help_secrets() {
    cat <<'END'
Usage: ./sfp secrets --out DIR --database postgresql://HOST[:PORT]/DATABASE[?...] [--redis-url redis://...]
                     [--namespace NAMESPACE] [--host NAME]... [--days N] [--preset P]

Makes what the Helm chart asks for, in DIR: keys/ and stores/, a file for each key of the Secrets sfp-keys and sfp-stores, and
roles.sql, which makes a role and a schema for every service. Nothing is sent anywhere; it prints the commands that do.
Certificates are good for N days (365) and carry svc-NAME, svc-NAME.NAMESPACE.svc and each --host. Run again with the same
DIR it keeps every key and password, and makes new certificates. docs/operations.md has the walk-through.
END
}

help_events() {
    cat <<'END'
Usage: ./sfp events [status | dead | retry EVENT-ID] [--source SERVICE]... [--data DIR]
       ./sfp events tail [--topic PREFIX]... [--source SERVICE]... [--from SEQ] [--state FILE] [--data DIR]

status (the default) says how far each outbox and each consumer group is; dead lists the events that a group has given
up, retry has one applied again. tail prints every event once, a line of JSON each, and goes on with what comes. Killed
and started again with the same words it continues: it remembers in the data directory what it has printed, or in FILE;
with --from and without --state it remembers nothing. Example: ./sfp events tail --topic goals.share. --from 1
END
}

help_peers() {
    cat <<'END'
Usage: ./sfp peers release [--period YYYY-MM] [--data DIR]

Closes a month of the peer comparison: its groups are counted, and what is said of those that are large enough is released
with noise, once and for ever. Waits until that is done; it goes on when nobody waits, and after whatever breaks it off. Without
--period the last month that is over. Closing a month again says what was released.
Meant to be run once a month. Example: ./sfp peers release --period 2026-10
END
}

help_anonymize() {
    cat <<'END'
Usage: ./sfp anonymize scan | redact [--preset P] < lines of JSON > lines of JSON

The text engine of svc-anonymize, without a running instance. Each line in is {"id": ..., "text": "..."}; `scan` says
what identifies people and where, in Unicode code points, `redact` takes it out. Bad lines are told on standard error,
and the status is 1 then. Example: echo '{"id":1,"text":"mail ann@example.com"}' | ./sfp anonymize redact
END
}

help_test() {
    cat <<'END'
Usage: ./sfp test [unit | integration | e2e | fault | failover | all] [NAME]... [-v] [--preset P] [--seed N] [--full]
       ./sfp test chart [-v]
       ./sfp test containers [-v]

Builds (preset dev) and runs the tests, those of them whose name contains a NAME if one is given. Integration, e2e and
fault tests get an instance of their own, failover tests one on a primary and a standby, which is removed afterwards. -v shows the output of passing tests too. The
last line is "N passed, N failed". Example: ./sfp test unit arena --preset asan

Fault tests kill, stop and starve an instance of two replicas under load, and hold what it did against what it had said.
--seed N chooses their course (default 1); --full runs them for minutes each instead of seconds.

`chart` renders the Helm chart with Helm 3 and Helm 4, built with Go, and holds it against the types and the pod security of Kubernetes
and against the programs' own tables of settings. Without Go 1.26, or the modules it needs, it says so and skips.

`containers` builds all images on a Debian bootstrapped here, runs compose.yaml by podman, and looks at what runs: who it runs as, what
it may, what is in it, how large it is, and whether it works; then the pods of the chart, where there is Go. It is root's; where the kernel
refuses it says so and skips.

Tests find in their environment: SFP_URL (the gateway), SFP_DATABASE_URL (administrator of the throw-away cluster),
SFP_DATA (its data directory), SFP_CMD (this script), SFP_BUILD (the build directory).
END
}

help_bench() {
    bench_usage=$SFP_ROOT/tests/bench/run.sh
    if [ -x "$bench_usage" ]; then "$bench_usage" --help; else echo "Usage: ./sfp bench [PART]..."; fi
    cat <<'END'

Builds the release preset. Parts that need an instance are measured last, against one of their own, which is removed afterwards.
END
}

help_install() {
    cat <<'END'
Usage: ./sfp install [--dev] [--bench] [--fuzz] [--yes]

Installs the packages that `up` needs and are missing; --dev adds what the style checks use, --bench the load
generator, --fuzz clang for the fuzz targets. It starts no service and creates no cluster of the system's.
END
}
