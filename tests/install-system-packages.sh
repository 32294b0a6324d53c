#!/bin/sh
# Installs what the tests need from Debian: Chromium with fonts for Arabic script, bubblewrap, in which trainees'
# code is graded, systemd, which reads units, the disk of a power cut, and PostgreSQL, of which the tests start one of
# their own. Where that is not allowed, says how and goes on.
set -eu
missing=""
has() { command -v "$1" >/dev/null 2>&1; }
has chromium || has chromium-browser || has google-chrome || missing="chromium fonts-noto-core"
has bwrap || missing="$missing bubblewrap"
has systemd-analyze || missing="$missing systemd"
has mkfs.ext4 || missing="$missing e2fsprogs"
has initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
if [ -z "$missing" ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && has apt-get; then
  echo "Installing for the tests: $missing"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # several words on purpose
  if apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null; then exit 0; fi
fi
echo "Some tests will be skipped. As an administrator run: apt-get install $missing"
