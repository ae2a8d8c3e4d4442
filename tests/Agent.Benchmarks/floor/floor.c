/*
 * What the figures of `make bench` are held against: the same work in C, with nothing around it.
 *
 *	floor poll N	reads a per-CPU hash of N histograms of 27 slots in batches, and folds it over the possible CPUs
 *	floor text N	writes N histograms of 29 lines into memory: a cached prefix, a number, a line feed
 *	floor sums N	reads a hash of N numbers in batches; sums_per_cpu: a per-CPU hash, and sums over the possible CPUs
 *	floor decode N	makes the text of four labels of each of N keys
 *	floor events ID N	takes N events out of the ring buffer of this id
 *
 * Prints the best of several runs, in milliseconds; decode in nanoseconds a key, and events, of one run, in nanoseconds an event.
 */
#include "floor.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLOTS = 27, WORDS = SLOTS + 1, LINES = SLOTS + 2 };

double milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

void fail(const char *what)
{
	perror(what);
	exit(1);
}

void change(int map, int series, int words, int round)
{
	uint64_t *value = calloc(words, 8);

	if (!value)
		fail("filling the map");
	for (int i = 0; i < series; i++) {
		struct key key = {i >> 8, i & 255};

		for (int word = 0; word < words; word++)
			value[word] = (uint64_t)round * 1000 + i + word;
		if (bpf_map_update_elem(map, &key, value, BPF_ANY))
			fail("filling the map");
	}
	free(value);
}

static void fold(const uint64_t *values, unsigned entries, int cpus, uint64_t *series)
{
	for (unsigned entry = 0; entry < entries; entry++, series += WORDS) {
		memset(series, 0, WORDS * 8);
		for (int cpu = 0; cpu < cpus; cpu++, values += WORDS)
			for (int word = 0; word < WORDS; word++)
				series[word] += values[word];
	}
}

static double poll_once(int map, int cpus, struct key *keys, uint64_t *values, uint64_t *series)
{
	uint32_t cursor, next, got;
	double started = milliseconds();
	int first = 1, result;

	do {
		got = BATCH;
		result = bpf_map_lookup_batch(map, first ? NULL : &cursor, &next, keys, values, &got, NULL);
		if (result && errno != ENOENT)
			fail("reading the map");
		fold(values, got, cpus, series);
		series += (size_t)got * WORDS;
		cursor = next;
		first = 0;
	} while (!result);
	return milliseconds() - started;
}

double poll_floor(int count)
{
	int cpus = libbpf_num_possible_cpus();
	int map = bpf_map_create(BPF_MAP_TYPE_PERCPU_HASH, "floor", sizeof(struct key), WORDS * 8, count, NULL);
	struct key *keys = malloc(BATCH * sizeof(*keys));
	uint64_t *values = malloc((size_t)BATCH * WORDS * 8 * cpus);
	uint64_t *series = calloc(count, WORDS * 8);
	double best = 1e9;

	if (map < 0)
		fail("creating the map");
	for (int run = 0; run < RUNS; run++) {
		double took;

		change(map, count, cpus * WORDS, run + 1);
		took = poll_once(map, cpus, keys, values, series);

		best = took < best ? took : best;
	}
	return best;
}

static char hundred[100][2];

void prepare_digits(void)
{
	for (int i = 0; i < 100; i++) {
		hundred[i][0] = '0' + i / 10;
		hundred[i][1] = '0' + i % 10;
	}
}

/* Two digits at a time: half the divisions, and the fastest of the simple ways. */
char *put_number(char *to, uint64_t value)
{
	char digits[20];
	int at = sizeof(digits);

	for (; value >= 100; value /= 100)
		memcpy(digits + (at -= 2), hundred[value % 100], 2);
	if (value >= 10)
		memcpy(digits + (at -= 2), hundred[value], 2);
	else
		digits[--at] = '0' + value;
	memcpy(to, digits + at, sizeof(digits) - at);
	return to + sizeof(digits) - at;
}

double text_floor(int count)
{
	int lines = count * LINES;
	char **prefixes = malloc(lines * sizeof(*prefixes)), line[200];
	int *lengths = malloc(lines * sizeof(*lengths));
	size_t room = 0;
	double best = 1e9;

	prepare_digits();
	for (int i = 0; i < lines; i++) {
		int series = i / LINES, bound = i % LINES;

		lengths[i] = snprintf(line, sizeof(line), "ebpf_bench_seconds_bucket{major=\"%d\",minor=\"%d\",le=\"%g\"} ", series >> 8,
			series & 255, 1e-6 * (1 << (bound < SLOTS ? bound : SLOTS)));
		prefixes[i] = strdup(line);
		room += lengths[i] + 21;
	}
	char *buffer = malloc(room);

	memset(buffer, 1, room);
	for (int run = 0; run < RUNS; run++) {
		double started = milliseconds(), took;
		char *to = buffer;

		for (int i = 0; i < lines; i++) {
			memcpy(to, prefixes[i], lengths[i]);
			to = put_number(to + lengths[i], (uint64_t)i * 7919 + run);
			*to++ = '\n';
		}
		took = milliseconds() - started;
		best = took < best ? took : best;
	}
	return best;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int count = argc > 2 ? atoi(argv[argc - 1]) : 0;

	if (count > 0 && argc == 4 && !strcmp(what, "events"))
		printf("%.4f\n", events_floor(strtoul(argv[2], NULL, 10), count));
	else if (count > 0 && argc == 3 && !strcmp(what, "poll"))
		printf("%.4f\n", poll_floor(count));
	else if (count > 0 && argc == 3 && !strcmp(what, "text"))
		printf("%.4f\n", text_floor(count));
	else if (count > 0 && argc == 3 && !strcmp(what, "decode"))
		printf("%.4f\n", decode_floor(count));
	else if (count > 0 && argc == 3 && (!strcmp(what, "sums") || !strcmp(what, "sums_per_cpu")))
		printf("%.4f\n", sums_floor(count, !strcmp(what, "sums_per_cpu")));
	else
		return fprintf(stderr, "usage: floor poll|text|sums|sums_per_cpu|decode N, or floor events ID N\n"), 2;
	return 0;
}
