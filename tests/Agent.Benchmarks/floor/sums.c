/* Reads a hash of N numbers in batches, and sums the CPUs' of each where it is per-CPU. */
#include "floor.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

static double sum_once(int map, int cpus, struct key *keys, uint64_t *values, uint64_t *sums)
{
	uint32_t cursor, next, got;
	double started = milliseconds();
	int first = 1, result;

	do {
		const uint64_t *value = values;

		got = BATCH;
		result = bpf_map_lookup_batch(map, first ? NULL : &cursor, &next, keys, values, &got, NULL);
		if (result && errno != ENOENT)
			fail("reading the map");
		for (unsigned entry = 0; entry < got; entry++, sums++) {
			*sums = 0;
			for (int cpu = 0; cpu < cpus; cpu++)
				*sums += *value++;
		}
		cursor = next;
		first = 0;
	} while (!result);
	return milliseconds() - started;
}

double sums_floor(int count, int is_per_cpu)
{
	int cpus = is_per_cpu ? libbpf_num_possible_cpus() : 1;
	int map = bpf_map_create(is_per_cpu ? BPF_MAP_TYPE_PERCPU_HASH : BPF_MAP_TYPE_HASH, "floor", sizeof(struct key), 8, count, NULL);
	struct key *keys = malloc(BATCH * sizeof(*keys));
	uint64_t *values = malloc((size_t)BATCH * 8 * cpus);
	uint64_t *sums = calloc(count, 8);
	double best = 1e9;

	if (map < 0)
		fail("creating the map");
	for (int run = 0; run < RUNS; run++) {
		double took;

		change(map, count, cpus, run + 1);
		took = sum_once(map, cpus, keys, values, sums);
		best = took < best ? took : best;
	}
	return best;
}
