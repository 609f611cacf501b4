#!/bin/sh
# Install the phones that the peer tests call with, where this user may install Debian packages.
set -u
missing=""
command -v sipp >/dev/null 2>&1 || missing="$missing sip-tester"
command -v baresip >/dev/null 2>&1 || missing="$missing baresip-core"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "==> not installed, their tests will be skipped:$missing (apt-get install$missing)"
    exit 0
fi
echo "==> installing real peers:$missing"
log=$(mktemp)
if ! { apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
       apt-get -qq install --yes --no-install-recommends $missing; } >"$log" 2>&1; then
    echo "==> could not install$missing; their tests will be skipped:"
    tail -n 3 "$log"
fi
rm -f "$log"
