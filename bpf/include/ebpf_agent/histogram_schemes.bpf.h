/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The schemes of histogram.bpf.h, four macros each: how many slots, the fields that describe it to the agent, what is checked when
 * the program is compiled, and the slot of `value`. A scheme's name is pasted to these, so that SECONDS, LOG2... are no macros themselves
 * and take no name from the author.
 */
#ifndef EBPF_AGENT_HISTOGRAM_SCHEMES_BPF_H
#define EBPF_AGENT_HISTOGRAM_SCHEMES_BPF_H

/* Beyond it a series costs more to poll, scrape and store than anyone reads from it. */
#define __HISTOGRAM_MAX_BOUNDS 64

enum histogram_kind {
	HISTOGRAM_LOG2 = 1,
	HISTOGRAM_SECONDS = 2,
	HISTOGRAM_LINEAR = 3,
	HISTOGRAM_BOUNDS = 4,
};

/*
 * How the object describes a histogram to whoever polls it: the variable NAME__scheme in the section .rodata.histograms. A contract, byte
 * by byte: 32 bytes in the object's byte order, then the bounds of kind 4 only. Another layout takes another version.
 */
struct histogram_scheme {
	__u32 version;  /* 1 */
	__u32 kind;     /* enum histogram_kind */
	__u32 slots;    /* bounds, and one for +Inf */
	__s32 first;    /* kinds 1 and 2: the exponent of the first bound */
	__u64 start;    /* kind 3: the first bound */
	__u64 width;    /* kind 3: between two bounds */
	__u64 bounds[]; /* kind 4: slots - 1 of them */
};

#define __HISTOGRAM_EXPONENTS(FIRST, LAST) ((LAST) - (FIRST) + 2)

#define __HISTOGRAM_SLOTS_LOG2(FIRST, LAST)  __HISTOGRAM_EXPONENTS(FIRST, LAST)
#define __HISTOGRAM_FIELDS_LOG2(FIRST, LAST) .kind = HISTOGRAM_LOG2, .first = (FIRST)
#define __HISTOGRAM_SLOT_LOG2(FIRST, LAST)   __histogram_slot_log2(value, FIRST)
#define __HISTOGRAM_CHECK_LOG2(FIRST, LAST) \
	_Static_assert((FIRST) >= 0 && (FIRST) <= (LAST) && (LAST) <= 63, "LOG2(first, last): 0 <= first <= last <= 63");

/* Below 2^-29 s a bound would be less than the 1 ns that is observed; 2^35 s is more than 64 bits of nanoseconds. */
#define __HISTOGRAM_SLOTS_SECONDS(FIRST, LAST)  __HISTOGRAM_EXPONENTS(FIRST, LAST)
#define __HISTOGRAM_FIELDS_SECONDS(FIRST, LAST) .kind = HISTOGRAM_SECONDS, .first = (FIRST)
#define __HISTOGRAM_SLOT_SECONDS(FIRST, LAST)   __histogram_slot_seconds(value, FIRST)
#define __HISTOGRAM_CHECK_SECONDS(FIRST, LAST) \
	_Static_assert((FIRST) >= -29 && (FIRST) <= (LAST) && (LAST) <= 34, "SECONDS(first, last): -29 <= first <= last <= 34");

#define __HISTOGRAM_SLOTS_LINEAR(START, WIDTH, COUNT)  ((COUNT) + 1)
#define __HISTOGRAM_FIELDS_LINEAR(START, WIDTH, COUNT) .kind = HISTOGRAM_LINEAR, .start = (START), .width = (WIDTH)
#define __HISTOGRAM_SLOT_LINEAR(START, WIDTH, COUNT)   __histogram_slot_linear(value, START, WIDTH)
#define __HISTOGRAM_CHECK_LINEAR(START, WIDTH, COUNT)                                                                       \
	_Static_assert((START) >= 0, "LINEAR(start, width, count): start must not be negative");                            \
	_Static_assert((COUNT) >= 1 && (COUNT) <= __HISTOGRAM_MAX_BOUNDS, "LINEAR(start, width, count): 1 <= count <= 64"); \
	_Static_assert((WIDTH) > 0 && (WIDTH) <= (~0ULL - (START)) / (COUNT), "LINEAR(start, width, count): width is 0 or too large");

#define __HISTOGRAM_COUNT(...) (sizeof((__u64[]){__VA_ARGS__}) / sizeof(__u64))

#define __HISTOGRAM_SLOTS_BOUNDS(...)  (__HISTOGRAM_COUNT(__VA_ARGS__) + 1)
#define __HISTOGRAM_FIELDS_BOUNDS(...) .kind = HISTOGRAM_BOUNDS, .bounds = {__VA_ARGS__}
#define __HISTOGRAM_SLOT_BOUNDS(...)   __histogram_slot_bounds(value, (const __u64[]){__VA_ARGS__}, __HISTOGRAM_COUNT(__VA_ARGS__))
#define __HISTOGRAM_CHECK_BOUNDS(...)                                                                               \
	_Static_assert(__HISTOGRAM_COUNT(__VA_ARGS__) <= __HISTOGRAM_MAX_BOUNDS, "BOUNDS(...): at most 64 bounds"); \
	_Static_assert(__HISTOGRAM_ASCENDING(__VA_ARGS__), "BOUNDS(...): bounds must ascend, from 0 or above");

/*
 * (a) >= 0 && (a) < (b) && (b) < (c) ... as a constant expression: an array's elements are none in C. A macro cannot expand itself, so each
 * pair defers the next, and rescanning 4^4 times expands more of them than there may be bounds.
 */
#define __HISTOGRAM_ASCENDING(FIRST, ...)  ((FIRST) >= 0 __HISTOGRAM_RESCAN(__HISTOGRAM_PAIRS(FIRST, ##__VA_ARGS__)))
#define __HISTOGRAM_PAIRS(LEFT, ...)       __VA_OPT__(__HISTOGRAM_PAIR(LEFT, __VA_ARGS__))
#define __HISTOGRAM_PAIR(LEFT, RIGHT, ...) &&(LEFT) < (RIGHT)__VA_OPT__(__HISTOGRAM_NEXT __HISTOGRAM_PARENTHESES(RIGHT, __VA_ARGS__))
#define __HISTOGRAM_NEXT()                 __HISTOGRAM_PAIR
#define __HISTOGRAM_PARENTHESES            ()
#define __HISTOGRAM_RESCAN(...)            __HISTOGRAM_RESCAN_A(__HISTOGRAM_RESCAN_A(__HISTOGRAM_RESCAN_A(__HISTOGRAM_RESCAN_A(__VA_ARGS__))))
#define __HISTOGRAM_RESCAN_A(...)          __HISTOGRAM_RESCAN_B(__HISTOGRAM_RESCAN_B(__HISTOGRAM_RESCAN_B(__HISTOGRAM_RESCAN_B(__VA_ARGS__))))
#define __HISTOGRAM_RESCAN_B(...)          __HISTOGRAM_RESCAN_C(__HISTOGRAM_RESCAN_C(__HISTOGRAM_RESCAN_C(__HISTOGRAM_RESCAN_C(__VA_ARGS__))))
#define __HISTOGRAM_RESCAN_C(...)          __VA_ARGS__

#endif
