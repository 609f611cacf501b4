#!/bin/sh
# Install the phones and databases that the peer tests need, where this user may install Debian packages.
set -u
missing=""
command -v sipp >/dev/null 2>&1 || missing="$missing sip-tester"
command -v baresip >/dev/null 2>&1 || missing="$missing baresip-core"
command -v linphonec >/dev/null 2>&1 || missing="$missing linphone-cli"
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || missing="$missing chromium"
ldconfig -p 2>/dev/null | grep -q libspandsp.so.2 || missing="$missing libspandsp2"
[ -x /usr/sbin/mariadbd ] || missing="$missing mariadb-server-core"
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
command -v kamailio >/dev/null 2>&1 || missing="$missing kamailio"
# Programs of npm that talk to us; the tests that need them are skipped where they are not there.
if command -v npm >/dev/null 2>&1; then
    folder=$(dirname "$0")/npm
    [ "$folder/node_modules/.package-lock.json" -nt "$folder/package.json" ] || npm install --prefix "$folder" --no-audit --no-fund \
        --loglevel=error >/dev/null 2>&1 || echo "==> npm could not install what $folder names"
fi
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "==> not installed, their tests will be skipped:$missing (apt-get install$missing)"
    exit 0
fi
echo "==> installing real peers:$missing"
log=$(mktemp)
apt-get -qq update >"$log" 2>&1
for package in $missing; do # one by one: not every distribution has all of them
    if ! DEBIAN_FRONTEND=noninteractive \
         apt-get -qq install --yes --no-install-recommends "$package" >>"$log" 2>&1; then
        echo "==> could not install $package; its tests will be skipped:"
        tail -n 3 "$log"
    fi
done
rm -f "$log"
