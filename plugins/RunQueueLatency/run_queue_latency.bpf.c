/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * How long tasks that could run wait for a CPU, and why they wait: because they were woken, or because they had to make room.
 *
 * Minimum kernel: 5.13 (task storage in tracing programs). The start of a wait lies in the task's own storage, not in a map by pid: a task
 * that dies takes it along, a reused pid finds nothing, and no map can fill up.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <ebpf_agent/core.bpf.h>
#include <ebpf_agent/histogram.bpf.h>

char LICENSE[] SEC("license") = "GPL"; /* the helpers for task storage ask for it */

enum cause {
	WAKEUP = 0,
	PREEMPTED = 1, /* made room for another, asked (sched_yield) or not */
};

struct cause_key {
	__u32 cause;
};

/* 1 us to 32 s: a wait of seconds is what an overcommitted CPU quota looks like. Two causes, and room for more. */
HISTOGRAM(run_queue_latency, struct cause_key, 8, SECONDS(-20, 5));

struct wait {
	__u64 since; /* 0: does not wait */
	__u32 cause;
	__u32 unused;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct wait);
} waits SEC(".maps");

/* The idle task "runs" when nothing else does. It waits for nobody. */
static __always_inline int is_idle(struct task_struct *task)
{
	return task->pid == 0;
}

/*
 * Whether a task that leaves its CPU goes on wanting one. Read from the task, on every kernel: the tracepoint's own prev_state was added
 * in 5.18, in front of the tasks at first and then behind them. At this tracepoint the two agree: its run queue is locked, and a waker
 * on another CPU sets a blocked task to TASK_WAKING only, until the switch is over.
 */
static __always_inline int is_runnable(struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return task->__state == 0;
	return ((struct task_struct___before_5_14 *)task)->state == 0;
}

static __always_inline struct wait *wait_of(struct task_struct *task, int create)
{
	return bpf_task_storage_get(&waits, task, 0, create ? BPF_LOCAL_STORAGE_GET_F_CREATE : 0);
}

static __always_inline int begin_wakeup(struct task_struct *task)
{
	struct wait *wait;

	if (is_idle(task))
		return 0;
	wait = wait_of(task, 1);
	if (!wait)
		histogram_drop(&run_queue_latency);
	else if (!wait->since) { /* woken again while it is queued: it has waited since the first time */
		wait->since = bpf_ktime_get_ns();
		wait->cause = WAKEUP;
	}
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(sched_wakeup, struct task_struct *task)
{
	return begin_wakeup(task);
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(sched_wakeup_new, struct task_struct *task)
{
	return begin_wakeup(task);
}

/* `prev` left the CPU: it waits from now on, or blocks. What a wakeup noted while it was running was no wait and is overwritten. */
static __always_inline void leave(struct task_struct *prev, int preempted, __u64 now)
{
	struct wait *wait;

	if (is_idle(prev))
		return;
	wait = wait_of(prev, preempted);
	if (!wait) {
		if (preempted)
			histogram_drop(&run_queue_latency);
		return;
	}
	wait->since = preempted ? now : 0;
	wait->cause = PREEMPTED;
}

/* `next` got the CPU: its wait is over. There is none for a task that was queued before this program was attached. */
static __always_inline void enter(struct task_struct *next, __u64 now)
{
	struct wait *wait;
	struct cause_key key;

	if (is_idle(next))
		return;
	wait = wait_of(next, 0);
	if (!wait || !wait->since)
		return;
	key.cause = wait->cause;
	/* Two CPUs' readings of the clock: a start in the future is no wait at all. */
	histogram_observe(&run_queue_latency, &key, now > wait->since ? now - wait->since : 0);
	wait->since = 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(sched_switch, _Bool preempt, struct task_struct *prev, struct task_struct *next)
{
	__u64 now = bpf_ktime_get_ns();

	/* Preempted on the way to sleep, a task is still queued, whatever its state says. */
	leave(prev, preempt || is_runnable(prev), now);
	enter(next, now);
	return 0;
}
