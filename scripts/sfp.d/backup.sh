# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# A backup is a directory: database.dump, all schemas as they were at one moment; people.dump, the keys and salts of
# people, without which what they said opens for nobody; and manifest, lines of "name value". The keys of the services,
# which open those, are not in it.

BACKUP_FORMAT=1
# Of all schemas: what an erasure destroys. It is written after the rest, so that nobody's is there who has gone.
BACKUP_PEOPLE='*.person_keys *.pseudonym_salts'

command_backup() {
    [ $# -le 1 ] || die "backup makes one at a time. See: ./sfp backup --help"
    data_open
    data_lock
    database_recall
    backup_made_at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    backup=${1:-$DATA/backups/$backup_made_at}
    [ ! -e "$backup" ] || die "$backup is there already: choose another name"
    mkdir -p "$(dirname -- "$backup")" && mkdir -m 0700 "$backup.new" || die "$backup cannot be made"
    umask 077
    trap 'rm -rf "$backup.new"' EXIT
    step "Writing $backup" "$DATA/log/backup.log" backup_dump "$backup.new" || exit 1
    backup_manifest "$backup.new/database.dump" >"$backup.new/manifest"
    mv "$backup.new" "$backup"
    say "$(du -sh "$backup" | cut -f 1) in $backup. The keys are not in it: they are in $DATA/secrets, and belong elsewhere."
}

# backup_dump DIR: one snapshot of all schemas, so that no consumer is ahead of what it consumes.
backup_dump() {
    backup_to=$1
    shift
    for service in $(program_bases | grep '^svc-'); do set -- "$@" "--schema=${service#svc-}"; done
    (set -f && for tables in $BACKUP_PEOPLE; do set -- "$@" "--exclude-table-data=$tables"; done &&
        backup_dump_to database "$@") || return
    (set -f && set -- && for tables in $BACKUP_PEOPLE; do set -- "$@" "--table=$tables"; done &&
        backup_dump_to people --data-only "$@")
}

backup_dump_to() {
    backup_part=$1
    shift
    url_run "$(database_admin_url)" "$PG_BIN/pg_dump" --format=custom --compress=6 --file="$backup_to/$backup_part.dump" "$@"
}

backup_manifest() {
    echo "format $BACKUP_FORMAT"
    echo "made_at $backup_made_at"
    echo "sha256 $(sha256sum <"$1" | cut -d ' ' -f 1)"
    for service in $(program_bases | grep '^svc-'); do
        echo "schema ${service#svc-} $(backup_key_print "$service")"
    done
}

# What tells two keys of a service apart and says nothing of either.
backup_key_print() { printf 'sfp backup %s' "$(secret "$1.data-key" key)" | sha256sum | cut -c 1-16; }

command_restore() {
    [ $# -eq 1 ] || die "Which one? ./sfp restore DIRECTORY, one that ./sfp backup has made"
    backup=$(realpath -m -- "$1")
    data_open
    data_lock
    database_choose
    backup_check
    backup_ask
    supervisor_stop "$SUPERVISOR_STOP_SECONDS" sfp-gateway
    # shellcheck disable=SC2046 # names have no spaces
    supervisor_stop "$SUPERVISOR_STOP_SECONDS" $(program_services)
    backup_note_erasures
    restored=0
    step "Restoring $backup" "$DATA/log/restore.log" backup_load || restored=$?
    backup_forget_cached
    instance_start_database
    instance_start_programs
    [ "$restored" -eq 0 ] || die "Nothing was changed: the instance is as it was"
    backup_repeat_erasures
    backup_tell
}

# Nobody loses data by a word too few.
backup_ask() {
    [ -z "$YES" ] || return 0
    question="This replaces everything in $DATA by what was there at $(backup_said made_at)"
    [ -t 0 ] || die "$question: say --yes if you mean it"
    printf '%s. Go on? [y/N] ' "$question"
    read -r answer
    case $answer in [Yy]*) ;; *) die "Nothing was touched" ;; esac
}

backup_said() { sed -n "s/^$1 //p" "$backup/manifest"; }

backup_check() {
    for part in manifest database.dump people.dump; do
        [ -r "$backup/$part" ] || die "$backup is no backup: $part is missing"
    done
    [ "$(backup_said format)" = $BACKUP_FORMAT ] || die "$backup was made by another version of this: format $(backup_said format)"
    [ "$(sha256sum <"$backup/database.dump" | cut -d ' ' -f 1)" = "$(backup_said sha256)" ] ||
        die "$backup/database.dump is not what was written: its checksum is another"
    backup_said schema | while read -r schema print; do
        [ "$print" = "$(backup_key_print "svc-$schema")" ] ||
            die "$backup was made with other keys of svc-$schema than those in $DATA/secrets: it could not be read. Put its keys there first"
    done || exit 1
}

# All of it in one transaction: what fails leaves everything as it was. A dump that cannot be read to its end fails it,
# too: psql is told, who would see nothing but the end of his input.
backup_load() {
    { echo 'BEGIN;' && backup_said schema | while read -r schema _; do echo "DROP SCHEMA IF EXISTS $schema CASCADE;"; done &&
        "$PG_BIN/pg_restore" --file=- "$backup/database.dump" &&
        "$PG_BIN/pg_restore" --file=- --data-only "$backup/people.dump" && echo 'COMMIT;' ||
        echo "DO 'BEGIN RAISE ''a dump cannot be read''; END';"; } | url_psql "$(database_admin_url)" -q -o /dev/null -v ON_ERROR_STOP=1
}

# Who was erased since, as the databases in place know it, if there are any. What was noted by a restore that did not
# come to its end is kept.
backup_note_erasures() {
    (umask 077 && url_psql "$(database_admin_url)" -At 2>/dev/null >>"$DATA/erasures-to-repeat" <<END || :
SELECT format('(decode(%L, ''hex''), %L)', encode(owner_tag, 'hex'), mode) FROM anonymize.privacy_jobs
WHERE kind = 'erasure' AND state IN ('running', 'completed') AND coalesce(done_at, now()) > '$(backup_said made_at)';
END
    )
}

# svc-anonymize erases them again, within seconds.
backup_repeat_erasures() {
    while read -r erasure; do
        echo "INSERT INTO anonymize.erasures_again (owner_tag, mode) VALUES $erasure ON CONFLICT DO NOTHING;"
    done <"$DATA/erasures-to-repeat" | url_psql "$(database_admin_url)" -q -1 -v ON_ERROR_STOP=1 &&
        say "$(wc -l <"$DATA/erasures-to-repeat") people who were erased since are erased again." && rm "$DATA/erasures-to-repeat"
}

# Answers of after the backup are about what is no more.
backup_forget_cached() {
    if [ "$REDIS" = yes ]; then
        supervisor_restart redis
    elif url=$(cat "$DATA/env/sfp-gateway/REDIS_URL" 2>/dev/null); then
        warn "Empty the Redis at ${url##*@}: it has answers of after the backup (FLUSHALL)"
    fi
}

backup_tell() {
    say "All is as it was at $(backup_said made_at). Who follows events from outside goes on behind these sequences:"
    backup_said schema | while read -r schema _; do
        printf '  %-12s %s\n' "$schema" "$(url_psql "$(database_admin_url)" -At -c "SELECT head FROM $schema.outbox_head")"
    done
}
