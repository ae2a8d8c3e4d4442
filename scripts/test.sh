#!/usr/bin/env bash
# Runs the tests and counts them. usage: test.sh all|fast       The last line: N passed, N failed, N skipped
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1

projects=(tests/Abstractions.Tests tests/Agent.Tests)
[ "${1:-all}" = fast ] || projects+=(tests/Agent.KernelTests)

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
failed_to_run=0
for project in "${projects[@]}"; do
  name=$(basename "$project")
  dotnet build "$project" -v quiet --nologo || { failed_to_run=1; continue; }
  ended=0
  dotnet test "$project" --no-build --nologo --logger "trx;LogFileName=$name.trx" --results-directory "$results" 2>&1 | tee "$results/$name.log" | grep -vE '^(Results File|Test run for|A total of|VSTest version|Starting test|$)' || ended=${PIPESTATUS[0]}
  # A test host that dies has counted no failure.
  [ "$ended" -eq 0 ] || failed_to_run=1
  # A run that ended without a result file has not counted its tests.
  [ -s "$results/$name.trx" ] || { echo "$project: the tests did not run" >&2; failed_to_run=1; }
done

count() { cat "$results"/*.trx 2>/dev/null | grep -oE "<Counters [^>]*" | grep -oE " $1=\"[0-9]+\"" | grep -oE '[0-9]+' | awk '{ sum += $1 } END { print sum + 0 }'; }
total=$(count total); passed=$(count passed); failed=$(count failed)
skipped=$((total - passed - failed))
[ "$failed_to_run" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
echo "$passed passed, $failed failed, $skipped skipped"
if [ "${DEMAND_KERNEL_TESTS:-}" = 1 ] && [ "$skipped" -gt 0 ]; then exit 1; fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
