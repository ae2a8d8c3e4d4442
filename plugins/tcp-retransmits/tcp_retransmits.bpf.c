/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * TCP segments that were sent again, by the state of their connection: SYN_SENT is a peer that does not answer, SYN_RECV a client that does
 * not, and ESTABLISHED a network that loses packets. The whole plugin: types.bpf.h says what the labels are.
 *
 * Minimum kernel: 5.5 (tp_btf). The host's own count is RetransSegs in /proc/net/snmp. It counts segments, and this counts sendings, each of
 * one segment or, with segmentation offload, of several. Since 6.16 the kernel traces attempts that fail as well.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <ebpf_agent/core.bpf.h>
#include <ebpf_agent/types.bpf.h>

char LICENSE[] SEC("license") = "GPL";

#define TCP_SYN_RECV 3

struct retransmit_key {
	agent_tcp_state_t state;
	agent_address_family_t address_family;
	__u16 unused; /* a key has no padding, and fields of this name are no labels */
};

/* Twelve states of two families are all there can be. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 32);
	__type(key, struct retransmit_key);
	__type(value, __u64);
} tcp_retransmits SEC(".maps");

static __always_inline int count(__u32 state, __u16 family)
{
	struct retransmit_key key = {.state = state, .address_family = family};
	__u64 one = 1, *counted = bpf_map_lookup_elem(&tcp_retransmits, &key);

	if (!counted && bpf_map_update_elem(&tcp_retransmits, &key, &one, BPF_NOEXIST)) /* another CPU was faster */
		counted = bpf_map_lookup_elem(&tcp_retransmits, &key);
	if (counted) /* a softirq may interrupt a process that sends: hence atomic */
		__sync_fetch_and_add(counted, 1);
	return 0;
}

SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(tcp_retransmit_skb, struct sock *sk)
{
	return count(sk->__sk_common.skc_state, sk->__sk_common.skc_family);
}

/* What stands for a connection until its handshake is over has a state of its own, NEW_SYN_RECV. Tools call it SYN_RECV, and so does this. */
SEC("tp_btf/tcp_retransmit_synack")
int BPF_PROG(tcp_retransmit_synack, struct sock *listener, struct request_sock *request)
{
	return count(TCP_SYN_RECV, request->__req_common.skc_family);
}
