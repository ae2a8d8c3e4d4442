/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Counters, gauges and events. The maps are filled by the benchmark; the program fills the ring buffer. */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <ebpf_agent/events.bpf.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

#define MOST 1000

struct disk_key {
	__u32 major, minor;
};

struct disk_event {
	__u32 major, minor;
	__u64 kind;
};

#define NUMBERS(NAME, TYPE, VALUE)                 \
	struct {                                   \
		__uint(type, BPF_MAP_TYPE_##TYPE); \
		__uint(max_entries, 10000);        \
		__type(key, struct disk_key);      \
		__type(value, VALUE);              \
	} NAME SEC(".maps")

NUMBERS(counts, HASH, __u64);
NUMBERS(counts_per_cpu, PERCPU_HASH, __u64);
NUMBERS(gauges, HASH, __s64);

/* A million events of 24 bytes with their headers. */
EVENTS(events, struct disk_event, 32 * 1024 * 1024);

/* Context: [0] how many events, [1] the first one's number, [2] how many different ones. Wakes nobody: who measures drains. */
SEC("raw_tp/xdp_exception") int send(struct bpf_raw_tracepoint_args *ctx)
{
	for (__u32 i = 0; i < MOST && i < ctx->args[0]; i++) {
		__u32 number = (ctx->args[1] + i) % ctx->args[2];
		struct disk_event event = {.major = number >> 8, .minor = number & 255};

		if (bpf_ringbuf_output(&events, &event, sizeof(event), BPF_RB_NO_WAKEUP))
			events_drop(&events);
	}
	return 0;
}
