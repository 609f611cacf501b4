/* Codecs that remember, and rates above 8,000 Hz: coded packets wait until their time and are decoded
 * in order, and what a party hears is coded anew.
 *
 * The engine mixes at 8,000 Hz. Sounds that are there at a higher rate as well go past that: they
 * are summed up in wide, and what the mix has of them, narrow, is taken out of it before the rest
 * is made as wide as they are.
 */
#ifndef SWITCHROOM_CODING_H
#define SWITCHROOM_CODING_H

#include "../codecs/coder.h"
#include "../codecs/resampler.h"
#include "jitter.h"

#define WIDEST 960             /* samples of a tick at 48,000 Hz */
#define DECODED_SIZE 8192      /* samples of one packet, at most */
#define PACKED_SIZE 7680       /* 160 ms at 48,000 Hz */
#define WAITING 128            /* packets: a second of the shortest; older ones make room */
#define CODED_LONGEST 1400     /* octets */

typedef struct {
    uint32_t timestamp;
    int size;
    uint8_t bytes[];
} coded_packet;

typedef struct coder {
    const codec_kind *kind;
    int rate, clock;
    int frame;              /* samples of a tick */
    int step;               /* of the timestamp in a tick */
    void *encoder, *decoder;

    /* receiving: as jitter_buffer, in units of the timestamp */
    coded_packet *waiting[WAITING];
    int waiting_count;
    uint32_t read;          /* timestamp behind what was decoded */
    int is_fixed;           /* as in jitter_buffer */
    int delay;              /* it begins with, in units of the timestamp */
    int started, missed, late_in_a_row, until_review;
    int32_t slack;
    int16_t decoded[DECODED_SIZE + WIDEST];
    int decoded_count;
    concealment lost;
    int16_t heard[WIDEST];  /* what the party said in this tick */
    resampler *down;

    /* sending */
    int16_t wide[WIDEST], narrow[FRAME];
    int is_wide;            /* something is in them */
    int quiet;              /* ticks in a row without anything for up to do */
    resampler *up, *across;
    int16_t packed[PACKED_SIZE];
} coder;

static void coder_free(coder *self)
{
    if (!self)
        return;
    for (int i = 0; i < self->waiting_count; i++)
        free(self->waiting[i]);
    if (self->encoder)
        self->kind->close_encoder(self->encoder);
    if (self->decoder)
        self->kind->close_decoder(self->decoder);
    resampler_free(self->down);
    resampler_free(self->up);
    resampler_free(self->across);
    free(self);
}

/* Returns NULL without memory, or without the codec's library. */
static coder *coder_new(int codec, int rate, int clock)
{
    coder *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->kind = &CODEC_KINDS[codec];
    self->rate = rate;
    self->clock = clock;
    self->frame = rate / 50;
    self->step = clock / 50;
    self->delay = 2 * self->step;
    self->encoder = self->kind->open_encoder(rate);
    self->decoder = self->kind->open_decoder(rate);
    int narrow = rate == 8000;
    self->down = narrow ? NULL : resampler_new(rate, 8000);
    self->up = narrow ? NULL : resampler_new(8000, rate);
    if (!self->encoder || !self->decoder || (!narrow && (!self->down || !self->up))) {
        coder_free(self);
        return NULL;
    }
    return self;
}

/* receiving */

static void coder_drop(coder *self, int at)
{
    free(self->waiting[at]);
    self->waiting[at] = self->waiting[--self->waiting_count];
}

static int coder_first(const coder *self)
{
    int first = 0;
    for (int i = 1; i < self->waiting_count; i++)
        if ((int32_t)(self->waiting[i]->timestamp - self->waiting[first]->timestamp) < 0)
            first = i;
    return self->waiting_count ? first : -1;
}

static void coder_stop_hearing(coder *self)
{
    while (self->waiting_count)
        coder_drop(self, self->waiting_count - 1);
    self->started = self->decoded_count = 0;
}

static void coder_restart(coder *self, uint32_t timestamp)
{
    if (!self->started) /* otherwise what was heard before goes on until the new place is reached */
        conceal_restart(&self->lost, self->rate);
    coder_stop_hearing(self);
    self->read = timestamp - (uint32_t)self->delay;
    self->started = 1;
    self->missed = self->late_in_a_row = 0;
    self->slack = INT32_MAX;
    self->until_review = jitter_patience(self->delay);
}

static int coder_keep(coder *self, uint32_t timestamp, const uint8_t *bytes, int size)
{
    for (int i = 0; i < self->waiting_count; i++)
        if (self->waiting[i]->timestamp == timestamp)
            return 1; /* sent twice */
    if (self->waiting_count == WAITING)
        coder_drop(self, coder_first(self));
    coded_packet *packet = malloc(sizeof *packet + (size_t)size);
    if (!packet)
        return 0;
    packet->timestamp = timestamp;
    packet->size = size;
    memcpy(packet->bytes, bytes, (size_t)size);
    self->waiting[self->waiting_count++] = packet;
    return 1;
}

/* Take a packet; returns 0 when it came too late to be heard. See jitter_put(). */
static int coder_put(coder *self, uint32_t timestamp, const uint8_t *bytes, int size)
{
    if (!self->started)
        coder_restart(self, timestamp);
    int32_t ahead = (int32_t)(timestamp - self->read), step = self->step;
    if (ahead < 0 && ahead > -self->clock && ++self->late_in_a_row < JITTER_STRAYS) {
        if (self->is_fixed)
            return 0;
        self->read -= (uint32_t)step; /* give way */
        self->slack = INT32_MAX;
        self->until_review = jitter_patience(self->delay);
        ahead += step;
        if (ahead < 0)
            return 0;
    } else if (ahead < 0 || ahead > self->clock || (ahead > 10 * step && self->missed > JITTER_CONCEALED)) {
        coder_restart(self, timestamp);
        ahead = self->delay;
    } else {
        self->late_in_a_row = 0;
    }
    if (ahead < self->slack)
        self->slack = ahead;
    return coder_keep(self, timestamp, bytes, size);
}

/* Make up what did not come: by the codec, where it has a way of its own. */
static void coder_conceal(coder *self, const coded_packet *next, int count)
{
    int16_t *out = self->decoded + self->decoded_count;
    int made = -1;
    if (++self->missed <= JITTER_CONCEALED && self->kind->conceal && count == self->frame)
        made = self->kind->conceal(self->decoder, next ? next->bytes : NULL,
                                   next ? next->size : 0, out, count);
    if (made == count)
        conceal_heard(&self->lost, out, count);
    else
        conceal(&self->lost, out, count);
    self->decoded_count += count;
    self->read += (uint32_t)((int64_t)count * self->clock / self->rate);
}

/* Decode the packet at; returns how many samples it had. */
static int coder_decode(coder *self, int at, int16_t *out)
{
    coded_packet *packet = self->waiting[at];
    int count = self->kind->decode(self->decoder, packet->bytes, packet->size, out, DECODED_SIZE);
    if (count > 0) {
        self->read = packet->timestamp + (uint32_t)((int64_t)count * self->clock / self->rate);
        self->missed = 0;
    }
    coder_drop(self, at);
    return count;
}

static void coder_decode_next(coder *self)
{
    int first = coder_first(self), count = self->frame;
    int32_t ahead = first < 0 ? INT32_MAX : (int32_t)(self->waiting[first]->timestamp - self->read);
    if (ahead <= 0) {
        int16_t *out = self->decoded + self->decoded_count;
        int made = coder_decode(self, first, out);
        if (made > 0) {
            conceal_heard(&self->lost, out, made);
            self->decoded_count += made;
        }
        return;
    }
    if (ahead < self->step)
        count = (int)((int64_t)ahead * self->rate / self->clock);
    coder_conceal(self, ahead == self->step ? self->waiting[first] : NULL, count ? count : 1);
}

/* Take back of the delay what nobody needed, half or all. It is decoded and dropped: the codec remembers. */
static void coder_review(coder *self)
{
    if (self->is_fixed || --self->until_review > 0)
        return;
    int32_t unneeded = self->slack == INT32_MAX ? 0 : self->slack - self->delay;
    int share = jitter_share(self->delay);
    int32_t drop = unneeded < self->step ? 0 : (unneeded + (share - 1) * self->step) / share;
    for (int first; drop >= self->step && (first = coder_first(self)) >= 0;) {
        int16_t dropped[DECODED_SIZE];
        conceal_leap(&self->lost);
        int count = coder_decode(self, first, dropped);
        drop -= count > 0 ? (int32_t)((int64_t)count * self->clock / self->rate) : 0;
    }
    self->slack = INT32_MAX;
    self->until_review = jitter_patience(self->delay);
}

/* What the party said in this tick: at the codec's rate into heard, and at 8,000 Hz into frame.
 * Returns 0 when nothing was heard for a while. */
static int coder_get(coder *self, int16_t *frame)
{
    if (!self->started) {
        memset(self->heard, 0, sizeof self->heard);
        memset(frame, 0, FRAME * sizeof *frame);
        return 0;
    }
    coder_review(self);
    while (self->decoded_count < self->frame)
        coder_decode_next(self);
    memcpy(self->heard, self->decoded, (size_t)self->frame * sizeof *frame);
    self->decoded_count -= self->frame;
    memmove(self->decoded, self->decoded + self->frame,
            (size_t)self->decoded_count * sizeof *frame);
    if (self->down)
        resampler_run(self->down, self->heard, self->frame, frame);
    else
        memcpy(frame, self->heard, FRAME * sizeof *frame);
    return self->missed < JITTER_IDLE;
}

/* sending */

static int16_t clipped(int value)
{
    return (int16_t)(value > 32767 ? 32767 : value < -32767 ? -32767 : value);
}

static void coder_clear(coder *self)
{
    if (self->is_wide) {
        memset(self->wide, 0, sizeof self->wide);
        memset(self->narrow, 0, sizeof self->narrow);
        self->is_wide = 0;
    }
}

/* Let a sound be heard at its own rate; narrow is what the mix has of it. */
static void coder_add(coder *self, const int16_t *narrow, int narrow_count, const int16_t *samples,
                      int count, int rate)
{
    int16_t resampled[WIDEST + 1];
    if (self->rate == 8000 || rate == 8000)
        return;
    if (rate != self->rate) {
        if (!self->across || self->across->from != rate) {
            resampler_free(self->across);
            if (!(self->across = resampler_new(rate, self->rate)))
                return;
        }
        count = resampler_run(self->across, samples, count, resampled);
        samples = resampled;
    }
    self->is_wide = 1;
    for (int i = 0; i < count && i < self->frame; i++)
        self->wide[i] = clipped(self->wide[i] + samples[i]);
    for (int i = 0; i < narrow_count; i++)
        self->narrow[i] = clipped(self->narrow[i] + narrow[i]);
}

static void coder_amplify(int16_t *samples, int count, int gain, int unity)
{
    for (int i = 0; gain != unity && i < count; i++)
        samples[i] = clipped(samples[i] * gain / unity);
}

/* Go on as another of the same codec and rate would. */
static void coder_follow(coder *self, const coder *other)
{
    if (self->kind != other->kind || self->rate != other->rate || !self->kind->encoder_size)
        return;
    memcpy(self->encoder, other->encoder, self->kind->encoder_size());
    if (self->up)
        resampler_follow(self->up, other->up);
    self->quiet = other->quiet;
}

/* The mix at the codec's rate. */
static void coder_widen(coder *self, const int16_t *frame, int16_t *out)
{
    int16_t rest[FRAME], made[WIDEST + 1];
    int any = 0;
    if (!self->up) {
        memcpy(out, frame, FRAME * sizeof *frame);
        return;
    }
    for (int i = 0; i < FRAME; i++) {
        rest[i] = clipped(frame[i] - self->narrow[i]);
        any |= rest[i];
    }
    self->quiet = any ? 0 : self->quiet + 1;
    if (self->quiet > 1) { /* its line is empty */
        memcpy(out, self->wide, (size_t)self->frame * sizeof *out);
        return;
    }
    resampler_run(self->up, rest, FRAME, made);
    for (int i = 0; i < self->frame; i++)
        out[i] = clipped(made[i] + self->wide[i]);
}

#endif
