/* What is heard where audio was lost: the last pitch period goes on, and fades after 10 ms.
 *
 * The idea is that of G.711 appendix I. That one holds all audio back by a quarter of a period to
 * join what it makes up to what was heard; here the period is made to join itself at both ends
 * instead, and nothing is held back. What comes again after a loss is blended in.
 */
#ifndef SWITCHROOM_CONCEALMENT_H
#define SWITCHROOM_CONCEALMENT_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#define PAST_LONGEST 1920   /* samples: 40 ms at 48,000 Hz */
#define PERIOD_LONGEST 720  /* 15 ms: a voice of 66 Hz */

typedef struct {
    int rate;                   /* hertz */
    int length;                 /* samples of period; 0: nothing is made up now */
    int at;                     /* the next sample in it */
    int made;                   /* samples since the loss began */
    int blended;                /* samples of what came behind the loss */
    int has_past;
    int oldest;                 /* sample of past */
    int16_t past[PAST_LONGEST]; /* the last 40 ms as they were heard: a ring of rate / 25 samples */
    int16_t period[PERIOD_LONGEST];
} concealment;

static void conceal_restart(concealment *self, int rate)
{
    memset(self, 0, sizeof *self);
    self->rate = rate;
}

/* How much the last 20 ms are like those lag samples before; every step-th sample is looked at. */
static double likeness(const int16_t *end, int window, int lag, int step)
{
    int64_t product = 0, energy = 0;
    for (int i = -window; i < 0; i += step) {
        product += end[i] * end[i - lag];
        energy += end[i - lag] * end[i - lag];
    }
    return energy ? (double)product / sqrt((double)energy) : 0;
}

static int best_lag(const int16_t *end, int window, int from, int to, int step)
{
    int best = from;
    double most = -INFINITY;
    for (int lag = from; lag <= to; lag += step) {
        double alike = likeness(end, window, lag, step);
        if (alike > most) {
            most = alike;
            best = lag;
        }
    }
    return best;
}

/* Get ready to go on without the sender: find the period of the last 20 ms, 5 to 15 ms long. */
static void conceal_begin(concealment *self)
{
    int step = self->rate > 8000 ? self->rate / 8000 : 1;
    int window = self->rate / 50, shortest = self->rate / 200, longest = 3 * self->rate / 200;
    int size = self->rate / 25, newer = size - self->oldest;
    int16_t past[PAST_LONGEST];
    const int16_t *end = past + size;
    memcpy(past, self->past + self->oldest, (size_t)newer * sizeof *past);
    memcpy(past + newer, self->past, (size_t)self->oldest * sizeof *past);
    int length = best_lag(end, window, shortest, longest, step);
    if (step > 1) {
        int from = length - step + 1, to = length + step - 1;
        length = best_lag(end, window, from < shortest ? shortest : from,
                          to > longest ? longest : to, 1);
    }
    memcpy(self->period, end - length, (size_t)length * sizeof *end);
    int seam = length / 4; /* its end turns into what stands before its beginning */
    for (int i = 0; i < seam; i++) {
        int16_t *sample = &self->period[length - seam + i];
        *sample = (int16_t)((*sample * (seam - i) + end[-length - seam + i] * i) / seam);
    }
    self->length = length;
    self->at = self->made = self->blended = 0;
}

/* The next sample that is made up: as loud as before for 10 ms, silent after 60. */
static int conceal_next(concealment *self)
{
    int full = self->rate / 100, left = 6 * full - self->made;
    int sample = self->period[self->at];
    self->at = (self->at + 1) % self->length;
    self->made += left > 0;
    return left <= 0 ? 0 : left >= 5 * full ? sample : sample * left / (5 * full);
}

static void conceal_remember(concealment *self, const int16_t *samples, int count)
{
    int size = self->rate / 25;
    if (count >= size) {
        memcpy(self->past, samples + count - size, (size_t)size * sizeof *samples);
        self->oldest = 0;
    } else {
        int more = size - self->oldest < count ? size - self->oldest : count;
        memcpy(self->past + self->oldest, samples, (size_t)more * sizeof *samples);
        memcpy(self->past, samples + more, (size_t)(count - more) * sizeof *samples);
        self->oldest = (self->oldest + count) % size;
    }
    self->has_past = 1;
}

/* Make up count samples. */
static void conceal(concealment *self, int16_t *samples, int count)
{
    if (!self->has_past) {
        memset(samples, 0, (size_t)count * sizeof *samples);
        return;
    }
    if (!self->length || self->blended)
        conceal_begin(self);
    for (int i = 0; i < count; i++)
        samples[i] = (int16_t)conceal_next(self);
    conceal_remember(self, samples, count);
}

/* Audio came: where something was made up before, it is blended in over 5 ms. */
static void conceal_heard(concealment *self, int16_t *samples, int count)
{
    int seam = self->rate / 200;
    for (int i = 0; self->length && i < count; i++) {
        samples[i] = (int16_t)((samples[i] * self->blended
                                + conceal_next(self) * (seam - self->blended)) / seam);
        if (++self->blended == seam)
            self->length = 0;
    }
    conceal_remember(self, samples, count);
}

/* Some audio will be left out: what comes behind it is blended with what came before it. */
static void conceal_leap(concealment *self)
{
    if (self->has_past && !self->length)
        conceal_begin(self);
}

#endif
