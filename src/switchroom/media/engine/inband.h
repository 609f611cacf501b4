/* A party whose keys come as tones: they are found, told, and taken out of what others hear.
 *
 * Its audio waits for 40 ms, so that at most 15 ms of a tone have gone by when it is known for a key:
 * too short for anybody behind to find the key a second time.
 */
#ifndef SWITCHROOM_INBAND_H
#define SWITCHROOM_INBAND_H

#include "digits.h"

#define INBAND_DELAY 2 /* frames */

struct inband {
    key_detector detector;
    int at; /* the oldest of those that wait */
    int16_t waiting[INBAND_DELAY][FRAME], wide[INBAND_DELAY][WIDEST];
    int is_heard[INBAND_DELAY];
};

/* Let a frame wait; what is read instead came earlier. */
static void inband_delay(struct inband *self, stream *of)
{
    int16_t waited[WIDEST];
    int heard = self->is_heard[self->at];
    size_t size = sizeof self->waiting[0];
    memcpy(waited, self->waiting[self->at], size);
    memcpy(self->waiting[self->at], of->heard, size);
    memcpy(of->heard, waited, size);
    if (of->coder) {
        size = (size_t)of->coder->frame * sizeof *waited;
        memcpy(waited, self->wide[self->at], size);
        memcpy(self->wide[self->at], of->coder->heard, size);
        memcpy(of->coder->heard, waited, size);
    }
    self->is_heard[self->at] = of->is_heard;
    of->is_heard = heard;
    self->at = (self->at + 1) % INBAND_DELAY;
}

static void inband_mute(stream *of)
{
    memset(of->heard, 0, sizeof of->heard);
    if (of->coder)
        memset(of->coder->heard, 0, (size_t)of->coder->frame * sizeof *of->coder->heard);
}

/* Once a tick, behind the decoding. */
static void stream_hear_tones(const stream_context *context, stream *self)
{
    if (!self->plan.hears_tones) {
        free(self->inband);
        self->inband = NULL;
        return;
    }
    if (!self->inband) {
        if (!(self->inband = calloc(1, sizeof *self->inband)))
            return;
        key_detector_reset(&self->inband->detector);
    }
    struct inband *inband = self->inband;
    static const int16_t silence[FRAME];
    const int16_t *frame = self->is_heard ? self->heard : silence;
    int was_down = inband->detector.key >= 0;
    for (int at = 0; at < FRAME; at += KEY_BLOCK) {
        int what = key_detector_hear(&inband->detector, frame + at);
        int code = what ? event_of_digit(KEYS[inband->detector.key]) : -1;
        if (what == KEY_BEGAN)
            stream_tell(context, self, DTMF_BEGAN, EVENT_DIGITS[code], 0);
        else if (what == KEY_ENDED)
            stream_press(context, self, code, inband->detector.length);
    }
    inband_delay(inband, self);
    if (was_down || inband->detector.key >= 0)
        inband_mute(self);
}

#endif
