#!/bin/sh
# Starts Encore and starts it again when it crashes. The supervisor inside mends its own children; this mends the
# supervisor, for boxes without a service manager. Ends when Encore ends by itself (0), is called wrongly (2),
# has settings it cannot use (78), or is asked to stop: Ctrl-C, a closed terminal, SIGTERM.
set -u
cd "$(dirname "$0")/.."

child=
asked=
stop() {
    asked=yes
    [ -n "$child" ] && kill -TERM "$child" 2>/dev/null
}
trap stop INT TERM HUP

quick_ends=0
while :; do
    started=$(date +%s)
    .venv/bin/karaoke serve &
    child=$!
    [ -n "$asked" ] && stop
    # A signal to this shell ends `wait`, not the child: wait until it is really gone.
    while wait "$child"; status=$?; kill -0 "$child" 2>/dev/null; do :; done
    case $asked$status in
        yes*) exit 0 ;;
        0 | 2 | 78 | 130 | 143) exit "$status" ;;
    esac
    if [ $(($(date +%s) - started)) -lt 10 ]; then
        quick_ends=$((quick_ends + 1))
    else
        quick_ends=0
    fi
    if [ "$quick_ends" -ge 5 ]; then
        echo "Encore ended five times right after its start: giving up. The messages above say why." >&2
        exit 1
    fi
    echo "Encore ended unexpectedly ($status): starting it again." >&2
    sleep 1
done
