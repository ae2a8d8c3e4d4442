#!/usr/bin/env bash
# Runs the soak test, and shows what came of it. SOAK_SECONDS: for how long (600); SOAK_SEED: which changes are made, one of an earlier run's report to make the same again.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DEMAND_KERNEL_TESTS=1 SOAK_SECONDS="${SOAK_SECONDS:-600}"
project=tests/Agent.KernelTests

dotnet build "$project" -v quiet --nologo || exit 1
echo "soaking for $SOAK_SECONDS s..."
# The test's own program and not `dotnet test`, which keeps to itself what a test that passes has to say.
"$project/bin/Debug/net10.0/EbpfAgent.Agent.KernelTests" -noLogo -noColor -class EbpfAgent.Tests.Soak.SoakTests -showLiveOutput | sed -E 's/^.*\[OUTPUT\] ?//'
