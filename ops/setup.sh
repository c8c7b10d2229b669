#!/bin/sh
# Find a Python ≥ 3.11, then let ops/venv.py fill .venv: `sh ops/setup.sh requirements-local.txt`.
set -eu
cd "$(dirname "$0")/.."

# A pyenv shim may be on PATH for a version that is not selected, so each candidate is run, not just looked up.
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
makes_venvs() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

candidates() {
    if [ -n "${PYTHON:-}" ]; then
        printf '%s\n' "$PYTHON"
        return
    fi
    printf '%s\n' python3 python3.14 python3.13 python3.12 python3.11 python
    for path in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python3 \
        /opt/homebrew/bin/python3.1[1-9] /usr/local/bin/python3.1[1-9]; do
        [ ! -x "$path" ] || printf '%s\n' "$path"
    done
}

find_python() {
    without_venv=
    while IFS= read -r candidate; do
        new_enough "$candidate" || continue
        if makes_venvs "$candidate"; then
            python=$candidate
            return
        fi
        : "${without_venv:=$candidate}"
    done <<EOF
$(candidates)
EOF
}

# Debian and Ubuntu split venv off into a package of its own.
add_venv() {
    package="python$("$without_venv" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing $package, which Debian keeps apart from Python …" >&2
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$package"; } >/dev/null
        python=$without_venv
    else
        echo "$without_venv cannot make virtual environments here. Install what is missing, then run make again:" >&2
        echo "  sudo apt install $package" >&2
        exit 1
    fi
}

explain() {
    if [ -n "${PYTHON:-}" ]; then
        echo "PYTHON=$PYTHON is not a Python 3.11 or newer." >&2
    else
        found=$(python3 --version 2>/dev/null || echo "none")
        echo "Errand needs Python 3.11 or newer; python3 here: $found." >&2
    fi
    cat >&2 <<'EOF'
Install one, then run make again:
  macOS          brew install python@3.13
  Debian/Ubuntu  sudo apt install python3 python3-venv
  with pyenv     pyenv install 3.13
or say where it is: make run PYTHON=/path/to/python3.13
EOF
}

python=
if [ -z "${PYTHON:-}" ] && new_enough .venv/bin/python; then
    python=.venv/bin/python
else
    find_python
    if [ -z "$python" ] && [ -n "$without_venv" ]; then add_venv; fi
fi
if [ -z "$python" ]; then
    explain
    exit 1
fi
exec "$python" -P ops/venv.py "$@"  # -P: nothing in ops/ may stand in for the standard library
