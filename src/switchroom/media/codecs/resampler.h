/* Live audio at another rate: a polyphase FIR, a windowed sinc of 12 lobes. It holds audio back for
 * those 12 samples of the lower rate, 1.5 ms at 8,000 Hz. */
#ifndef SWITCHROOM_RESAMPLER_H
#define SWITCHROOM_RESAMPLER_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define RESAMPLER_LOBES 12
#define RESAMPLER_INPUT 1920 /* samples that are put in at once, at most: 40 ms at 48,000 Hz */

typedef struct {
    int from, to;  /* hertz */
    int up, down;  /* the same, in lowest terms */
    int taps;      /* of a phase */
    int phase;     /* of the next sample that comes out */
    int skip;      /* input samples until then */
    float *weights; /* up rows of taps */
    float *line;   /* the last taps - 1 samples, and behind them what is put in */
} resampler;

static int resampler_divisor(int one, int two)
{
    while (two) {
        int rest = one % two;
        one = two;
        two = rest;
    }
    return one;
}

static void resampler_free(resampler *self)
{
    if (self) {
        free(self->weights);
        free(self->line);
        free(self);
    }
}

/* Row p counts the line's samples for a point p / up behind its middle. */
static void resampler_fill(resampler *self)
{
    double cut = 0.92 * (self->to < self->from ? (double)self->to / self->from : 1);
    double half = self->taps / 2.0;
    for (int phase = 0; phase < self->up; phase++) {
        float *row = self->weights + phase * self->taps;
        double total = 0;
        for (int tap = 0; tap < self->taps; tap++) {
            double x = tap + 1 - half - (double)phase / self->up;
            double window = fabs(x) < half ? 0.5 * (1 + cos(M_PI * x / half)) : 0;
            double weight = window * (x ? sin(M_PI * cut * x) / (M_PI * cut * x) : 1);
            row[tap] = (float)weight;
            total += weight;
        }
        for (int tap = 0; tap < self->taps; tap++)
            row[tap] = (float)(row[tap] / total);
    }
}

/* Returns NULL without memory. */
static resampler *resampler_new(int from, int to)
{
    resampler *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    int common = resampler_divisor(from, to);
    self->from = from;
    self->to = to;
    self->up = to / common;
    self->down = from / common;
    self->taps = 2 * RESAMPLER_LOBES;
    if (to < from) /* as long at their rate; resampler_sum() takes four at once */
        self->taps = (2 * RESAMPLER_LOBES * from / to + 3) & ~3;
    self->weights = malloc((size_t)(self->up * self->taps) * sizeof(float));
    self->line = calloc((size_t)(self->taps + RESAMPLER_INPUT), sizeof(float));
    if (!self->weights || !self->line) {
        resampler_free(self);
        return NULL;
    }
    resampler_fill(self);
    return self;
}

/* Go on as another between the same rates would. */
static void resampler_follow(resampler *self, const resampler *other)
{
    self->phase = other->phase;
    self->skip = other->skip;
    memcpy(self->line, other->line, (size_t)(self->taps + RESAMPLER_INPUT) * sizeof(float));
}

/* Four sums side by side, which the compiler makes one instruction of; taps is a multiple of 4. */
static float resampler_sum(const float *weights, const float *samples, int taps)
{
    float sums[4] = {0, 0, 0, 0};
    for (int tap = 0; tap < taps; tap += 4)
        for (int i = 0; i < 4; i++)
            sums[i] += weights[tap + i] * samples[tap + i];
    return sums[0] + sums[1] + sums[2] + sums[3];
}

/* Put count samples in; returns how many came out, which is count * to / from, give or take one. */
static int resampler_run(resampler *self, const int16_t *samples, int count, int16_t *out)
{
    int made = 0, at = self->skip, old = self->taps - 1;
    for (int i = 0; i < count; i++)
        self->line[old + i] = samples[i];
    while (at < count) {
        float value = resampler_sum(self->weights + self->phase * self->taps, self->line + at,
                                    self->taps);
        out[made++] = (int16_t)(value > 32767    ? 32767
                                : value < -32767 ? -32767
                                                 : lrintf(value));
        self->phase += self->down;
        at += self->phase / self->up;
        self->phase %= self->up;
    }
    self->skip = at - count;
    memmove(self->line, self->line + count, (size_t)old * sizeof(float));
    return made;
}

#endif
