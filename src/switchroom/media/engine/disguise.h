/* A voice nobody is to know, or to understand: with another pitch, or with its band upside down. */
#ifndef SWITCHROOM_DISGUISE_H
#define SWITCHROOM_DISGUISE_H

#include <math.h>
#include <stdlib.h>

#include "stream.h"

#define BAND_TOP 3300      /* hertz that silence becomes, and the other way round */
#define HILBERT_HALF 31    /* samples on either side, every other one counts */
#define HILBERT_TAPS (2 * HILBERT_HALF + 1)

#define VOICE_ROOM 2048    /* samples of the past, a power of two */
#define VOICE_NEAR 128     /* samples behind the present that are never read: room to fade */
#define VOICE_FAR 1200     /* as far as it is read back, 150 ms */
#define VOICE_LEAP 160     /* samples of a leap at least: longer than the deepest voice's period */
#define VOICE_SEARCH 160   /* more samples that a leap may have, to land where the wave is alike */
#define VOICE_ALIKE 80     /* samples that are compared */
#define VOICE_FADE 64      /* samples from one place to the other */

typedef struct disguise {
    int inverts;
    double pitch;           /* factor; 1: as it is */
    resampler *up;          /* what is said, to the codec's rate; NULL until it is needed */

    float line[HILBERT_TAPS];
    int line_at, carrier_at;

    float past[VOICE_ROOM];
    uint32_t now;           /* samples that came */
    double back;            /* samples behind now that the voice is read at */
    double old_back;        /* … and where it was before it leapt */
    int fading;             /* samples until only the new place counts */
} disguise;

static void disguise_free(disguise *self)
{
    if (self)
        resampler_free(self->up);
    free(self);
}

static disguise *disguise_new(int inverts, double pitch)
{
    disguise *self = calloc(1, sizeof *self);
    if (self) {
        self->inverts = inverts;
        self->pitch = pitch;
        self->back = VOICE_FAR / 2;
    }
    return self;
}

/* The band upside down: the conjugate of the analytic signal, moved up by BAND_TOP, so that nothing but
 * the difference comes out. */
static float disguise_invert(disguise *self, float sample)
{
    float shifted = 0;
    self->line[self->line_at] = sample;
    for (int tap = 1; tap <= HILBERT_HALF; tap += 2) {
        int before = (self->line_at + HILBERT_TAPS - HILBERT_HALF - tap) % HILBERT_TAPS;
        int behind = (self->line_at + HILBERT_TAPS - HILBERT_HALF + tap) % HILBERT_TAPS;
        double window = 0.5 * (1 + cos(M_PI * tap / (HILBERT_HALF + 1)));
        shifted += (float)(2 / M_PI / tap * window) * (self->line[before] - self->line[behind]);
    }
    float middle = self->line[(self->line_at + HILBERT_TAPS - HILBERT_HALF) % HILBERT_TAPS];
    double angle = 2 * M_PI * BAND_TOP * self->carrier_at / RATE;
    self->line_at = (self->line_at + 1) % HILBERT_TAPS;
    self->carrier_at = (self->carrier_at + 1) % RATE;
    return middle * (float)cos(angle) + shifted * (float)sin(angle);
}

static float voice_at(const disguise *self, double back)
{
    double at = self->now - back;
    uint32_t whole = (uint32_t)at;
    float part = (float)(at - whole);
    return self->past[whole & (VOICE_ROOM - 1)] * (1 - part)
           + self->past[(whole + 1) & (VOICE_ROOM - 1)] * part;
}

/* Leap to where the wave before looks as it does here, so that it goes on without a break. */
static void voice_leap(disguise *self, int forward)
{
    double best = -2, from = self->back;
    for (int more = 0; more < VOICE_SEARCH; more++) {
        double to = from + (forward ? -(VOICE_LEAP + more) : VOICE_LEAP + more);
        double product = 0, energy = 1;
        for (int i = 0; i < VOICE_ALIKE; i += 2) {
            float there = voice_at(self, to + i);
            product += there * voice_at(self, from + i);
            energy += there * there;
        }
        double likeness = product / sqrt(energy);
        if (!more || likeness > best) {
            best = likeness;
            self->back = to;
        }
    }
    self->old_back = from;
    self->fading = VOICE_FADE;
}

static float disguise_pitch(disguise *self, float sample)
{
    self->past[self->now++ & (VOICE_ROOM - 1)] = sample;
    float value = voice_at(self, self->back);
    if (self->fading) {
        float old = (float)self->fading / VOICE_FADE;
        value = value * (1 - old) + voice_at(self, self->old_back) * old;
        self->fading--;
    }
    self->back += 1 - self->pitch;
    self->old_back += 1 - self->pitch;
    if (!self->fading && self->pitch > 1 && self->back < VOICE_NEAR * self->pitch)
        voice_leap(self, 0);
    else if (!self->fading && self->pitch < 1 && self->back > VOICE_FAR)
        voice_leap(self, 1);
    return value;
}

static void disguise_run(disguise *self, int16_t *frame)
{
    for (int i = 0; i < FRAME; i++) {
        float value = frame[i];
        if (self->pitch != 1)
            value = disguise_pitch(self, value);
        if (self->inverts)
            value = disguise_invert(self, value);
        frame[i] = (int16_t)(value > 32767 ? 32767 : value < -32767 ? -32767 : lrintf(value));
    }
}

/* What the party said, once it is decoded; it becomes as narrow as a telephone. */
static void stream_disguise_said(stream *self)
{
    disguise *mask = self->disguised[CLEAN_SAID];
    if (!mask || !self->is_heard)
        return;
    disguise_run(mask, self->heard);
    if (!self->coder)
        return;
    if (self->coder->rate == RATE) {
        memcpy(self->coder->heard, self->heard, sizeof self->heard);
        return;
    }
    if (mask->up && mask->up->to != self->coder->rate) {
        resampler_free(mask->up);
        mask->up = NULL;
    }
    if (!mask->up)
        mask->up = resampler_new(RATE, self->coder->rate);
    if (mask->up)
        resampler_run(mask->up, self->heard, FRAME, self->coder->heard);
    else
        memset(self->coder->heard, 0, (size_t)self->coder->frame * sizeof(int16_t));
}

/* What the party is to hear; narrow, too. */
static void stream_disguise_heard(stream *self, int16_t *frame, int any)
{
    disguise *mask = self->disguised[CLEAN_HEARD];
    if (!mask || !any)
        return;
    disguise_run(mask, frame);
    if (self->coder)
        coder_clear(self->coder);
}

#endif
