/* How well a stream is heard at either end: what each report said of jitter, loss and delay, and the
 * score of a listener.
 *
 * The score is the R of ITU-T G.107, 0 to 100, with what an exchange cannot know at its default:
 *
 *     R = 93.2 - Id - Ie,eff
 *     Id = 0.024 d + 0.11 (d - 177.3) where d is above 177.3 ms (Cole and Rosenbluth, 2001)
 *     Ie,eff = Ie + (95 - Ie) P / (P + Bpl), losses at random (G.107 section 7.5)
 *
 * d is half the round trip, twice the jitter and 60 ms for a packet and the least jitter buffer. Ie
 * and Bpl are those of G.113; codecs that are not in it count as G.711.
 */
#ifndef SWITCHROOM_QUALITY_H
#define SWITCHROOM_QUALITY_H

#include <stdint.h>
#include <string.h>

#define REPORT_SIZE 52 /* octets kept: a sender report with one block */

typedef struct { uint32_t count; double last, least, most, sum, squares; } series;

enum {
    LOCAL_JITTER,  /* seconds */
    LOCAL_LOSS,    /* packets, between two reports */
    LOCAL_SCORE,
    REMOTE_JITTER, /* as the party reports it of what we send */
    REMOTE_LOSS,
    REMOTE_SCORE,
    ROUND_TRIP,    /* seconds */
    QUALITY_SERIES
};

typedef struct {
    series of[QUALITY_SERIES];
    uint32_t reported_lost; /* packets of ours, in all */
    uint8_t sent[REPORT_SIZE], heard[REPORT_SIZE]; /* the last reports */
    int sent_size, heard_size;
} stream_quality;

static void series_add(series *self, double value)
{
    self->least = !self->count || value < self->least ? value : self->least;
    self->most = !self->count || value > self->most ? value : self->most;
    self->last = value;
    self->sum += value;
    self->squares += value * value;
    self->count++;
}

/* R of what is heard.
 * codec: as in coder.h; round_trip: seconds, negative: unknown; jitter: seconds; loss: a share. */
static double listening_score(int codec, double round_trip, double jitter, double loss)
{
    double impairment = codec == CODEC_GSM ? 20 : 0, robustness = codec == CODEC_GSM ? 10 : 25.1;
    double delay = 1000 * ((round_trip > 0 ? round_trip / 2 : 0) + 2 * jitter) + 60;
    double lost = 100 * loss;
    double score = 93.2 - 0.024 * delay - (delay > 177.3 ? 0.11 * (delay - 177.3) : 0)
                   - impairment - (95 - impairment) * lost / (lost + robustness);
    return score < 0 ? 0 : score;
}

static int keep_report(uint8_t *kept, const uint8_t *bytes, int size)
{
    size = size < REPORT_SIZE ? size : REPORT_SIZE;
    memcpy(kept, bytes, (size_t)size);
    return size;
}

#endif
