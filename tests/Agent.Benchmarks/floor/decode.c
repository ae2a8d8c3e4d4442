/* The text of four labels, out of the keys of bench_keys.bpf.c. The fields' places are known when it is compiled, and the labels' names are in it. */
#include "floor.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct request_key {
	uint32_t operation;
	uint8_t address[4];
	uint32_t worker;
	char comm[16];
};

#define PUT(to, text) (memcpy(to, text, sizeof(text) - 1), (to) + sizeof(text) - 1)

static const char *const operations[] = {"read", "write", "discard", "flush"};

static char *put_text(char *to, const char *text, size_t most)
{
	size_t length = strnlen(text, most);

	memcpy(to, text, length);
	return to + length;
}

static char *put_address(char *to, const uint8_t *address)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			*to++ = '.';
		to = put_number(to, address[i]);
	}
	return to;
}

static char *put_labels(char *to, const struct request_key *key)
{
	to = PUT(to, "operation=\"");
	to = put_text(to, key->operation < 4 ? operations[key->operation] : "other", 16);
	to = PUT(to, "\",address=\"");
	to = put_address(to, key->address);
	to = PUT(to, "\",worker=\"");
	to = put_number(to, key->worker);
	to = PUT(to, "\",comm=\"");
	to = put_text(to, key->comm, sizeof(key->comm));
	return PUT(to, "\"");
}

double decode_floor(int count)
{
	enum { MOST = 128 };
	struct request_key *keys = calloc(count, sizeof(*keys));
	char *text = calloc(count, MOST);
	double best = 1e9;

	if (!keys || !text)
		fail("decoding");
	prepare_digits();
	for (int i = 0; i < count; i++) {
		keys[i] = (struct request_key){.operation = i & 3, .address = {10, 0, i >> 8, i}, .worker = i % 64};
		snprintf(keys[i].comm, sizeof(keys[i].comm), "worker-%d", i % 100);
	}
	for (int run = 0; run < RUNS; run++) {
		double started = milliseconds(), took;

		for (int i = 0; i < count; i++)
			put_labels(text + (size_t)i * MOST, keys + i);
		took = milliseconds() - started;
		best = took < best ? took : best;
	}
	if (count > 4711 && strcmp(text + 4711 * MOST, "operation=\"flush\",address=\"10.0.18.103\",worker=\"39\",comm=\"worker-11\""))
		fail("decoding gave other labels");
	return best * 1e6 / count;
}
