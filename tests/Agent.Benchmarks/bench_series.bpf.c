/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Maps for the benchmark, filled by it: no program runs. */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <ebpf_agent/histogram.bpf.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

struct disk_key {
	__u32 major, minor;
};

HISTOGRAM(series_1000, struct disk_key, 1000, SECONDS(-20, 5));
HISTOGRAM(series_10000, struct disk_key, 10000, SECONDS(-20, 5));
