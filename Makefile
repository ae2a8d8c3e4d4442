# The two commands: `make run` and `make test`. Both install what is missing first.
#
#   make run        build all, and run the agent in the foreground
#   make test       all tests, those on the real kernel too (root)
#   make test-fast  the tests that need no root
#   make soak       ten minutes of plugins that come, change, break and go under load (root; SOAK_SECONDS, SOAK_SEED)
#   make fuzz       open damaged BPF objects until one crashes libbpf (FUZZ_COUNT, FUZZ_FIRST)
#   make build      leave the agent and the bundled plugins in artifacts/agent/
#   make bench      measure, against the same work in C (root)
#   make setup      install what is missing (root), and nothing else
#   make format     format C#, C and whitespace
SHELL := /bin/bash
AGENT := artifacts/agent
DOTNET := dotnet

.PHONY: help run test test-fast soak fuzz build bench setup sdk root format format-check clean

help:
	@sed -n 's/^#   //p' Makefile

run: root build
	$(AGENT)/ebpf-agent --config $(AGENT)/agent.json

build: setup
	$(DOTNET) publish src/Agent -c Release -o $(AGENT) -v quiet --nologo
	$(DOTNET) build plugins/Plugins.proj -c Release -v quiet --nologo -restore
	cp agent.json agent.schema.json $(AGENT)/
	cp plugins/plugin.schema.json plugins/ebpf-agent.d.ts $(AGENT)/plugins/
	rm -rf $(AGENT)/include && cp -r bpf/include $(AGENT)/

test: root build
	scripts/test.sh all

test-fast: setup
	scripts/test.sh fast

soak: root setup
	scripts/soak.sh

# Each object has a number, which makes it again.
fuzz: setup
	$(DOTNET) build tests/Agent.Tests -v quiet --nologo
	tests/Agent.Fuzz/bin/Debug/net10.0/EbpfAgent.Agent.Fuzz tests/Agent.Tests/bin/Debug/net10.0/fixtures $${FUZZ_FIRST:-1} $${FUZZ_COUNT:-50000}

bench: root build
	$(DOTNET) publish tests/Agent.Benchmarks -c Release -o artifacts/bench -v quiet --nologo
	artifacts/bench/EbpfAgent.Agent.Benchmarks $(AGENT)

setup: sdk
	@scripts/setup.sh

sdk:
	@scripts/require-sdk.sh

root:
	@scripts/require-root.sh $(MAKECMDGOALS)

format:
	$(DOTNET) format EbpfAgent.sln
	clang-format -i $$(git ls-files '*.c' '*.h')

# The format of C# is checked by every build (EnforceCodeStyleInBuild).
format-check:
	clang-format --dry-run -Werror $$(git ls-files '*.c' '*.h')

clean:
	rm -rf artifacts
	find . -type d \( -name bin -o -name obj \) -not -path './.git/*' -prune -exec rm -rf {} +
