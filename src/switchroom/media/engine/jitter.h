/* The jitter buffer of one stream: samples by RTP timestamp in a ring, read one frame a tick.
 *
 * It starts with two frames of delay, gives way by one frame when a packet comes too late, and takes
 * half of what was not needed back after four seconds. A missing frame repeats the last one, fading.
 */
#ifndef SWITCHROOM_JITTER_H
#define SWITCHROOM_JITTER_H

#include <stdint.h>
#include <string.h>

#define FRAME 160          /* samples of a tick: 20 ms at 8,000 Hz */
#define JITTER_SIZE 8192   /* samples; a power of two */
#define JITTER_DELAY (2 * FRAME)
#define JITTER_MISSING (-32768) /* no G.711 code decodes to it */
#define JITTER_CONCEALED 3 /* frames that are made up before silence */
#define JITTER_IDLE 50     /* frames without a packet after which the party is not heard */
#define JITTER_REVIEW 200  /* frames between two looks at the delay */
#define JITTER_JUMP (10 * FRAME) /* ahead of what is read by so much, while nothing is heard: as well */
#define JITTER_STRAYS 3    /* late packets in a row after which the sender's clock has moved */

typedef struct {
    int16_t samples[JITTER_SIZE];
    int16_t last[FRAME];
    uint32_t read;     /* timestamp of the next sample to read */
    int started;
    int missed;        /* frames in a row without a sample */
    int late_in_a_row;
    int slack;         /* least samples in hand when a packet came, since the last review */
    int until_review;  /* frames */
} jitter_buffer;

static void jitter_restart(jitter_buffer *jitter, uint32_t timestamp)
{
    for (int i = 0; i < JITTER_SIZE; i++)
        jitter->samples[i] = JITTER_MISSING;
    memset(jitter->last, 0, sizeof jitter->last);
    jitter->read = timestamp - JITTER_DELAY;
    jitter->started = 1;
    jitter->missed = 0;
    jitter->late_in_a_row = 0;
    jitter->slack = JITTER_SIZE;
    jitter->until_review = JITTER_REVIEW;
}

/* Take a packet's samples; returns 0 when they came too late to be heard. */
static int jitter_put(jitter_buffer *jitter, uint32_t timestamp, const int16_t *samples, int count)
{
    if (!jitter->started)
        jitter_restart(jitter, timestamp);
    int32_t ahead = (int32_t)(timestamp - jitter->read);
    if (ahead < 0 && ahead > -JITTER_SIZE && ++jitter->late_in_a_row < JITTER_STRAYS) {
        jitter->read -= FRAME; /* give way */
        jitter->slack = JITTER_SIZE;
        jitter->until_review = JITTER_REVIEW;
        ahead += FRAME;
        if (ahead < 0)
            return 0;
    } else if (ahead < 0 || ahead + count > JITTER_SIZE - FRAME
               || (ahead > JITTER_JUMP && jitter->missed > JITTER_CONCEALED)) {
        jitter_restart(jitter, timestamp);
        ahead = JITTER_DELAY;
    } else {
        jitter->late_in_a_row = 0;
    }
    if (ahead < jitter->slack)
        jitter->slack = ahead;
    for (int i = 0; i < count; i++)
        jitter->samples[(timestamp + (uint32_t)i) & (JITTER_SIZE - 1)] = samples[i];
    return 1;
}

static void jitter_review(jitter_buffer *jitter)
{
    if (--jitter->until_review > 0)
        return;
    if (jitter->slack != JITTER_SIZE && jitter->slack >= JITTER_DELAY + FRAME) {
        int skipped = FRAME * (1 + (jitter->slack - JITTER_DELAY - FRAME) / FRAME / 2);
        for (int i = 0; i < skipped; i++) /* what stays unread would be heard when the ring is round */
            jitter->samples[(jitter->read + (uint32_t)i) & (JITTER_SIZE - 1)] = JITTER_MISSING;
        jitter->read += (uint32_t)skipped;
    }
    jitter->slack = JITTER_SIZE;
    jitter->until_review = JITTER_REVIEW;
}

/* Read the next frame; returns 0 when nothing was heard for a while (the frame is silence). */
static int jitter_get(jitter_buffer *jitter, int16_t *frame)
{
    int found = 0;
    if (!jitter->started) {
        memset(frame, 0, FRAME * sizeof *frame);
        return 0;
    }
    jitter_review(jitter);
    for (int i = 0; i < FRAME; i++) {
        int16_t *sample = &jitter->samples[(jitter->read + (uint32_t)i) & (JITTER_SIZE - 1)];
        if (*sample == JITTER_MISSING) {
            frame[i] = 0;
        } else {
            frame[i] = *sample;
            *sample = JITTER_MISSING;
            found++;
        }
    }
    jitter->read += FRAME;
    if (found) {
        memcpy(jitter->last, frame, sizeof jitter->last);
        jitter->missed = 0;
        return 1;
    }
    if (++jitter->missed <= JITTER_CONCEALED)
        for (int i = 0; i < FRAME; i++)
            frame[i] = (int16_t)(jitter->last[i] >> jitter->missed);
    return jitter->missed < JITTER_IDLE;
}

#endif
