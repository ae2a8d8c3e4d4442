#!/usr/bin/env bash
# Installs what the build, the run and the tests need and this machine lacks (Debian and its kin). Does nothing where nothing is missing.
set -euo pipefail

# What is looked for, and the package that has it. The Prometheus package is for promtool: its service is not started.
needs=(
  "command:clang clang"
  "command:gcc gcc"
  "file:/usr/include/bpf/bpf_helpers.h libbpf-dev"
  "library:libbpf.so.1 libbpf1"
  "file:/usr/include/linux/bpf.h linux-libc-dev"
  "command:clang-format clang-format"
  "command:promtool prometheus"
  "command:losetup mount"
  "command:setpriv util-linux"
  "command:prlimit util-linux"
  "command:ip iproute2"
  "command:git git"
  "command:curl curl"
)

present() {
  case "$1" in
    command:*) command -v "${1#command:}" >/dev/null ;;
    file:*) [ -e "${1#file:}" ] ;;
    library:*) /sbin/ldconfig -p | grep -qF "${1#library:}" ;;
  esac
}

missing=()
for need in "${needs[@]}"; do
  read -r what package <<<"$need"
  present "$what" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

install="apt-get install -y --no-install-recommends ${missing[*]}"
if [ "$(id -u)" -ne 0 ]; then
  echo "Missing: ${missing[*]}. Install them: sudo apt-get update && sudo $install" >&2
  exit 1
fi
if ! command -v apt-get >/dev/null; then
  echo "Missing: ${missing[*]} (Debian's names). Install them with this system's package manager." >&2
  exit 1
fi
echo "Installing ${missing[*]}..."
# A package that starts a service at its installation would leave one running here.
policy=/usr/sbin/policy-rc.d
own_policy=
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && own_policy=1
fi
trap '[ -z "$own_policy" ] || rm -f "$policy"' EXIT
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086
$install >/dev/null
