#!/usr/bin/env bash
# Stops at once, with the way out, where root is needed and missing.
set -euo pipefail
[ "$(id -u)" -eq 0 ] || { echo "BPF programs are loaded into the kernel by root. Run: sudo make ${*:-run}" >&2; exit 1; }
