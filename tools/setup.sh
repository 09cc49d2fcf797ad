#!/usr/bin/env bash
# Makes this checkout ready to run: system packages that are missing (by apt, said aloud), then a virtual environment
# from the hash-pinned lock. Does nothing, and quickly, when all of it stands already.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

stamp=.venv/.ready
wanted=$(cat requirements/lock.txt pyproject.toml tools/setup.sh | sha256sum | cut -d' ' -f1)
ready() { [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; }
if ready; then exit 0; fi

# Two make commands started together must not install into one environment.
exec 9>.setup.lock
if command -v flock >/dev/null; then
    flock 9
    if ready; then exit 0; fi
fi

# What each package is for stands beside it; a package that goes by another name on a newer release has both.
run_time='libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0t64|libglib2.0-0 fonts-dejavu-core'
screen='libxkbcommon-x11-0 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
        libxcb-render-util0 libxcb-shape0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1'
cards='pcscd libccid libpcsclite1 vsmartcard-vpcd'
build='gcc libc6-dev libpcsclite-dev pkg-config libtss2-dev'
checks='xvfb xauth openssl poppler-utils strace opensc pcsc-tools gpsd gpsd-clients
        gnome-keyring dbus-daemon swtpm libtss2-tcti-swtpm0t64|libtss2-tcti-swtpm0'

installed() { dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'; }
missing=()
note_missing() {
    local names=$1 name
    for name in ${names//|/ }; do if installed "$name"; then return; fi; done
    missing+=("$names")
}
if command -v dpkg-query >/dev/null; then
    for names in $run_time $screen $cards $build $checks; do note_missing "$names"; done
else
    say "this is not Debian or Ubuntu: install what README.md lists under 'System packages' yourself"
fi

find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            command -v "$name"; return
        fi
    done
    return 1
}
python=$(find_python) || die 'Python 3.11 or newer is needed and was not found'
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    missing+=("python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv")
fi
if ! "$python" -c 'import sysconfig, os, sys; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))'; then
    missing+=(python3-dev)
fi

if [ "${#missing[@]}" -gt 0 ]; then
    command -v apt-get >/dev/null || die "these system packages are missing, and there is no apt-get to install them: ${missing[*]}"
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "these system packages are missing and need root to install: ${missing[*]}"
        as_root=(sudo)
        if [ ! -t 0 ]; then as_root=(sudo -n); fi
        "${as_root[@]}" true || die "these system packages are missing and sudo was refused: ${missing[*]}"
    fi
    say "installing system packages (Qt, card reader service, tools of the tests)${as_root[*]:+ with sudo}: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq || say 'apt-get update failed; going on with the package lists at hand'
    chosen=()
    for names in "${missing[@]}"; do
        pick=
        for name in ${names//|/ }; do
            if [ -n "$(apt-cache show --no-all-versions "$name" 2>/dev/null)" ]; then pick=$name; break; fi
        done
        [ -n "$pick" ] || die "no package '$names' is to be had from apt on this system"
        chosen+=("$pick")
    done
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${chosen[@]}" \
        >/dev/null || die "apt-get could not install: ${chosen[*]}"
fi

[ -x .venv/bin/python ] || { say "making .venv with $("$python" --version)"; "$python" -m venv .venv; }
say 'installing the locked Python packages (some minutes the first time)'
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lock.txt </dev/null \
    || die 'the Python packages could not be installed; the lines above say why'
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . </dev/null \
    || die 'this package itself could not be installed; the lines above say why'
printf '%s' "$wanted" > "$stamp"
say 'ready'
