#!/bin/sh
# Print a Python that can carry qinglan: 3.11 or newer, with venv and ensurepip. The versions we
# test come first; a newer one is the last resort. PYTHON=/path/to/python overrides the search.
# It speaks both languages, because nothing of ours is installed yet when it runs.
set -u

fits() { "$1" -c 'import sys; sys.exit(not sys.version_info >= (3, 11))' >/dev/null 2>&1; }
tested() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; }

found=
if [ -n "${PYTHON:-}" ]; then
    if ! fits "$PYTHON"; then
        echo "PYTHON=$PYTHON is not Python 3.11 or newer. Point PYTHON at one." >&2
        echo "PYTHON=$PYTHON 不是 3.11 或更新的 Python，请改用合适的路径。" >&2
        exit 2
    fi
    found=$PYTHON
else
    for name in python3 python3.12 python3.13 python3.11 python; do
        if tested "$name"; then found=$name; break; fi
    done
    if [ -z "$found" ]; then
        for name in python3 python; do
            if fits "$name"; then found=$name; break; fi
        done
    fi
fi

if [ -z "$found" ]; then
    echo "No Python 3.11 or newer was found. Install one, or say where it is: make PYTHON=/path/to/python3" >&2
    echo "找不到 3.11 或更新的 Python。请先安装，或指明位置：make PYTHON=/path/to/python3" >&2
    exit 2
fi
if ! "$found" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    echo "$found has no venv module. On Debian and Ubuntu: apt-get install python3-venv" >&2
    echo "$found 缺少 venv 模块。Debian 与 Ubuntu 上请运行：apt-get install python3-venv" >&2
    exit 2
fi
command -v "$found"
