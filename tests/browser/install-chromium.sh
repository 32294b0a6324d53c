#!/bin/sh
# Installs Debian's Chromium and fonts for Arabic script. Where that is not allowed, says how and goes on.
set -eu
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the browser tests ..."
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core >/dev/null
  exit 0
fi
echo "The browser tests will be skipped: no Chromium is installed. As an administrator run: apt-get install chromium fonts-noto-core"
