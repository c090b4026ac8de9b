#!/bin/sh
# Brings what the Makefile's targets need, from the lock file, into this folder alone.
#
#   sh scripts/bootstrap.sh               make or refresh .venv; quick when nothing changed
#   sh scripts/bootstrap.sh uv ARGS...    run our own uv, for example: uv lock --check
#
# Needs sh, Python 3.11 or newer, and pip or Python's own ensurepip. No variable has to be set.
set -eu
cd "$(dirname "$0")/.."

uv_version=0.13.9
tools=.tools
uv_home="$tools/uv-$uv_version"
uv="$uv_home/bin/uv"

stop() { # Indonesian, English
    printf '\n  %s\n  %s\n\n' "$1" "$2" >&2
    exit 1
}

# A name on the PATH is not enough: a version manager leaves names that only print an error.
find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' \
            >/dev/null 2>&1; then
            "$name" -c 'import os, sys; print(os.path.realpath(sys.executable))'
            return
        fi
    done
    stop "Perlu Python 3.11 sampai 3.14, tetapi tidak ada di PATH." \
        "Python 3.11 to 3.14 is needed, and none is on the PATH."
}

check_folder() {
    for path in . "$tools" .venv; do
        if [ -e "$path" ] && { [ ! -w "$path" ] || { [ "$path" != . ] && [ ! -O "$path" ]; }; }; then
            where="$(pwd)/$path"; where="${where%/.}"
            stop "Folder $where milik pengguna lain. Jalankan sebagai pengguna itu, atau salin proyek ini ke folder Anda sendiri." \
                "The folder $where belongs to another user. Run as that user, or copy the project to a folder of your own."
        fi
    done
}

# Caches go where they always do; into this folder if there is no home to write to.
set_caches() {
    home_cache="${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}"
    if [ ! -w "$home_cache" ] && { [ ! -d "${HOME:-/nonexistent}" ] || [ -e "$home_cache" ] || [ ! -w "$HOME" ]; }; then
        UV_CACHE_DIR="${UV_CACHE_DIR:-$(pwd)/$tools/cache/uv}"
        PIP_CACHE_DIR="${PIP_CACHE_DIR:-$(pwd)/$tools/cache/pip}"
        export UV_CACHE_DIR PIP_CACHE_DIR
    fi
    # Python comes from the machine; a download of one would be one more thing to trust.
    UV_PYTHON_DOWNLOADS=never
    UV_PYTHON="$python"
    UV_NO_PROGRESS=1
    export UV_PYTHON_DOWNLOADS UV_PYTHON UV_NO_PROGRESS
    # A virtual environment or a folder of modules that happens to be active is not ours.
    unset VIRTUAL_ENV UV_PROJECT_ENVIRONMENT PYTHONPATH PYTHONHOME CONDA_PREFIX || true
}

pip_install() { # interpreter, folder
    # Debian's pip refuses to write beside the system's modules; --target does not do that, but
    # the oldest of those versions wants to be told so.
    for flag in "" --break-system-packages; do
        # shellcheck disable=SC2086  # no flag must mean no argument
        if "$1" -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
            $flag --target "$2" "uv==$uv_version" 2>"$tools/pip.log"; then
            return 0
        fi
    done
    return 1
}

bring_uv() {
    [ -x "$uv" ] && return
    printf 'puskesos: uv %s …\n' "$uv_version" >&2
    mkdir -p "$tools"
    draft="$uv_home.$$"
    if ! pip_install "$python" "$draft"; then
        # No pip, or one that cannot: Python can make one in an environment of its own.
        if ! "$python" -m venv "$tools/pip" >>"$tools/pip.log" 2>&1 ||
            ! pip_install "$tools/pip/bin/python" "$draft"; then
            cat "$tools/pip.log" >&2
            stop "pip tidak dapat memasang uv. Pasang pip (misalnya: apt install python3-pip) dan periksa sambungan jaringan." \
                "pip could not install uv. Install pip (for example: apt install python3-pip) and check the network."
        fi
        rm -rf "$tools/pip"
    fi
    # Renamed when whole: two make commands side by side both find a complete one.
    if [ -d "$uv_home" ] || ! mv "$draft" "$uv_home" 2>/dev/null; then rm -rf "$draft"; fi
    rm -f "$tools/pip.log"
}

python=$(find_python)
check_folder
set_caches

if [ "${1:-}" = uv ]; then
    shift
    bring_uv
    exec "$uv" "$@"
fi

stamp=.venv/puskesos.stamp
state="$(cksum pyproject.toml uv.lock) $(pwd) $python"
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$state" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi
bring_uv
printf 'puskesos: .venv …\n' >&2
rm -f "$stamp"
if ! "$uv" sync --locked --quiet; then
    stop "Pemasangan dari uv.lock gagal; sebabnya ada di atas." \
        "The installation from uv.lock failed; the reason stands above."
fi
printf '%s' "$state" >"$stamp"
