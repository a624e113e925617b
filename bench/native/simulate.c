/* The obvious simulation: every product adds one to the output element on which it lands. Reads
 * layers as lines of "l_in kernel_size stride padding output_padding dilation rounds". Answers each
 * with its taps, its covered, and the nanoseconds of one round: the best of five averages over
 * `rounds` rounds.
 *
 *   cc -O3 -march=native -o simulate simulate.c
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e9 * t.tv_sec + t.tv_nsec;
}

static void simulate(uint32_t *y, int64_t l_out, int64_t l_in, int64_t kernel_size, int64_t stride,
                     int64_t padding, int64_t dilation, uint64_t *taps, uint64_t *covered) {
  memset(y, 0, l_out * sizeof *y);
  for (int64_t i = 0; i < l_in; i++) {
    for (int64_t k = 0; k < kernel_size; k++) {
      int64_t j = i * stride + k * dilation - padding;
      if (j >= 0 && j < l_out) y[j]++;
    }
  }
  uint64_t sum = 0, above = 0;
  for (int64_t j = 0; j < l_out; j++) {
    sum += y[j];
    above += y[j] > 0;
  }
  *taps = sum;
  *covered = above;
}

int main(void) {
  long long l_in, kernel_size, stride, padding, output_padding, dilation, rounds;
  while (scanf("%lld %lld %lld %lld %lld %lld %lld", &l_in, &kernel_size, &stride, &padding,
               &output_padding, &dilation, &rounds) == 7) {
    int64_t reach = dilation * (kernel_size - 1);
    int64_t l_out = (l_in - 1) * stride - 2 * padding + reach + output_padding + 1;
    uint32_t *y = malloc(l_out * sizeof *y);
    if (!y) return 1;
    uint64_t taps = 0, covered = 0;
    double best = 1e300;
    for (int repeat = 0; repeat < 5; repeat++) {
      double start = now();
      for (long long round = 0; round < rounds; round++) {
        simulate(y, l_out, l_in, kernel_size, stride, padding, dilation, &taps, &covered);
      }
      double took = (now() - start) / rounds;
      if (took < best) best = took;
    }
    printf("%llu %llu %.1f\n", (unsigned long long)taps, (unsigned long long)covered, best);
    free(y);
  }
  return 0;
}
