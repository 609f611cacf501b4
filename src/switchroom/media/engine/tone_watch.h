/* Tones that somebody waits for: one frequency or two at once, so much louder than all else.
 *
 * Each frame is multiplied with each frequency, whose phase runs on. From one half of the frame to the
 * other the phase turns by how far the tone is off; what that costs in power is allowed for, so that a
 * tone of a cheap exchange, 20 Hz off, counts as well.
 */
#ifndef SWITCHROOM_TONE_WATCH_H
#define SWITCHROOM_TONE_WATCH_H

#include "stream.h"

#define TONE_PARTS 2
#define TONE_OFF 20.0     /* hertz, at most */
#define TONE_QUIETEST 100 /* amplitude: -47 dBm0 */
#define TONE_GAPS 1       /* frames without it that do not end it */

typedef struct tone_watch {
    struct tone_watch *next;
    int64_t number;
    double hertz[TONE_PARTS]; /* the second 0: it is one tone */
    double ratio;             /* of its power to that of all else, at least */
    uint32_t wanted;          /* samples until it is told */
    int is_heard;             /* look at what the party hears, not at what it says */
    double phases[TONE_PARTS];
    uint32_t length;
    int gaps, is_told;
} tone_watch;

static double tone_half(const int16_t *samples, int count, double step, double phase, double *real,
                        double *imaginary)
{
    double c = cos(phase), s = sin(phase), dc = cos(step), ds = sin(step);
    *real = *imaginary = 0;
    for (int i = 0; i < count; i++) {
        *real += samples[i] * c;
        *imaginary -= samples[i] * s;
        double next = c * dc - s * ds;
        s = s * dc + c * ds;
        c = next;
    }
    return phase + step * count;
}

/* Energy that a tone near this frequency has in a frame; moves the phase on. */
static double tone_power(const int16_t *frame, double hertz, double *phase)
{
    int half = FRAME / 2;
    double step = 2 * M_PI * hertz / RATE, re[2], im[2];
    *phase = tone_half(frame, half, step, *phase, &re[0], &im[0]);
    *phase = fmod(tone_half(frame + half, half, step, *phase, &re[1], &im[1]), 2 * M_PI);
    double off = atan2(im[1] * re[0] - re[1] * im[0], re[1] * re[0] + im[1] * im[0])
                 / (2 * M_PI) * RATE / half;
    double x = M_PI * off * half / RATE, loss = x ? sin(x) / x : 1;
    if (fabs(off) > TONE_OFF)
        return 0;
    return 2 * (re[0] * re[0] + im[0] * im[0] + re[1] * re[1] + im[1] * im[1]) / half
           / (loss * loss);
}

static int tone_is_in(tone_watch *self, const int16_t *frame)
{
    double energy = 0, tones = 0, least = INFINITY;
    for (int i = 0; i < FRAME; i++)
        energy += (double)frame[i] * frame[i];
    for (int part = 0; part < TONE_PARTS && self->hertz[part] > 0; part++) {
        double power = tone_power(frame, self->hertz[part], &self->phases[part]);
        tones += power;
        least = power < least ? power : least;
    }
    double quietest = TONE_QUIETEST * TONE_QUIETEST / 2.0 * FRAME;
    return least > quietest && tones >= self->ratio * (energy - tones);
}

static void tone_hear(stream *of, tone_watch *self, const int16_t *frame)
{
    if (frame && tone_is_in(self, frame)) {
        self->length += FRAME * (uint32_t)(self->length ? self->gaps + 1 : 1);
        self->gaps = 0;
    } else if (self->length && ++self->gaps > TONE_GAPS) {
        if (self->is_told)
            stream_tell(of->context, of, TONE_ENDED, self->number, self->length);
        self->length = 0;
        self->gaps = self->is_told = 0;
    }
    if (self->length >= self->wanted && !self->is_told && self->length) {
        self->is_told = 1;
        stream_tell(of->context, of, TONE_HEARD, self->number, self->length);
    }
}

/* Once a tick, of a stream that is watched. */
static void stream_hear_watched(stream *self)
{
    for (tone_watch *each = self->tone_watches; each; each = each->next)
        if (each->is_heard)
            tone_hear(self, each, self->is_hearing ? self->hears : NULL);
        else
            tone_hear(self, each, self->is_heard ? self->heard : NULL);
}

static void stream_remove_tone_watch(stream *self, int64_t number)
{
    tone_watch **at = &self->tone_watches;
    while (*at && (*at)->number != number)
        at = &(*at)->next;
    tone_watch *found = *at;
    if (found)
        *at = found->next;
    free(found);
}

static void stream_free_tone_watches(stream *self)
{
    while (self->tone_watches)
        stream_remove_tone_watch(self, self->tone_watches->number);
}

#endif
