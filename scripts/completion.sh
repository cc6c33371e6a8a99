#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: scripts/completion.sh bash | zsh | fish
# Writes the completion of `sfp` for that shell, from what its --help says.
set -eu
here=$(dirname "$0")
table=$("$here/help-words.sh")
tab=$(printf '\t')
# What follows an option that takes one of a few words.
VALUES='--preset:dev release asan tsan coverage fuzz;--mesh:ipc tls;--redis:yes no;--role:user mod admin ops'
# What follows a command that takes a program.
programs() { echo postgres redis gateway && (cd "$here/.." && ls -d svc-*); }
NAMED='restart logs psql'

each() { # FUNCTION: with name, summary and words of each command
    printf '%s\n' "$table" | grep -v '^\*' | while IFS=$tab read -r name summary words; do
        case " $NAMED " in *" $name "*) words="$words $(programs | paste -s -d ' ' -)" ;; esac
        "$1" "$name" "$summary" "$words"
    done
}
shared() { printf '%s\n' "$table" | sed -n "s/^\*$tab.*$tab//p"; }
each_value() { echo "$VALUES" | tr ';' '\n' | while IFS=: read -r option words; do "$1" "$option" "$words"; done; }

bash_value() { printf '    %s) words="%s" ;;\n' "$1" "$2"; }
bash_case() { printf '        %s) words="%s" ;;\n' "$1" "$3"; }
bash_name() { printf '%s ' "$1"; }
write_bash() {
    cat <<END
# Completion of sfp for bash; written by scripts/completion.sh.
_sfp() {
    local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command='' words='' word skip=''
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case \$skip\$word in
        --data | --port | --preset) skip=1 ;;
        -*) ;;
        1*) skip='' ;;
        *) command=\$word && break ;;
        esac
    done
    case \$before in
    --data | --out | --state) COMPREPLY=(\$(compgen -f -- "\$current")) && return ;;
$(each_value bash_value)
    *)
        case \$command in
        '' | help) words="$(each bash_name)help $(shared)" ;;
$(each bash_case)
        esac ;;
    esac
    COMPREPLY=(\$(compgen -W "\$words" -- "\$current"))
}
complete -F _sfp sfp ./sfp
END
}

zsh_name() { printf "    '%s:%s'\n" "$1" "$(printf '%s' "$2" | sed "s/'/'\\\\''/g; s/:/\\\\:/g")"; }
zsh_value() { printf '%s) compadd -- %s; return ;;\n' "    $1" "$2"; }
zsh_case() { printf '    %s) compadd -- %s ;;\n' "$1" "$3"; }
write_zsh() {
    cat <<END
#compdef sfp ./sfp
# Completion of sfp for zsh; written by scripts/completion.sh.
local -a commands
commands=(
$(each zsh_name)
    'help:how to use one command'
)
case \$words[CURRENT-1] in
    --data|--out|--state) _files; return ;;
$(each_value zsh_value)
esac
if (( CURRENT == 2 )); then
    _describe command commands
    compadd -- $(shared)
else
    case \$words[2] in
    help) _describe command commands ;;
$(each zsh_case)
    esac
fi
END
}

fish_quote() { printf '%s' "$1" | sed "s/\\\\/\\\\\\\\/g; s/'/\\\\'/g"; }
fish_case() {
    printf "complete -c sfp -n __fish_use_subcommand -a %s -d '%s'\n" "$1" "$(fish_quote "$2")"
    for word in $3; do
        case $word in
        --*) printf "complete -c sfp -n '__fish_seen_subcommand_from %s' -l %s\n" "$1" "${word#--}" ;;
        -*) printf "complete -c sfp -n '__fish_seen_subcommand_from %s' -s %s\n" "$1" "${word#-}" ;;
        *) printf "complete -c sfp -n '__fish_seen_subcommand_from %s' -a %s\n" "$1" "$word" ;;
        esac
    done
}
fish_value() { printf "complete -c sfp -l %s -x -a '%s'\n" "${1#--}" "$2"; }
write_fish() {
    echo '# Completion of sfp for fish; written by scripts/completion.sh.'
    echo 'complete -c sfp -f'
    for word in $(shared); do printf 'complete -c sfp -l %s\n' "${word#--}"; done
    printf 'complete -c sfp -l data -r -F\ncomplete -c sfp -l out -r -F\ncomplete -c sfp -l state -r -F\n'
    each_value fish_value
    echo "complete -c sfp -n __fish_use_subcommand -a help -d 'how to use one command'"
    each fish_case
}

case ${1:-} in
bash | zsh | fish) "write_$1" ;;
*) sed -n '3,4s/^# //p' "$0" >&2 && exit 2 ;;
esac
