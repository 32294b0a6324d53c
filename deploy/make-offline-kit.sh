#!/bin/sh
# Writes a folder for a stick from which a machine without network installs Himaya: `make offline-kit`.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
kit=_build/offline-kit
rm -rf "$kit"
mkdir -p "$kit/wheels"
git archive --format=tar.gz --output="$kit/himaya.tar.gz" HEAD
"$python" -m pip wheel --quiet --disable-pip-version-check --constraint deploy/constraints.txt \
  --wheel-dir "$kit/wheels" '.[platform,class,hub]' hatchling editables pip
rm -f "$kit"/wheels/himaya-*.whl # the archive is installed in its place, so that courses can be changed
"$python" -c 'import platform, sys; print(f"{sys.version_info[0]}.{sys.version_info[1]} {platform.machine()}")' > "$kit/PYTHON-VERSION"
cp deploy/install-offline.sh "$kit/"
(cd "$kit" && find . -type f ! -name SHA256SUMS -print | LC_ALL=C sort | xargs -d '\n' sha256sum > SHA256SUMS)
du -sh "$kit"
echo "Its sum, to read out to whoever installs it: $(sha256sum "$kit/SHA256SUMS" | cut -c 1-64)"
echo "Copy $kit to a stick. There: sh install-offline.sh"
