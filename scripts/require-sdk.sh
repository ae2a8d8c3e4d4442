#!/usr/bin/env bash
# Stops at once, with the way out, where the .NET SDK is missing or too old.
set -euo pipefail
wanted=10
if ! command -v dotnet >/dev/null; then
  cat >&2 <<EOF
The .NET $wanted SDK is missing. Get it with Microsoft's installer for Debian 12:
  curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel $wanted.0 --install-dir /usr/share/dotnet && ln -sf /usr/share/dotnet/dotnet /usr/bin/dotnet
EOF
  exit 1
fi
# In the project's own folder, so that global.json speaks too.
if ! version=$(dotnet --version 2>/dev/null) || [ "${version%%.*}" -lt "$wanted" ]; then
  echo "The .NET $wanted SDK is needed, and here are: $(dotnet --list-sdks | tr '\n' ' '). Get it: curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel $wanted.0 --install-dir /usr/share/dotnet" >&2
  exit 1
fi
