#!/bin/sh
# Set up .venv: `setup.sh run` for the program, `setup.sh dev` for the tests and tools too.
# Needs python3 >= 3.11; works without root. Safe to repeat.
set -eu
PYTHON=${PYTHON:-python3}
BIN=.venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

fail() { echo "set-up: $*" >&2; exit 1; }

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "python3 3.11 or newer is needed (PYTHON=/path/to/python3.12 make … chooses one)"

# Debian keeps pip and venv in packages of their own. Without them and without root, the packages are
# unpacked (not installed) beside .venv, from whatever mirror this machine is set up for.
unpack_pip() {
    work=.venv/debian
    mkdir -p "$work/lists/partial" "$work/cache"
    set -- -o "Dir::State::lists=$PWD/$work/lists" -o "Dir::Cache=$PWD/$work/cache" -o Debug::NoLocking=1
    apt-get "$@" update -qq >/dev/null 2>&1 || true
    (cd "$work" && apt-get "$@" download -qq python3-pip-whl >/dev/null 2>&1) || return 1
    dpkg -x "$work"/python3-pip-whl_*.deb "$work"
    find "$PWD/$work/usr/share/python-wheels" -name 'pip-*.whl' | head -n 1
}

make_venv() {
    "$PYTHON" -m venv .venv 2>/dev/null && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq >/dev/null && apt-get install -y -qq python3-venv >/dev/null
        "$PYTHON" -m venv .venv && return
    fi
    "$PYTHON" -m venv --without-pip --clear .venv
    wheel=$(unpack_pip) || fail "pip cannot be had: install python3-venv, then run this again"
    "$BIN/python" "$wheel/pip" install -q --no-index "$wheel"
}

[ -x "$BIN/python" ] && "$BIN/python" -m pip --version >/dev/null 2>&1 || make_venv

case "$1" in
run)
    echo "set-up: installing the program into .venv"
    "$BIN/python" -m pip install -qq --require-hashes -r requirements.txt
    "$BIN/python" -m pip install -qq --no-deps --no-build-isolation -e .
    ;;
dev)
    echo "set-up: installing what the tests need"
    "$BIN/python" -m pip install -qq --require-hashes -r requirements-dev.txt
    # Test peers whose metadata asks for a newer Python than they need, or for other pins: taken as they are.
    "$BIN/python" -m pip install -qq --require-hashes --no-deps --ignore-requires-python -r requirements-peers.txt
    if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            echo "set-up: installing Chromium for the browser tests"
            { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >/dev/null 2>&1 ||
                echo "set-up: Chromium could not be installed; the browser tests will be skipped"
        else
            echo "set-up: no Chromium and no root to install it; the browser tests will be skipped"
        fi
    fi
    ;;
*) fail "usage: setup.sh run|dev" ;;
esac
