#!/bin/sh
# Installs what the tests need from Debian: Chromium with fonts for Arabic script, and bubblewrap, in which trainees'
# code is graded. Where that is not allowed, says how and goes on. Chromium's headless shell makes them faster; without
# it they run in Chromium itself.
set -eu
missing=""
has() { command -v "$1" >/dev/null 2>&1; }
install() { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }
has chromium || has chromium-browser || has google-chrome || missing="chromium fonts-noto-core"
has bwrap || missing="$missing bubblewrap"
may_install=""
if [ "$(id -u)" = 0 ] && has apt-get; then may_install=yes; fi
export DEBIAN_FRONTEND=noninteractive
if [ -n "$missing" ]; then
  if [ -n "$may_install" ]; then echo "Installing for the tests: $missing"; fi
  # shellcheck disable=SC2086 # several words on purpose
  if [ -z "$may_install" ] || ! install $missing; then
    echo "Some tests will be skipped. As an administrator run: apt-get install $missing"
    exit 0
  fi
fi
tried=.venv/.headless-shell # not at every run: there may be no network, or no such package
if [ -n "$may_install" ] && [ ! -e "$tried" ] && ! has chromium-headless-shell; then
  touch "$tried"
  echo "Installing for faster tests: chromium-headless-shell"
  install chromium-headless-shell 2>/dev/null || echo "There is none; the tests run in Chromium itself."
fi
