#!/bin/sh
# Signs a program of Windows in place, on Linux, with osslsigncode: what BATCHDOCK_SIGN names for the release road.
# CERTIFICATE is a PKCS #12 file, PASSWORD the file with its password. TIMESTAMP, an address, keeps the signature good
# after the certificate has run out.
set -eu
umask 077
made="$1.signed"
trap 'rm -f "$made"' EXIT
set -- "$1" ${TIMESTAMP:+-ts "$TIMESTAMP"}
file=$1
shift
osslsigncode sign -pkcs12 "$CERTIFICATE" -readpass "$PASSWORD" -h sha256 -n Batchdock "$@" \
    -in "$file" -out "$made" >&2
chmod --reference="$file" "$made"
mv "$made" "$file"
