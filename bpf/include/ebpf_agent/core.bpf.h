/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The few fields of kernel structs that the bundled programs read, written by hand. Each access is relocated (CO-RE) against the running
 * kernel's BTF when the object is loaded, so neither order nor offsets nor the fields left out matter, and the build needs no
 * vmlinux.h, no bpftool and no BTF of the build machine. Names and types must be the kernel's.
 *
 * Add the fields that a program needs, not whole structs. A field that not every kernel has is asked for with bpf_core_field_exists
 * before it is read; one that was renamed or retyped goes into a *flavour*, a struct whose name ends in ___SOMETHING: the loader matches
 * what stands before the three underscores.
 */
#ifndef EBPF_AGENT_CORE_BPF_H
#define EBPF_AGENT_CORE_BPF_H

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct gendisk {
	int major;
	int first_minor;
};

struct request_queue {
	struct gendisk *disk; /* since 5.15 */
};

struct request {
	struct request_queue *q;
	unsigned int cmd_flags;
	unsigned int __data_len; /* the bytes not yet completed */
	__u64 io_start_time_ns;
};

struct request___before_5_17 {
	struct gendisk *rq_disk;
};

struct thread_info {
	unsigned long flags;
};

struct thread_info___x86 {
	__u32 status;
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int __state; /* since 5.14 */
	int pid;
};

struct sock_common {
	unsigned short skc_family;
	volatile unsigned char skc_state;
};

struct sock {
	struct sock_common __sk_common;
};

/* A connection whose handshake is not over. */
struct request_sock {
	struct sock_common __req_common;
};

struct task_struct___before_5_14 {
	volatile long state;
};

#pragma clang attribute pop

#endif
