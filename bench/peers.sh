#!/bin/sh
# Installs the peers into a virtual environment of their own, with pip as it is configured here. usage: bench/peers.sh FOLDER
# About 6 GB, most of it what PyTorch brings for graphics cards. Done once for each state of requirements.txt; what could not be
# installed is tried again the next time.
set -u
venv=$1
wanted=$(dirname "$0")/requirements.txt
cmp -s "$wanted" "$venv/installed.txt" && exit 0
[ -x "$venv/bin/python" ] || python3 -m venv "$venv" || exit 1
failed=0
while read -r line; do
    case $line in '' | '#'*) continue ;; esac
    echo "  pip   $line"
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --retries 1 "$line" </dev/null || {
        echo "  skip $line: not installed"
        failed=1
    }
done <"$wanted"
[ $failed -eq 1 ] || cp "$wanted" "$venv/installed.txt"
exit 0
