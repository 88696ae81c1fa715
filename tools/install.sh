#!/bin/sh
# Brings .venv up to date: `tools/install.sh` for running, `tools/install.sh test dev` with those extras too.
# Takes milliseconds when nothing changed, so every target of the Makefile may call it.
#
#   PYTHON       the Python to build .venv with (default: the first fitting one that is found)
#   TORCH_INDEX  where a torch without CUDA is had, for a Linux box without an NVIDIA card; empty: do not look there
set -eu
cd "$(dirname "$0")/.."

python=.venv/bin/python
TORCH_INDEX=${TORCH_INDEX-https://download.pytorch.org/whl/cpu}

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

fits() { # torch is made for these versions
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14}; do
        if fits "$candidate"; then
            printf '%s' "$candidate"
            return
        fi
    done
    stop "Encore needs Python 3.11 to 3.14: please install one (or say where it is: make run PYTHON=/path/to/python3)."
}

create_venv() {
    base=$(find_python)
    "$base" -c 'import ensurepip, venv' 2>/dev/null ||
        stop "Python's venv module is missing: please run 'sudo apt install python3-venv', then make again."
    echo "Creating .venv with $("$base" -V)."
    "$base" -m venv --clear .venv
}

pip() {
    "$python" -m pip --disable-pip-version-check "$@"
}

has_nvidia_card() {
    [ -e /dev/nvidia0 ] || nvidia-smi -L >/dev/null 2>&1
}

answers() { # within seconds, or it counts as out of reach
    "$python" - "$1" <<'PYTHON'
import os, sys, threading, urllib.request
threading.Timer(8, os._exit, [1]).start()
try:
    urllib.request.urlopen(sys.argv[1] + "/torch/", timeout=5).close()
except OSError:
    os._exit(1)
os._exit(0)
PYTHON
}

# On Linux the ordinary torch brings gigabytes of CUDA, which only an NVIDIA card can use.
install_torch() {
    torch=$(sed -n 's/^torch==\([^ ;]*\).*/\1/p' constraints.txt | head -n 1)
    has=$("$python" -c 'from importlib.metadata import version; print(version("torch"))' 2>/dev/null || true)
    [ "${has%+*}" = "$torch" ] && return
    if [ "$(uname)" = Linux ] && [ -n "$TORCH_INDEX" ] && ! has_nvidia_card; then
        if answers "$TORCH_INDEX"; then
            echo "No NVIDIA card here: installing torch without CUDA."
            pip install --no-deps --index-url "$TORCH_INDEX" "torch==$torch" && return
        fi
        echo "TORCH_INDEX ($TORCH_INDEX) cannot be reached: installing the ordinary torch."
    fi
    pip install -c constraints.txt torch
}

# What .venv was made from: with another Python, folder or version pip has to look again.
state() {
    "$python" -V
    pwd
    cat pyproject.toml constraints.txt
}

main() {
    "$python" -c '' 2>/dev/null && fits "$python" || create_venv
    now=$(state | cksum)
    missing=
    for part in run "$@"; do
        [ "$(cat ".venv/installed-$part" 2>/dev/null)" = "$now" ] || missing="$missing $part"
    done
    [ -z "$missing" ] && return

    echo "Installing what Encore needs for:$missing. The first time takes some minutes."
    install_torch
    extras=$(printf '%s' "$*" | tr ' ' ',')
    pip install -c constraints.txt -e ".${extras:+[$extras]}"
    for part in run "$@"; do
        printf '%s\n' "$now" >".venv/installed-$part"
    done
}

main "$@"
