/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Histograms that the kernel aggregates and the agent exposes. Include <linux/bpf.h>, <linux/types.h> and <bpf/bpf_helpers.h> first.
 *
 *	struct disk_key { __u32 major, minor; };
 *	HISTOGRAM(block_latency, struct disk_key, 1024, SECONDS(-20, 5));
 *	...
 *	histogram_observe(&block_latency, &key, nanoseconds);
 *
 * Schemes. A bound is inclusive and exact, becomes the `le` of a bucket, and needs no second declaration anywhere: the agent reads the
 * scheme out of the object. Each has at most 64 bounds, and above them the slot +Inf.
 *
 *	SECONDS(first, last)         2^first s ... 2^last s, for values in *nanoseconds*; -29 <= first <= last <= 34. Exposed in
 *	                             seconds, where `le` is then exact, and the buckets are those of a native histogram of schema 0.
 *	                             SECONDS(-20, 5) is about 1 us to 32 s.
 *	LOG2(first, last)            2^first ... 2^last; 0 <= first <= last <= 63
 *	LINEAR(start, width, count)  start, start + width ... `count` of them
 *	BOUNDS(a, b, c...)           ascending integers
 *
 * Memory. The map is preallocated: entries x possible CPUs x (sum + slots) x 8 bytes, whatever is in use. SECONDS(-20, 5) has 27 slots,
 * 224 bytes: 1024 entries take 224 KiB per possible CPU, 448 KiB on 2 CPUs, 56 MiB on 256. Choose max_entries for
 * the keys that a host can have.
 *
 * Why an entry per series and not per {bucket, key}: one look-up per observation instead of a look-up and an insert (35 ns against 122 ns,
 * net of an empty program), an exact sum, and a poll of 27 slots in one batched entry (0.3 us a series against 65 us key by key).
 *
 * Why no atomic adds: an entry belongs to one CPU, so a plain add races with nothing but what interrupts it there, and a locked one drains
 * the store buffer of whatever path is traced (in a tight loop the two are within 1 ns of each other). The price: if a *second* program
 * that observes the same key of the same map interrupts the first between its load and its store (an interrupt or NMI within process
 * context), one of the two observations may be missing from the slot or the sum. Programs of different contexts that must not lose
 * even that take two maps, or a field of the key. One program does not interrupt itself: the kernel skips the nested run (fentry since
 * 5.12, tp_btf and raw_tp since 6.1) and counts it in the program's recursion_misses.
 *
 * A full map is never silent: an observation that finds no room is counted in NAME__dropped, which the agent exports.
 *
 * Keys. All bytes of a key count, padding too: with padding, one logical key can become several entries. Lay the struct out without
 * (the agent warns, with the offsets), or clear it with __builtin_memset before its fields are set.
 *
 * Minimum kernel: 5.2 (.rodata and .data in an object). Beyond it: 5.5 for tp_btf programs, 5.6 for batched polls (before it the agent reads
 * key by key), 5.10 if entries are deleted (before it a reused entry kept other CPUs' old values). Minimum libbpf: 0.6, for the
 * sections `.rodata.histograms` and `.data.histograms`. Compiler: clang 14 or later, -O2 -g.
 */
#ifndef EBPF_AGENT_HISTOGRAM_BPF_H
#define EBPF_AGENT_HISTOGRAM_BPF_H

#include "histogram_slots.bpf.h"
#include "histogram_schemes.bpf.h"

/* A key of another type would else be no more than a warning, where a build has no -Werror. Newer compilers refuse it anyway. */
#pragma clang diagnostic error "-Wincompatible-pointer-types"

/* Declares the map NAME, from KEY to a histogram. At file scope; NAME's first 15 characters are what the kernel's own tools show. */
#define HISTOGRAM(NAME, KEY, MAX_ENTRIES, SCHEME)                                                                                   \
	__HISTOGRAM(NAME, KEY, MAX_ENTRIES, 0, __HISTOGRAM_SLOTS_##SCHEME, __HISTOGRAM_FIELDS_##SCHEME, __HISTOGRAM_CHECK_##SCHEME, \
		__HISTOGRAM_SLOT_##SCHEME)

/*
 * The same, but entries are allocated when their key is first seen. Opt-in, for maps whose max_entries is a generous limit and not the
 * rule. The price: an allocation in the program's own context may fail, and the first observations of new keys are then dropped (and
 * counted): under pressure 60 of 10,000 inserts were lost in one run.
 */
#define HISTOGRAM_ON_DEMAND(NAME, KEY, MAX_ENTRIES, SCHEME)                                                             \
	__HISTOGRAM(NAME, KEY, MAX_ENTRIES, BPF_F_NO_PREALLOC, __HISTOGRAM_SLOTS_##SCHEME, __HISTOGRAM_FIELDS_##SCHEME, \
		__HISTOGRAM_CHECK_##SCHEME, __HISTOGRAM_SLOT_##SCHEME)

/*
 * void histogram_observe(&NAME, const KEY *key, __u64 value)
 *	Counts the value under the key: one look-up at steady state. Typed for each histogram: a key of another type does not compile.
 *
 * void histogram_drop(&NAME)
 *	Counts an observation that could not be made (its start time found no room, say), so that this is no more silent than a full map.
 */

/* What a new entry is set to, as long as the longest histogram. */
static const __u64 __histogram_zero[1 + __HISTOGRAM_MAX_BOUNDS + 1];

/* The key's histogram on this CPU, or null where the map has no room for it. */
static __always_inline void *__histogram_entry(void *map, const void *key)
{
	void *entry = bpf_map_lookup_elem(map, key);

	if (entry)
		return entry;
	/* Another CPU may win the race for the new entry: then this fails, and its entry is found. */
	bpf_map_update_elem(map, key, __histogram_zero, BPF_NOEXIST);
	return bpf_map_lookup_elem(map, key);
}

#define __HISTOGRAM(NAME, KEY, MAX_ENTRIES, FLAGS, SLOTS, FIELDS, CHECK, SLOT)                                           \
	CHECK                                                                                                            \
	struct NAME##__histogram {                                                                                       \
		__u64 sum; /* modulo 2^64 */                                                                             \
		__u64 slots[SLOTS];                                                                                      \
	};                                                                                                               \
	struct NAME##__map {                                                                                             \
		__uint(type, BPF_MAP_TYPE_PERCPU_HASH);                                                                  \
		__uint(max_entries, MAX_ENTRIES);                                                                        \
		__uint(map_flags, FLAGS);                                                                                \
		__type(key, KEY);                                                                                        \
		__type(value, struct NAME##__histogram);                                                                 \
	} NAME SEC(".maps");                                                                                             \
	const struct histogram_scheme NAME##__scheme SEC(".rodata.histograms") = {.version = 1, .slots = SLOTS, FIELDS}; \
	__u64 NAME##__dropped SEC(".data.histograms") = 0;                                                               \
                                                                                                                         \
	static __always_inline __attribute__((overloadable, unused)) void histogram_drop(struct NAME##__map *map)        \
	{                                                                                                                \
		__sync_fetch_and_add(&NAME##__dropped, 1);                                                               \
	}                                                                                                                \
                                                                                                                         \
	static __always_inline __attribute__((overloadable, unused)) void histogram_observe(                             \
		struct NAME##__map *map, const typeof(KEY) *key, __u64 value)                                            \
	{                                                                                                                \
		struct NAME##__histogram *entry = __histogram_entry(map, key);                                           \
		__u64 slot;                                                                                              \
                                                                                                                         \
		if (!entry) {                                                                                            \
			histogram_drop(map);                                                                             \
			return;                                                                                          \
		}                                                                                                        \
		slot = SLOT;                                                                                             \
		/* The compiler must not move this limit to where the verifier loses it (before a division, say). */     \
		barrier_var(slot);                                                                                       \
		entry->slots[slot < (SLOTS) ? slot : (SLOTS)-1] += 1;                                                    \
		entry->sum += value;                                                                                     \
	}                                                                                                                \
	_Static_assert((MAX_ENTRIES) > 0, "HISTOGRAM: max_entries must be above 0")

#endif
