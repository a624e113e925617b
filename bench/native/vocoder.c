/* The CSV of examples/vocoder.yaml with an outermost axis `batch_size: 1..N`, and of no other grid.
 * N is the argument: 1 to 7, 5 by default. Writes the bytes of `upsweep sweep` to standard output,
 * 4 MiB at a time. The grid, the filters and the columns are compiled in. Nothing is checked
 * against overflow.
 *
 *   cc -O3 -march=native -o vocoder vocoder.c
 *
 * The loops are those of the grid, in its order. Each level computes what is known there, and joins
 * its cell to the text of the outer levels. A row copies two joined texts and writes four numbers.
 * Copies have fixed sizes: the next text overwrites the bytes beyond the end.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

enum {
  WINDOW = 4 << 20, /* bytes of a write */
  SLACK = 64 << 10, /* more than the rows of one geometry: at most 174 of 94 bytes */
  MAX_BATCHES = 7   /* keeps ops below 10^12, as `put` requires */
};

static const int lengths[] = {1, 32, 64, 128, 256, 512, 1024, 2048, 4096};
static const int kernel_sizes[] = {3, 4, 5, 6, 7, 8, 11, 12, 16, 20, 22};
static const int strides[] = {2, 3, 4, 5, 6, 8, 10};
static const int in_channels[] = {32, 64, 128, 256, 512};
static const int out_channels[] = {16, 32, 64, 128, 256};
static const int groups[] = {1, 2, 8, 64};

static const char header[] =
    "batch_size,in_channels,out_channels,l_in,kernel_size,stride,padding,output_padding,dilation,"
    "groups,bias,l_out,additions_per_filter,ops,macs,additions,params\n";

/* What the rows of a geometry share. taps and covered: see docs/theory.md. */
typedef struct {
  int64_t kernel_size, l_out, taps, covered;
  char shape[32];     /* "l_in,kernel_size,stride,padding,output_padding,dilation," */
  char result[2][32]; /* "bias,l_out,additions_per_filter," without bias and with it */
  int shape_length, result_length[2];
} Geometry;

static char padded[10000][4];   /* "0042" */
static char unpadded[10000][4]; /* "42  " */
static uint8_t digits[10000];   /* 2 */
static char window[WINDOW + SLACK];

static void make_digits(void) {
  char text[5];
  for (int i = 0; i < 10000; i++) {
    snprintf(text, sizeof text, "%04d", i);
    memcpy(padded[i], text, 4);
    digits[i] = snprintf(text, sizeof text, "%d", i);
    memcpy(unpadded[i], text, 4);
  }
}

static inline char *put_first(char *at, uint32_t value) {
  memcpy(at, unpadded[value], 4);
  return at + digits[value];
}

/* Writes a number below 10^12 and the character that ends its cell. Returns the end. GCC 12 would
 * inline this function, and the program would take a third longer. */
__attribute__((noinline)) static char *put(char *at, uint64_t value, char end) {
  if (value < 10000) {
    at = put_first(at, value);
  } else if (value < 100000000) {
    at = put_first(at, value / 10000);
    memcpy(at, padded[value % 10000], 4);
    at += 4;
  } else {
    at = put_first(at, value / 100000000);
    uint32_t rest = value % 100000000;
    memcpy(at, padded[rest / 10000], 4);
    memcpy(at + 4, padded[rest % 10000], 4);
    at += 8;
  }
  *at = end;
  return at + 1;
}

static void write_window(size_t size) {
  if (fwrite(window, 1, size, stdout) == size) return;
  perror("vocoder");
  exit(1);
}

/* `low` of docs/theory.md. The line is at most 8, so the loop is short. */
static int64_t low(int64_t l_in, int64_t kernel_size, int line, int stride, int dilation) {
  int64_t pairs = 0;
  for (int k = 0; k < kernel_size && k * dilation < line; k++) {
    int64_t inputs = (line - 1 - k * dilation) / stride + 1;
    pairs += inputs < l_in ? inputs : l_in;
  }
  return pairs;
}

/* The pairs of a box of inputs and kernel elements that are not cropped at either line. */
static int64_t uncropped(int64_t l_in, int64_t kernel_size, int stride, int dilation, int lower,
                         int upper) {
  if (l_in <= 0 || kernel_size <= 0) return 0;
  return l_in * kernel_size - low(l_in, kernel_size, lower, stride, dilation) -
         low(l_in, kernel_size, upper, stride, dilation);
}

/* Sets the counts and the result of a geometry. Returns 0 if it is not legal. */
static int set_geometry(Geometry *own, int l_in, int kernel_size, int stride, int padding,
                        int output_padding, int dilation) {
  if (output_padding >= stride && output_padding >= dilation) return 0;
  int reach = dilation * (kernel_size - 1);
  own->kernel_size = kernel_size;
  own->l_out = (l_in - 1) * stride - 2 * padding + reach + output_padding + 1;
  if (own->l_out < 1) return 0;
  int upper = padding > output_padding ? padding - output_padding : 0;
  int common = stride % dilation ? 1 : dilation; /* divisor: dilation is 1 or a prime */
  int multiple = stride / common * dilation;
  own->taps = uncropped(l_in, kernel_size, stride, dilation, padding, upper);
  own->covered =
      own->taps - uncropped(l_in - dilation / common, kernel_size - stride / common, stride,
                            dilation, padding - multiple, upper - multiple);
  int64_t additions_per_filter = own->taps - own->l_out;
  for (int bias = 0; bias < 2; bias++) {
    memcpy(own->result[bias], bias ? "true,\0\0" : "false,\0", 8);
    char *at = put(own->result[bias] + (bias ? 5 : 6), own->l_out, ',');
    if (additions_per_filter < 0) *at++ = '-';
    own->result_length[bias] = put(at, llabs(additions_per_filter), ',') - own->result[bias];
  }
  return 1;
}

/* The loops from in_channels to bias. Returns the end of the rows. */
static char *put_geometry(char *at, uint64_t batch_size, const Geometry *geometry) {
  char prefix[64]; /* "batch_size,in_channels,out_channels," the shape, "groups," */
  const uint64_t kernel_size = geometry->kernel_size, l_out = geometry->l_out;
  const uint64_t taps = geometry->taps, covered = geometry->covered;
  char *batch_end = put(prefix, batch_size, ',');
  for (int i = 0; i < COUNT(in_channels); i++) {
    const int in = in_channels[i];
    char *in_end = put(batch_end, in, ',');
    for (int o = 0; o < COUNT(out_channels); o++) {
      const int out = out_channels[o];
      char *shape_start = put(in_end, out, ',');
      memcpy(shape_start, geometry->shape, 32);
      for (int g = 0; g < COUNT(groups); g++) {
        if (in % groups[g] || out % groups[g]) continue;
        const uint64_t filters = in * out / groups[g];
        const uint64_t macs = batch_size * filters * taps;
        const uint64_t ops = batch_size * filters * (l_out * kernel_size + taps);
        const int length = put(shape_start + geometry->shape_length, groups[g], ',') - prefix;
        for (int bias = 1; bias >= 0; bias--) {
          const uint64_t unbiased = bias ? 0 : batch_size * out;
          memcpy(at, prefix, 32);
          memcpy(at += length, geometry->result[bias], 32);
          at = put(at + geometry->result_length[bias], ops - unbiased * l_out, ',');
          at = put(at, macs, ',');
          at = put(at, macs - unbiased * covered, ',');
          at = put(at, filters * kernel_size + (bias ? out : 0), '\n');
        }
      }
    }
  }
  return at;
}

/* The loops from batch_size to dilation. */
static void sweep(int batches) {
  Geometry own;
  char *at = window + sizeof header - 1;
  memcpy(window, header, sizeof header - 1);
  for (int batch_size = 1; batch_size <= batches; batch_size++) {
    for (int l = 0; l < COUNT(lengths); l++) {
      char *l_in_end = put(own.shape, lengths[l], ',');
      for (int k = 0; k < COUNT(kernel_sizes); k++) {
        char *kernel_size_end = put(l_in_end, kernel_sizes[k], ',');
        for (int s = 0; s < COUNT(strides); s++) {
          char *stride_end = put(kernel_size_end, strides[s], ',');
          for (int padding = 0; padding <= 8; padding++) {
            char *padding_end = put(stride_end, padding, ',');
            for (int output_padding = 0; output_padding <= 2; output_padding++) {
              char *output_padding_end = put(padding_end, output_padding, ',');
              for (int dilation = 1; dilation <= 3; dilation += 2) {
                if (!set_geometry(&own, lengths[l], kernel_sizes[k], strides[s], padding,
                                  output_padding, dilation))
                  continue;
                own.shape_length = put(output_padding_end, dilation, ',') - own.shape;
                at = put_geometry(at, batch_size, &own);
                if (at < window + WINDOW) continue;
                write_window(WINDOW);
                at -= WINDOW;
                memcpy(window, window + WINDOW, at - window);
              }
            }
          }
        }
      }
    }
  }
  write_window(at - window);
}

int main(int count, char **arguments) {
  int batches = count > 1 ? atoi(arguments[1]) : 5;
  if (batches < 1 || batches > MAX_BATCHES) {
    fprintf(stderr, "vocoder: the number of batch sizes must be 1 to %d\n", MAX_BATCHES);
    return 2;
  }
  setvbuf(stdout, NULL, _IONBF, 0);
  make_digits();
  sweep(batches);
  return 0;
}
