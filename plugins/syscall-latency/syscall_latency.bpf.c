/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * How long system calls take, by number. syscalls.js, beside this file, turns numbers into names and decides which are worth a series.
 *
 * Minimum kernel: 5.13 (task storage in tracing programs). What a call needs until it returns lies in the task's own storage: a task that
 * dies within one (exit never returns) takes it along.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <ebpf_agent/core.bpf.h>
#include <ebpf_agent/histogram.bpf.h>

char LICENSE[] SEC("license") = "GPL"; /* the helpers for task storage ask for it */

/*
 * Above every number of x86-64 and arm64 (470 in 2025) and of x32 calls without their high bit. A process may call any number it likes: an
 * entry for each would let it fill the map.
 */
#define SYSCALLS 512

struct syscall_key {
	__u32 nr;
};

/*
 * 119 ns to 4 s: a call without work takes 200 ns, and one of many seconds waits for somebody. An entry for each number, though few are in
 * use: 112 KiB per possible CPU.
 */
HISTOGRAM(syscall_latency, struct syscall_key, SYSCALLS, SECONDS(-23, 2));

struct call {
	__u64 start; /* 0: in no call that counts */
	__u32 nr;
	__u32 unused;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct call);
} calls SEC(".maps");

/* A 32-bit call has another table of numbers: by the 64-bit table, 32-bit write (4) would be called stat. Such calls are left out. */
static __always_inline int is_compat(struct task_struct *task)
{
#if defined(__TARGET_ARCH_arm64)
	return task->thread_info.flags >> 22 & 1; /* TIF_32BIT */
#else
	struct thread_info___x86 *info = (void *)&task->thread_info;

	return bpf_core_field_exists(info->status) && info->status & 2; /* TS_COMPAT: this call, not this task */
#endif
}

SEC("tp_btf/sys_enter")
int BPF_PROG(sys_enter, struct pt_regs *regs, long nr)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct call *call = bpf_task_storage_get(&calls, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!call) {
		histogram_drop(&syscall_latency);
		return 0;
	}
	call->nr = nr;
	call->start = nr >= 0 && nr < SYSCALLS && !is_compat(task) ? bpf_ktime_get_ns() : 0;
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(sys_exit, struct pt_regs *regs, long ret)
{
	struct call *call = bpf_task_storage_get(&calls, bpf_get_current_task_btf(), 0, 0);
	struct syscall_key key;
	__u64 now;

	/* No start: left out above, or entered before this program was attached (a child of fork, too, only ever returns). */
	if (!call || !call->start)
		return 0;
	/* The number at entry: a signal's return restores the registers, and with them another one. */
	key.nr = call->nr;
	now = bpf_ktime_get_ns();
	histogram_observe(&syscall_latency, &key, now > call->start ? now - call->start : 0);
	call->start = 0;
	return 0;
}
