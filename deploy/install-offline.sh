#!/bin/sh
# Installs Himaya from this folder on a machine without network: Linux, Python 3.11 or newer of the kind that
# PYTHON-VERSION names. Usage: sh install-offline.sh [FOLDER], ./himaya if not given.
set -eu
cd "$(dirname "$0")"
target=${1:-$PWD/himaya}
python=${PYTHON:-python3}
sha256sum --quiet --check SHA256SUMS || { echo "The kit is damaged: copy it to the stick again."; exit 1; }
echo "The sum of this kit, which has to be the one that its maker reads out: $(sha256sum SHA256SUMS | cut -c 1-64)"
wanted=$(cat PYTHON-VERSION)
found=$("$python" -c 'import platform, sys; print(f"{sys.version_info[0]}.{sys.version_info[1]} {platform.machine()}")')
if [ "$wanted" != "$found" ]; then
  echo "This kit is for Python $wanted; here is $found. Give another one with PYTHON=..., or make a kit on such a machine."
  exit 1
fi
mkdir -p "$target"
tar -xzf himaya.tar.gz -C "$target"
"$python" -m venv "$target/.venv"
if ls wheels/pip-*.whl > /dev/null 2>&1; then # the one that comes with Python has known holes
  "$target/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels --upgrade pip
fi
"$target/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels \
  --editable "$target[platform,class,hub]"
echo "Installed. Begin with: cd $target && .venv/bin/himaya --help"
