/* The jitter buffer of one stream: samples by RTP timestamp in a ring, read one frame a tick.
 *
 * It starts with two frames of delay, or none in a conference, gives way by one frame when a packet
 * comes too late, and takes half of what was not needed back after four seconds. What is missing is
 * concealed.
 */
#ifndef SWITCHROOM_JITTER_H
#define SWITCHROOM_JITTER_H

#include <stdint.h>
#include <string.h>

#include "concealment.h"

#define FRAME 160          /* samples of a tick: 20 ms at 8,000 Hz */
#define JITTER_SIZE 8192   /* samples; a power of two */
#define JITTER_DELAY (2 * FRAME)
#define JITTER_MISSING (-32768) /* no G.711 code decodes to it */
#define JITTER_CONCEALED 3 /* frames that are made up: 60 ms, as concealment.h has them */
#define JITTER_IDLE 50     /* frames without a packet after which the party is not heard */
#define JITTER_REVIEW 200  /* frames between two looks at the delay */
#define JITTER_IMPATIENT 50 /* the same, where none is wanted: in a conference */
#define JITTER_JUMP (10 * FRAME) /* ahead of what is read by so much, while nothing is heard: as well */
#define JITTER_STRAYS 3    /* late packets in a row after which the sender's clock has moved */

/* The ring is last: what each tick looks at stands together. */
typedef struct {
    uint32_t read;     /* timestamp of the next sample to read */
    uint32_t written;  /* behind the last one in the ring; where that was read the ring is empty */
    uint32_t base;     /* that stands first in the ring */
    int started;
    int missed;        /* frames in a row without a sample */
    int late_in_a_row;
    int delay;         /* samples it begins with */
    int is_fixed;      /* the delay stays; what comes too late is lost */
    int slack;         /* least samples in hand when a packet came, since the last review */
    int until_review;  /* frames */
    concealment lost;
    int16_t samples[JITTER_SIZE];
} jitter_buffer;

static int jitter_at(const jitter_buffer *jitter, uint32_t timestamp)
{
    return (int)((timestamp - jitter->base) & (JITTER_SIZE - 1));
}

static int jitter_is_empty(const jitter_buffer *jitter)
{
    return (int32_t)(jitter->written - jitter->read) <= 0;
}

/* Frames until a delay that nobody needed is taken back, and how much of it: a half, or all. */
static int jitter_patience(int delay) { return delay ? JITTER_REVIEW : JITTER_IMPATIENT; }
static int jitter_share(int delay) { return delay ? 2 : 1; }

static void jitter_restart(jitter_buffer *jitter, uint32_t timestamp)
{
    for (int i = 0; i < JITTER_SIZE; i++)
        jitter->samples[i] = JITTER_MISSING;
    if (!jitter->started) /* otherwise what was heard before goes on until the new place is reached */
        conceal_restart(&jitter->lost, 8000);
    jitter->read = jitter->written = jitter->base = timestamp - (uint32_t)jitter->delay;
    jitter->started = 1;
    jitter->missed = 0;
    jitter->late_in_a_row = 0;
    jitter->slack = JITTER_SIZE;
    jitter->until_review = jitter_patience(jitter->delay);
}

/* Into the ring: where it is empty at its beginning, which the cache knows. */
static void jitter_keep(jitter_buffer *jitter, uint32_t timestamp, const int16_t *samples, int count)
{
    uint32_t end = timestamp + (uint32_t)count;
    if (jitter_is_empty(jitter))
        jitter->base = jitter->written = jitter->read;
    if ((int32_t)(end - jitter->written) > 0)
        jitter->written = end;
    for (int done = 0; done < count;) {
        int at = jitter_at(jitter, timestamp + (uint32_t)done);
        int more = count - done < JITTER_SIZE - at ? count - done : JITTER_SIZE - at;
        memcpy(jitter->samples + at, samples + done, (size_t)more * sizeof *samples);
        done += more;
    }
}

/* Take a packet's samples; returns 0 when they came too late to be heard. */
static int jitter_put(jitter_buffer *jitter, uint32_t timestamp, const int16_t *samples, int count)
{
    if (!jitter->started)
        jitter_restart(jitter, timestamp);
    int32_t ahead = (int32_t)(timestamp - jitter->read);
    if (ahead < 0 && ahead > -JITTER_SIZE && ++jitter->late_in_a_row < JITTER_STRAYS) {
        if (jitter->is_fixed)
            return 0;
        jitter->read -= FRAME; /* give way */
        jitter->slack = JITTER_SIZE;
        jitter->until_review = jitter_patience(jitter->delay);
        ahead += FRAME;
        if (ahead < 0)
            return 0;
    } else if (ahead < 0 || ahead > JITTER_SIZE - FRAME - count
               || (ahead > JITTER_JUMP && jitter->missed > JITTER_CONCEALED)) {
        jitter_restart(jitter, timestamp);
        ahead = jitter->delay;
    } else {
        jitter->late_in_a_row = 0;
    }
    if (ahead < jitter->slack)
        jitter->slack = ahead;
    jitter_keep(jitter, timestamp, samples, count);
    return 1;
}

static void jitter_review(jitter_buffer *jitter)
{
    if (jitter->is_fixed || --jitter->until_review > 0)
        return;
    if (jitter->slack != JITTER_SIZE && jitter->slack >= jitter->delay + FRAME) {
        int skipped = FRAME * (1 + (jitter->slack - jitter->delay - FRAME) / FRAME
                                    / jitter_share(jitter->delay));
        for (int i = 0; i < skipped; i++) /* what stays unread would be heard when the ring is round */
            jitter->samples[jitter_at(jitter, jitter->read + (uint32_t)i)] = JITTER_MISSING;
        jitter->read += (uint32_t)skipped;
        conceal_leap(&jitter->lost);
    }
    jitter->slack = JITTER_SIZE;
    jitter->until_review = jitter_patience(jitter->delay);
}

/* Take the next frame out of the ring; returns how many samples of it are there. */
static int jitter_take(jitter_buffer *jitter, int16_t *frame)
{
    int found = 0;
    if (jitter_is_empty(jitter)) {
        for (int i = 0; i < FRAME; i++)
            frame[i] = JITTER_MISSING;
        jitter->read += FRAME;
        return 0;
    }
    for (int done = 0; done < FRAME;) {
        int at = jitter_at(jitter, jitter->read + (uint32_t)done);
        int more = FRAME - done < JITTER_SIZE - at ? FRAME - done : JITTER_SIZE - at;
        memcpy(frame + done, jitter->samples + at, (size_t)more * sizeof *frame);
        for (int i = 0; i < more; i++)
            jitter->samples[at + i] = JITTER_MISSING;
        done += more;
    }
    for (int i = 0; i < FRAME; i++)
        found += frame[i] != JITTER_MISSING;
    jitter->read += FRAME;
    return found;
}

/* Read the next frame; returns 0 when nothing was heard for a while (the frame is silence). */
static int jitter_get(jitter_buffer *jitter, int16_t *frame)
{
    if (!jitter->started) {
        memset(frame, 0, FRAME * sizeof *frame);
        return 0;
    }
    jitter_review(jitter);
    int found = jitter_take(jitter, frame);
    jitter->missed = found ? 0 : jitter->missed + 1;
    if (found == FRAME) {
        conceal_heard(&jitter->lost, frame, FRAME);
        return 1;
    }
    for (int from = 0, to; from < FRAME; from = to) {
        int is_missing = frame[from] == JITTER_MISSING;
        for (to = from + 1; to < FRAME && (frame[to] == JITTER_MISSING) == is_missing; to++)
            ;
        if (is_missing)
            conceal(&jitter->lost, frame + from, to - from);
        else
            conceal_heard(&jitter->lost, frame + from, to - from);
    }
    return jitter->missed < JITTER_IDLE;
}

#endif
