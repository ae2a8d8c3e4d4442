/* A ring buffer that somebody has filled, taken by libbpf: each event is counted, and nothing is asked of it. */
#include "floor.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

static int count_event(void *context, void *data, size_t size)
{
	(void)data, (void)size;
	++*(uint64_t *)context;
	return 0;
}

double events_floor(uint32_t map_id, int count)
{
	uint64_t counted = 0;
	struct ring_buffer *ring = ring_buffer__new(bpf_map_get_fd_by_id(map_id), count_event, &counted, NULL);
	double started, took;

	if (!ring)
		fail("opening the ring buffer");
	started = milliseconds();
	ring_buffer__consume(ring);
	took = milliseconds() - started;
	if (counted != (uint64_t)count)
		fail("the ring buffer held another number of events");
	return took * 1e6 / count;
}
