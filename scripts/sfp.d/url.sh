# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# postgresql:// URLs.

# url_split URL: sets URL_SCHEME, URL_USER, URL_PASSWORD (as written), URL_HOST, URL_REST (/database?parameters).
url_split() {
    case $1 in
    *[?\&]user=* | *[?\&]password=*) die "Put the user and password of the database URL before its @" ;;
    postgres://* | postgresql://*) ;;
    *) die "A database URL looks like postgresql://user:password@host/database" ;;
    esac
    URL_SCHEME=${1%%://*}
    url_tail=${1#*://}
    url_authority=${url_tail%%[/?]*}
    URL_REST=${url_tail#"$url_authority"}
    URL_HOST=${url_authority##*@}
    URL_USER='' URL_PASSWORD=''
    case $url_authority in
    *@*)
        url_userinfo=${url_authority%@*}
        URL_USER=${url_userinfo%%:*}
        case $url_userinfo in *:*) URL_PASSWORD=${url_userinfo#*:} ;; esac ;;
    esac
}

# url_with_user URL USER PASSWORD: the same place for somebody else.
url_with_user() {
    url_split "$1"
    printf '%s://%s:%s@%s%s\n' "$URL_SCHEME" "$2" "$3" "$URL_HOST" "$URL_REST"
}

url_decode() {
    printf %s "$1" | awk '{
        while (match($0, /%[0-9A-Fa-f][0-9A-Fa-f]/)) {
            high = index("0123456789abcdef", tolower(substr($0, RSTART + 1, 1))) - 1
            low = index("0123456789abcdef", tolower(substr($0, RSTART + 2, 1))) - 1
            printf "%s%c", substr($0, 1, RSTART - 1), high * 16 + low
            $0 = substr($0, RSTART + 3)
        }
        printf "%s", $0
    }'
}

# url_run URL PROGRAM [ARGUMENT]...: one of PostgreSQL's programs without the password in the list of processes.
url_run() {
    url_split "$1"
    url_program=$2
    shift 2
    PGPASSWORD=$(url_decode "$URL_PASSWORD")
    export PGPASSWORD
    "$url_program" "--dbname=$URL_SCHEME://${URL_USER:+$URL_USER@}$URL_HOST$URL_REST" "$@"
}

url_psql() {
    url_of_psql=$1
    shift
    url_run "$url_of_psql" "$PG_BIN/psql" -X "$@"
}
