/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * How long block devices take, from the issue of a request to its completion.
 *
 * Minimum kernel: 5.5 (tp_btf). The start time is the block layer's own, so that this costs one tracepoint and one
 * map; it is taken only by queues that keep statistics (QUEUE_FLAG_STATS: writeback throttling or kyber turn it on, and most
 * distributions have the former on by default). A disk without, `wbt_lat_usec` = 0 and no kyber, is not counted.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <ebpf_agent/core.bpf.h>
#include <ebpf_agent/histogram.bpf.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* REQ_OP_*, the low byte of a request's flags, as in the kernel since 4.10. */
#define OPERATION_MASK 0xff

enum operation {
	READ = 0,
	WRITE = 1,
	FLUSH = 2,
	DISCARD = 3,
	OTHER = 4, /* ours: secure erase, zone management, pass-through... */
};

/* No padding: all bytes of a key count. */
struct disk_key {
	__u32 major, minor;
	__u32 operation;
};

/* 1 us to 32 s. A disk has up to five operations: 1024 entries are 200 disks, and 224 KiB per possible CPU. */
HISTOGRAM(disk_io_latency, struct disk_key, 1024, SECONDS(-20, 5));

static __always_inline struct gendisk *disk_of(struct request *rq)
{
	if (bpf_core_field_exists(rq->q->disk))
		return rq->q->disk;
	return ((struct request___before_5_17 *)rq)->rq_disk;
}

SEC("tp_btf/block_rq_complete")
int BPF_PROG(block_rq_complete, struct request *rq, int error, unsigned int nr_bytes)
{
	__u64 now = bpf_ktime_get_ns(), start = rq->io_start_time_ns;
	__u32 operation = rq->cmd_flags & OPERATION_MASK;
	struct gendisk *disk = disk_of(rq);
	struct disk_key key;

	/* A request may complete in parts: the one that finishes it counts. */
	if (nr_bytes < rq->__data_len)
		return 0;
	/* The flush machinery ends requests of its own making that were never issued: no start, no latency. */
	if (!start)
		return 0;
	/* It also ends a write a second time, after the flush that had to follow: nothing is left of it, and it was counted. */
	if (operation == WRITE && !nr_bytes)
		return 0;
	/* A queue without a disk: a controller's admin queue. */
	if (!disk)
		return 0;

	key.major = disk->major;
	key.minor = disk->first_minor;
	key.operation = operation < OTHER ? operation : OTHER;
	/* Start and end are read from one clock on two CPUs, with two functions: a start in the future is no time at all. */
	histogram_observe(&disk_io_latency, &key, now > start ? now - start : 0);
	return 0;
}
