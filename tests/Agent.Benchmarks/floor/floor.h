/* What the parts of the floor share. */
#ifndef FLOOR_H
#define FLOOR_H

#include <stdint.h>

enum { RUNS = 15, BATCH = 1024 };

struct key {
	uint32_t major, minor;
};

double milliseconds(void);
void fail(const char *what) __attribute__((noreturn));

/* Has put_number ready. */
void prepare_digits(void);
char *put_number(char *to, uint64_t value);

/* Gives every word of every entry, on every CPU, a value that it did not have before. */
void change(int map, int series, int words, int round);

double poll_floor(int count);
double text_floor(int count);
double sums_floor(int count, int is_per_cpu);
double decode_floor(int count);
double events_floor(uint32_t map_id, int count);

#endif
