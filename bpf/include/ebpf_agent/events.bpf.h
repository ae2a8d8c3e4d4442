/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Events that the agent counts by what is in them. Include <linux/bpf.h>, <linux/types.h> and <bpf/bpf_helpers.h> first.
 *
 *	struct exec_event { __u32 uid; char comm[16]; };
 *	EVENTS(execs, struct exec_event, 256 * 1024);
 *	...
 *	events_submit(&execs, &event);
 *
 * When. An event costs more than an observation in a HISTOGRAM or an increment in a hash, and the agent has to keep up: take a map where the
 * keys are few. Events are for programs that can't take one, and for keys of which each is seen once or twice, which would fill a map.
 * In the agent, the event's bytes are the key and the value is how often it came; how many different ones are told apart is limited there.
 *
 * Memory. The ring buffer is one for all CPUs, of BYTES: a power of two, and 4096 at least. An event takes its size and 8 bytes, rounded up
 * to 8. The agent is woken when a quarter is in use and takes all at each poll, so at events of 24 bytes 256 KiB hold 8191 of them while
 * it wakes up; and a host where few come is not woken at all.
 *
 * A full ring buffer is never silent: an event that finds no room is counted in NAME__dropped, which the agent exports. Where a plugin
 * outlives the agent, the buffer fills until the next agent starts, and what comes after that is counted there too. Without the macro (a
 * plain ring buffer that a program writes with bpf_ringbuf_output) the agent counts events as well, but nobody knows how many were lost.
 *
 * Keys. As in HISTOGRAM: all bytes of an event count, padding too. Lay it out without, or clear it with __builtin_memset.
 *
 * Minimum kernel: 5.8. Minimum libbpf: 0.6, for the sections `.rodata.events` and `.data.events`. Compiler: clang 14 or later, -O2 -g.
 */
#ifndef EBPF_AGENT_EVENTS_BPF_H
#define EBPF_AGENT_EVENTS_BPF_H

/* An event of another type would else be no more than a warning, where a build has no -Werror. Newer compilers refuse it anyway. */
#pragma clang diagnostic error "-Wincompatible-pointer-types"

/*
 * void events_submit(&NAME, const EVENT *event)
 *	Sends a copy of the event. Typed for each buffer: an event of another type does not compile.
 *
 * void events_drop(&NAME)
 *	Counts an event that could not be sent (what it is made of found no room, say), so that this is no more silent than a full buffer.
 */

/* Woken by every event from a quarter on: if one wake-up comes too early for another CPU's event, the next one is that event's. */
static __always_inline __u64 __events_wakeup(void *ring, __u64 size, __u64 limit)
{
	return bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) + size >= limit ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

/* The kernel takes neither a key nor a value type for a ring buffer: a pointer that nobody follows tells the agent what an event is. */
#define EVENTS(NAME, EVENT, BYTES)                                                                                                       \
	struct NAME##__map {                                                                                                             \
		__uint(type, BPF_MAP_TYPE_RINGBUF);                                                                                      \
		__uint(max_entries, BYTES);                                                                                              \
	} NAME SEC(".maps");                                                                                                             \
	const typeof(EVENT) *const NAME##__event SEC(".rodata.events") = 0;                                                              \
	__u64 NAME##__dropped SEC(".data.events") = 0;                                                                                   \
                                                                                                                                         \
	static __always_inline __attribute__((overloadable, unused)) void events_drop(struct NAME##__map *map)                           \
	{                                                                                                                                \
		__sync_fetch_and_add(&NAME##__dropped, 1);                                                                               \
	}                                                                                                                                \
                                                                                                                                         \
	static __always_inline __attribute__((overloadable, unused)) void events_submit(                                                 \
		struct NAME##__map *map, const typeof(EVENT) *event)                                                                     \
	{                                                                                                                                \
		if (bpf_ringbuf_output(                                                                                                  \
			    map, (void *)event, sizeof(*event), __events_wakeup(map, sizeof(*event) + BPF_RINGBUF_HDR_SZ, (BYTES) / 4))) \
			events_drop(map);                                                                                                \
	}                                                                                                                                \
	_Static_assert((BYTES) >= 4096 && ((BYTES) & ((BYTES)-1)) == 0, "EVENTS: bytes must be a power of two, 4096 at least")

#endif
