/* What is done with what the party says: it is recorded, and watched for talk. */
#ifndef SWITCHROOM_RECORDING_H
#define SWITCHROOM_RECORDING_H

#include "stream.h"

#define RECORDING_SIZE 65536 /* samples; a power of two: 8 s for the writer to be late */
#define SILENCE_LEVEL 256    /* mean magnitude below which a frame is silent; a tone of -35 dBm0 */

/* Mean magnitude of this tick's frame. */
static int stream_loudness(const stream *self)
{
    int32_t sum = 0;
    for (int i = 0; self->is_heard && i < FRAME; i++)
        sum += abs(self->heard[i]);
    return sum / FRAME;
}

/* recording */

static void stream_end_recording(const stream_context *context, stream *self, int reason)
{
    self->record.state = reason;
    stream_tell(context, self, RECORDING_ENDED, self->record.number, reason);
}

static void stream_record(const stream_context *context, stream *self, int loud)
{
    recording *record = &self->record;
    if (record->head - record->tail > RECORDING_SIZE - FRAME) {
        stream_end_recording(context, self, RECORDING_ERROR); /* the disk does not keep up */
        return;
    }
    for (int i = 0; i < FRAME; i++)
        record->ring[(record->head + (uint32_t)i) & (RECORDING_SIZE - 1)] =
            self->is_heard ? self->heard[i] : 0;
    record->head += FRAME;
    record->length += FRAME;
    if (self->is_heard || !self->pipe) /* the end of a pipe that sends nothing is not silent */
        record->silence = loud ? 0 : record->silence + FRAME;
    if (record->max_length && record->length >= record->max_length)
        stream_end_recording(context, self, RECORDING_LIMIT);
    else if (record->max_silence && record->silence >= record->max_silence)
        stream_end_recording(context, self, RECORDING_SILENCE);
}

/* Move up to room samples out of the ring; returns how many. */
static int recording_take(recording *record, int16_t *samples, int room)
{
    int count = 0;
    while (record->ring && record->tail != record->head && count < room)
        samples[count++] = record->ring[record->tail++ & (RECORDING_SIZE - 1)];
    return count;
}

/* talk detection */

static void stream_end_talk(const stream_context *context, stream *self)
{
    talk_detector *talk = &self->talk;
    if (talk->talks)
        stream_tell(context, self, TALKING_ENDED, 0, talk->length - talk->pause);
    talk->talks = 0;
}

static void stream_detect_talk(const stream_context *context, stream *self, int loud)
{
    talk_detector *talk = &self->talk;
    if (loud && !talk->talks) {
        talk->talks = 1;
        talk->length = 0;
        stream_tell(context, self, TALKING_BEGAN, 0, 0);
    }
    if (!talk->talks)
        return;
    talk->length += FRAME;
    talk->pause = loud ? 0 : talk->pause + FRAME;
    if (talk->pause && talk->pause >= talk->max_pause)
        stream_end_talk(context, self);
}

#endif
