/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A key of four fields that every way of decoding makes the same four labels of. Filled by the benchmark: no program runs. */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <ebpf_agent/histogram.bpf.h>
#include <ebpf_agent/types.bpf.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

enum operation { read, write, discard, flush };

struct request_key {
	enum operation operation;
	agent_ipv4_t address;
	__u32 worker;
	char comm[16];
};

HISTOGRAM(requests, struct request_key, 10000, SECONDS(-20, 5));
