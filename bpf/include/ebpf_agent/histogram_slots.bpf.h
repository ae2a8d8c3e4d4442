/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The slot of a value, for each scheme of histogram.bpf.h. Pure integer arithmetic, so that it can be compiled and checked
 * exhaustively on the host as well.
 *
 * In every scheme bounds are inclusive and exact: a value is in the slot of the smallest bound that is not below it. 0 is in the first
 * slot. A value above every bound gets some slot at or above that of +Inf, and whoever indexes cuts it down to that.
 */
#ifndef EBPF_AGENT_HISTOGRAM_SLOTS_BPF_H
#define EBPF_AGENT_HISTOGRAM_SLOTS_BPF_H

/* floor(log2 value), and 0 for 0. BPF has no instruction that counts zeros: six comparisons, whatever the value. */
static __always_inline __u32 __histogram_floor_log2(__u64 value)
{
	__u32 log = (value > 0xffffffff) << 5, word = value >> log, step;

	step = (word > 0xffff) << 4;
	word >>= step;
	log |= step;
	step = (word > 0xff) << 3;
	word >>= step;
	log |= step;
	step = (word > 0xf) << 2;
	word >>= step;
	log |= step;
	step = (word > 0x3) << 1;
	word >>= step;
	return log | step | word >> 1;
}

/* The slot of the bound with this exponent, where slot 0 has the exponent `first`. */
static __always_inline __u64 __histogram_slot_of_exponent(__s32 exponent, __s32 first)
{
	return exponent > first ? (__u32)(exponent - first) : 0;
}

/* Bounds 2^first, 2^(first+1)...: a *ceil* log2, so that 1024 is counted under le="1024". */
static __always_inline __u64 __histogram_slot_log2(__u64 value, __s32 first)
{
	return __histogram_slot_of_exponent(value > 1 ? (__s32)__histogram_floor_log2(value - 1) + 1 : 0, first);
}

/*
 * Bounds 2^first s, 2^(first+1) s..., for values in nanoseconds. 2^e s = 2^(e+9) * 5^9 ns lies off every power-of-two grid of
 * nanoseconds, so a ceil log2 of the nanoseconds would not do.
 *
 * With f = floor(log2 value) the value is in [2^f, 2^(f+1)), where exactly one bound lies: 2^(f-29) s = 2^(f+0.897) ns. One
 * comparison decides, and it is exact: an integer is at most a bound if it is at most the bound's whole nanoseconds. These are
 * 10^9 * 2^34, which fills 64 bits, shifted right by 63-f; a shift of one constant takes the place of a table of 64 bounds.
 */
static __always_inline __u64 __histogram_slot_seconds(__u64 value, __s32 first)
{
	__u32 floor = __histogram_floor_log2(value);
	__u64 whole_nanoseconds = (1000000000ULL << 34) >> (63 - floor);

	return __histogram_slot_of_exponent((__s32)floor - 29 + (value > whole_nanoseconds), first);
}

/* Bounds start, start + width, start + 2 width... */
static __always_inline __u64 __histogram_slot_linear(__u64 value, __u64 start, __u64 width)
{
	return value > start ? (value - start - 1) / width + 1 : 0;
}

/* Any ascending bounds. They are constants: the loop becomes a comparison with an immediate for each of them. */
static __always_inline __u64 __histogram_slot_bounds(__u64 value, const __u64 *bounds, __u32 count)
{
	__u64 slot = 0;

#pragma clang loop unroll(full)
	for (__u32 i = 0; i < count; i++)
		slot += value > bounds[i];
	return slot;
}

#endif
