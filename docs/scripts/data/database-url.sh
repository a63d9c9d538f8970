# shellcheck shell=bash
# A PostgreSQL URL in its usual form, understood as the service understands it (src/models/database_url.rs, which knows
# more forms) and told to libpq's programs by their variables: an argument would be seen in the process list. Sourced
# after ../lib.sh.

# percent_decoded TEXT: %40 to @, as URLs write it.
percent_decoded() {
    local rest=$1 out=''
    while [[ $rest == *%[0-9A-Fa-f][0-9A-Fa-f]* ]]; do
        out=$out${rest%%\%[0-9A-Fa-f][0-9A-Fa-f]*}
        rest=${rest#"${rest%%\%[0-9A-Fa-f][0-9A-Fa-f]*}"}
        # shellcheck disable=SC2059 # the format is one escape, made here
        out=$out$(printf "\\x${rest:1:2}")
        rest=${rest:3}
    done
    printf '%s' "$out$rest"
}

# UTF-8 without control characters, byte by byte (LC_ALL=C).
is_text() {
    local text=$'^([ -~]|\xc2[\xa0-\xbf]|[\xc3-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})*$'
    [[ $1 =~ $text ]]
}

# name_connection NAME URL: sets libpq's variables to what URL says, and to nothing that the caller has; and POOLED
# (yes, no), told by the host's name. NAME is the
# variable that holds URL; it is told when something is wrong, URL never.
name_connection() {
    # a host whose name begins with / is the directory of a socket
    local shape='^postgres(ql)?://([^:@/?]+)(:([^@/?]*))?@([A-Za-z0-9._-]+|%2[Ff][A-Za-z0-9._%-]+)(:([0-9]{1,5}))?/+([^/?]+)(\?(.*))?$'
    local variable part control='%([01][0-9A-Fa-f]|7[Ff])'
    for variable in ${!PG@}; do unset "$variable"; done
    case $2 in *'#'*) stop "$1 holds a #, which is written %23" ;; esac
    # before it is decoded: a line break at an end would be lost then
    if [[ $2 =~ $control ]]; then stop "$1 holds something that is no text"; fi
    [[ $2 =~ $shape ]] || stop "$1 is no PostgreSQL URL of the form postgres://user:password@host:port/database?parameters; a sign such as @ / ? # % in the password is written %40 %2F %3F %23 %25"
    local user=${BASH_REMATCH[2]} password=${BASH_REMATCH[4]} host=${BASH_REMATCH[5]} port=${BASH_REMATCH[7]}
    local database=${BASH_REMATCH[8]} parameters=${BASH_REMATCH[10]}
    PGHOST=$(percent_decoded "$host")
    PGPORT=$((10#${port:-5432}))
    PGUSER=$(percent_decoded "$user")
    PGPASSWORD=$(percent_decoded "$password")
    PGDATABASE=$(percent_decoded "$database")
    for part in "$2" "$PGHOST" "$PGUSER" "$PGPASSWORD" "$PGDATABASE"; do
        is_text "$part" || stop "$1 holds something that is no text"
    done
    [ "$PGPORT" -le 65535 ] || stop "$1 names a port that is none"
    case $PGDATABASE in . | ..) stop "$1 names no database" ;; esac
    # Neon's pooler is told by the host's first label.
    case $(printf '%s' "${PGHOST%%.*}" | tr '[:upper:]' '[:lower:]') in
        *-pooler) POOLED=yes ;;
        *) POOLED=no ;;
    esac
    # A file that is not there: ~/.pgpass may name somebody else's password.
    PGPASSFILE=$SCRATCH/no-password-file
    export PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGPASSFILE
    name_parameters "$1" "$parameters"
    [ "${PGSSLMODE:-}${PGCHANNELBINDING:-}" != disablerequire ] ||
        stop "$1 has a parameter channel_binding that must be left out where TLS is disabled"
}

# name_parameters NAME QUERY: under each name that the service knows them by. An unknown one is not passed over: who
# knows what it was to protect.
name_parameters() {
    local -a pairs
    local pair parameter value seen=' '
    case $2 in *@*) stop "$1 has an @ behind a ?: in a password they are written %40 and %3F" ;; esac
    IFS='&' read -ra pairs <<<"$2"
    for pair in ${pairs[@]+"${pairs[@]}"}; do
        [ -n "$pair" ] || continue
        parameter=${pair%%=*}
        value=''
        # as in a form: a blank may be written +
        if [[ $pair == *=* ]]; then value=${pair#*=}; fi
        value=$(percent_decoded "${value//+/ }")
        is_text "$value" || stop "$1 holds something that is no text"
        case $parameter in
            ssl-mode) parameter=sslmode ;;
            ssl-root-cert | ssl-ca) parameter=sslrootcert ;;
            ssl-cert) parameter=sslcert ;;
            ssl-key) parameter=sslkey ;;
        esac
        case $seen in *" $parameter "*) stop "$1 has the parameter $parameter twice" ;; esac
        seen="$seen$parameter "
        name_parameter "$1" "$parameter" "$value"
    done
}

name_parameter() {
    case $2 in
        sslmode)
            PGSSLMODE=$(printf '%s' "$3" | tr '[:upper:]' '[:lower:]')
            export PGSSLMODE
            one_of "$1" "$2" "$PGSSLMODE" disable allow prefer require verify-ca verify-full
            ;;
        channel_binding)
            one_of "$1" "$2" "$3" disable prefer require
            export PGCHANNELBINDING=$3
            ;;
        sslrootcert) export PGSSLROOTCERT=$3 ;;
        sslcert) export PGSSLCERT=$3 ;;
        sslkey) export PGSSLKEY=$3 ;;
        application_name) export PGAPPNAME=$3 ;;
        options) export PGOPTIONS=$3 ;;
        *)
            # what does not look like a name may be the rest of something else
            [[ $2 =~ ^[A-Za-z0-9_-]{1,32}$ ]] || set -- "$1" "(not shown)"
            stop "$1 has the parameter $2, which is not read here: take it out (host, user, password, port and database stand before the ?)"
            ;;
    esac
}

# one_of NAME PARAMETER VALUE WORD…
one_of() {
    case " ${*:4} " in *" $3 "*) [ -n "$3" ] && return ;; esac
    stop "$1 has a parameter $2 that must be one of ${*:4}"
}

# name_roots PROGRAM: whom to believe where the certificate is checked and no sslrootcert is named. The service brings
# Mozilla's roots along; libpq by itself looks into ~/.postgresql alone, and gives up. PROGRAM tells libpq's version.
name_roots() {
    local version file
    case ${PGSSLMODE:-}${PGSSLROOTCERT:-} in verify-ca | verify-full) ;; *) return 0 ;; esac
    version=$("$1" --version)
    [[ $version =~ [^0-9]*([0-9]+) ]] || stop "$1 --version tells no version: $version"
    # since 16, and for verify-full only
    if [ "${BASH_REMATCH[1]}" -ge 16 ] && [ "$PGSSLMODE" = verify-full ]; then
        export PGSSLROOTCERT=system
        return
    fi
    for file in "${SSL_CERT_FILE:-}" /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt \
        /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem /opt/homebrew/etc/ca-certificates/cert.pem; do
        if [ -r "$file" ]; then
            export PGSSLROOTCERT=$file
            return
        fi
    done
    stop "sslmode=$PGSSLMODE needs root certificates, and none were found in the usual places: install ca-certificates, or name a file of them by SSL_CERT_FILE or by sslrootcert= in the URL"
}

# connect_by PROGRAM NAME…: names the connection by the first of these variables that is set, and takes all URLs out of
# the environment.
connect_by() {
    local program=$1 name url=''
    shift
    for name in "$@"; do
        if [ -n "${!name:-}" ]; then
            url=${!name}
            break
        fi
    done
    [ -n "$url" ] || stop "Which database? $1=… in the environment, postgres://user:password@host/database"
    [ "$url" != private ] || stop "$name=private is a server that runs only beside the service, and only for it: give a PostgreSQL URL"
    echo "The database is the one that $name names." >&2
    name_connection "$name" "$url"
    [ "$POOLED" = no ] || stop "$name names a pooled endpoint, and $program wants a session of its own: give the host without -pooler"
    name_roots "$program"
    unset DB_URL DATABASE_URL DB_DIRECT_URL
}
