#!/usr/bin/env bash
# Print the path of a working Python 3.10: on PATH, else in pyenv, else one that uv installs.
# pyenv's shims are on PATH but refuse to run a version that is not selected, so each candidate
# is run before it is believed.
set -u
uv=$1

works() { [ -n "$1" ] && "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1; }

for candidate in $(type -ap python3.10 2>/dev/null); do
  works "$candidate" && { echo "$candidate"; exit 0; }
done
if command -v pyenv >/dev/null 2>&1; then
  for version in $(pyenv versions --bare 2>/dev/null | grep -E '^3\.10(\.|$)' | sort -Vr); do
    candidate="$(pyenv prefix "$version" 2>/dev/null)/bin/python3.10"
    works "$candidate" && { echo "$candidate"; exit 0; }
  done
fi
if "$uv" python install --quiet 3.10 >&2; then
  candidate=$("$uv" python find 3.10 2>/dev/null)
  works "$candidate" && { echo "$candidate"; exit 0; }
fi
echo "Rasa 3.6 needs Python 3.10, and none was found: install it (pyenv install 3.10, or your" >&2
echo "system's python3.10 with its venv module) and run the same command again." >&2
exit 1
