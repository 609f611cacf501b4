/* A program in a phone's place: its audio comes and goes over a descriptor, in frames of a protocol.
 *
 * What it sends is read at the tick, a bounded share of it, and waits in a ring: so it may send as fast as
 * it likes and in any pieces. What it hears is written at the tick; where it reads too slowly the oldest
 * frames are dropped, so that it hears what is said now. framing.h knows the protocols.
 */
#ifndef SWITCHROOM_FEED_H
#define SWITCHROOM_FEED_H

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stream.h"

#define FEED_SECONDS 30      /* of audio that waits to be heard; what comes more is lost */
#define FEED_HIGH 18         /* seconds, from which on the program is told to wait (MEDIA_XOFF) */
#define FEED_LOW 16          /* seconds, below which it is told to go on */
#define FEED_HOLD 2          /* seconds, from which on a program that cannot be told is not read */
#define FEED_CUSHION 2       /* ticks, that audio gathers for before it is heard */
#define FEED_REVIEW 200      /* ticks between two looks at whether a program's clock is too fast */
#define FEED_LATE 10         /* ticks that wait all the time then: one is skipped, */
#define FEED_STEADY 25       /* where never more than these wait: it sends in time, not ahead */
#define FEED_MARKS 256       /* places in the audio that are told when they were heard */
#define FEED_WAITING 50      /* frames to the program; then the oldest goes */
#define FEED_CONTROL 65536   /* octets of messages to the program that wait; more, and it is gone */
#define FEED_MESSAGES 64     /* of the program that wait for the control side; it is not read then */
#define FEED_TEXT 8192       /* octets of one of them */
#define FEED_CHUNK 4096      /* octets read at once */
#define FEED_CHUNKS 8        /* in a tick: 1.6 MB a second, 16 times what the widest audio takes */
#define FEED_SAMPLES 8192    /* of a chunk, or a packet, at most */
#define FEED_FRAME_LARGEST (16 + 2 * WIDEST)

enum { FRAMING_NONE, FRAMING_AUDIOSOCKET, FRAMING_WEBSOCKET, FRAMING_WEBSOCKET_CLIENT };
enum { CLOSED_BY_PROGRAM, CLOSED_BY_ERROR, CLOSED_FOR_NONSENSE, CLOSED_FOR_SLOWNESS };

/* To the program. */
typedef struct feed_frame {
    struct feed_frame *next;
    int is_audio, size, sent;
    uint8_t bytes[];
} feed_frame;

/* From the program, besides audio. */
typedef struct feed_message {
    struct feed_message *next;
    int kind, size;
    uint64_t position; /* samples that came before it */
    uint8_t bytes[];
} feed_message;

typedef struct { uint64_t position; int64_t number; } feed_mark;

/* A frame that comes in, piece by piece. */
typedef struct {
    uint8_t header[14];
    int header_size;
    uint64_t left;      /* octets of its payload that are missing */
    int kind;           /* type, or opcode; -1: between two frames */
    int is_final, is_masked;
    unsigned masked;    /* octets so far */
    uint8_t key[4];
    int message;        /* opcode of the message that it is a part of, 0: none */
    uint8_t text[FEED_TEXT];
    int text_size;
    uint8_t control[125]; /* of a control frame, that may stand between parts of a message */
    int control_size;
} feed_parser;

typedef struct feed {
    int fd, framing;     /* fd: -1 until the program has come */
    int codec, rate, frame; /* frame: samples of a tick */
    const codec_kind *kind; /* NULL: signed linear, or G.711 */
    void *encoder, *decoder;
    int is_modem;        /* nothing of what it says is skipped */
    int is_closed;

    feed_frame *first, *last;
    int audio_waiting, control_waiting; /* frames, octets */
    int began;
    uint32_t mask;

    feed_parser parser;
    uint8_t half;        /* the first octet of a sample */
    int has_half;
    feed_message *first_message, *last_message;
    int messages;

    int16_t *ring;
    uint32_t room;       /* samples; a power of two */
    uint64_t put, taken; /* samples since it began */
    int plays, is_paused, is_high, tells_drained;
    uint64_t arrived;    /* tick in which what waits began to */
    int reviewed;        /* ticks */
    uint64_t least, most;
    feed_mark marks[FEED_MARKS];
    int marks_count;
} feed;

static void feed_free(feed *self)
{
    if (!self)
        return;
    if (self->fd >= 0) {
        if (self->framing != FRAMING_NONE)
            shutdown(self->fd, SHUT_WR); /* what was said last goes out before the end */
        close(self->fd);
    }
    for (feed_frame *one; (one = self->first); free(one))
        self->first = one->next;
    for (feed_message *one; (one = self->first_message); free(one))
        self->first_message = one->next;
    if (self->encoder)
        self->kind->close_encoder(self->encoder);
    if (self->decoder)
        self->kind->close_decoder(self->decoder);
    free(self->ring);
    free(self);
}

/* The program is gone, or treated as if it were; told once. */
static void stream_end_feed(stream *self, int reason)
{
    feed *feed = self->feed;
    if (feed->is_closed)
        return;
    feed->is_closed = 1;
    stream_tell(self->context, self, FEED_CLOSED, reason, 0);
}

/* what the program says */

static int feed_grow(feed *self)
{
    uint32_t room = self->room ? 2 * self->room : 4096;
    if (self->room >= (uint32_t)(FEED_SECONDS * self->rate))
        return 0;
    int16_t *ring = malloc(room * sizeof *ring);
    if (!ring)
        return 0;
    for (uint64_t at = self->taken; at < self->put; at++)
        ring[at & (room - 1)] = self->ring[at & (self->room - 1)];
    free(self->ring);
    self->ring = ring;
    self->room = room;
    return 1;
}

/* Audio for the ring; returns how many samples found no room. */
static int feed_put(feed *self, const int16_t *samples, int count)
{
    int done = 0;
    while (done < count) {
        if (self->put - self->taken == self->room && !feed_grow(self))
            return count - done;
        self->ring[self->put++ & (self->room - 1)] = samples[done++];
    }
    return 0;
}

/* A program whose clock is faster than ours is heard later and later: skip a frame now and then. */
static void feed_review(feed *self)
{
    uint64_t waits = self->put - self->taken, frame = (uint64_t)self->frame;
    if (self->framing != FRAMING_AUDIOSOCKET || self->is_modem)
        return; /* the others may send ahead, and count what they sent */
    self->least = waits < self->least ? waits : self->least;
    self->most = waits > self->most ? waits : self->most;
    if (++self->reviewed < FEED_REVIEW)
        return;
    if (self->least >= FEED_LATE * frame && self->most <= FEED_STEADY * frame)
        self->taken += frame;
    self->reviewed = 0;
    self->least = UINT64_MAX;
    self->most = 0;
}

/* The next 20 ms of what the program says; returns 0 where that is nothing. */
static int feed_take(feed *self, uint64_t tick, int16_t *out)
{
    uint64_t waits = self->put - self->taken;
    int count = waits < (uint64_t)self->frame ? (int)waits : self->frame;
    if (!waits || self->is_paused) {
        self->plays = 0;
        self->arrived = 0;
        return 0;
    }
    if (!self->plays) {
        self->arrived = self->arrived ? self->arrived : tick;
        if (waits < (uint64_t)(FEED_CUSHION * self->frame) && tick - self->arrived < FEED_CUSHION)
            return 0;
        self->plays = 1;
    }
    for (int i = 0; i < count; i++)
        out[i] = self->ring[self->taken++ & (self->room - 1)];
    memset(out + count, 0, (size_t)(self->frame - count) * sizeof *out);
    feed_review(self);
    return 1;
}

/* Tell what was heard by now, and how much waits. */
static void stream_tell_progress(stream *self)
{
    feed *feed = self->feed;
    uint64_t waits = feed->put - feed->taken;
    int reached = 0;
    while (reached < feed->marks_count && feed->marks[reached].position <= feed->taken)
        stream_tell(self->context, self, FEED_REACHED, feed->marks[reached++].number, 0);
    if (reached) {
        feed->marks_count -= reached;
        memmove(feed->marks, feed->marks + reached,
                (size_t)feed->marks_count * sizeof *feed->marks);
    }
    if (!waits && feed->tells_drained) {
        feed->tells_drained = 0;
        stream_tell(self->context, self, FEED_DRAINED, 0, 0);
    }
    uint64_t level = (uint64_t)((feed->is_high ? FEED_LOW : FEED_HIGH) * feed->rate);
    int is_high = waits >= level;
    if (is_high != feed->is_high) {
        feed->is_high = is_high;
        stream_tell(self->context, self, FEED_FILLED, feed->is_high, 0);
    }
}

/* What the program says, into what the stream has heard: silence too, as long as it is there, so that
 * whoever is connected with it does not take the call for dead. */
static void stream_hear_feed(const stream_context *context, stream *self)
{
    int16_t samples[WIDEST];
    coder *coder = stream_coder(self);
    int says = feed_take(self->feed, context->tick, samples);
    if (!says)
        memset(samples, 0, sizeof samples);
    self->is_heard = says || (self->feed->fd >= 0 && !self->feed->is_closed);
    if (self->is_heard && coder) {
        memcpy(coder->heard, samples, (size_t)coder->frame * sizeof *samples);
        resampler_run(coder->down, coder->heard, coder->frame, self->heard);
    } else if (self->is_heard) {
        memcpy(self->heard, samples, sizeof self->heard);
    }
    stream_tell_progress(self);
}

/* what it hears */

/* Returns how much of it went out, -1 when the program is gone. */
static int feed_write(const feed *self, const uint8_t *bytes, int size)
{
    ssize_t count = self->framing == FRAMING_NONE
                        ? write(self->fd, bytes, (size_t)size)
                        : send(self->fd, bytes, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
    return (int)count;
}

/* Write what waits, as much as goes. */
static void stream_flush_feed(stream *self)
{
    feed *feed = self->feed;
    for (feed_frame *one; !feed->is_closed && (one = feed->first);) {
        int count = feed_write(feed, one->bytes + one->sent, one->size - one->sent);
        if (count < 0)
            stream_end_feed(self, CLOSED_BY_ERROR);
        if (count < 0 || (one->sent += count) < one->size)
            return;
        if (!(feed->first = one->next))
            feed->last = NULL;
        feed->audio_waiting -= one->is_audio;
        feed->control_waiting -= one->is_audio ? 0 : one->size;
        free(one);
    }
}

/* The oldest audio of which nothing went out yet makes room. */
static void stream_drop_oldest(stream *self)
{
    feed *feed = self->feed;
    feed_frame *before = NULL, *one = feed->first;
    while (one && (!one->is_audio || one->sent)) {
        before = one;
        one = one->next;
    }
    if (!one)
        return;
    if (before)
        before->next = one->next;
    else
        feed->first = one->next;
    if (feed->last == one)
        feed->last = before;
    free(one);
    feed->audio_waiting--;
    self->packets_dropped++;
}

/* Send a whole frame, behind those that wait. */
static void stream_send_to_feed(stream *self, const uint8_t *bytes, int size, int is_audio)
{
    feed *feed = self->feed;
    stream_flush_feed(self);
    if (feed->is_closed || feed->fd < 0)
        return;
    int sent = feed->first ? 0 : feed_write(feed, bytes, size);
    if (sent < 0)
        stream_end_feed(self, CLOSED_BY_ERROR);
    if (sent < 0 || sent == size)
        return;
    if (is_audio && feed->audio_waiting >= FEED_WAITING)
        stream_drop_oldest(self);
    if (!is_audio && feed->control_waiting + size > FEED_CONTROL) {
        stream_end_feed(self, CLOSED_FOR_SLOWNESS);
        return;
    }
    feed_frame *one = malloc(sizeof *one + (size_t)size);
    if (!one)
        return;
    *one = (feed_frame){.is_audio = is_audio, .size = size, .sent = sent};
    memcpy(one->bytes, bytes, (size_t)size);
    *(feed->last ? &feed->last->next : &feed->first) = one;
    feed->last = one;
    feed->audio_waiting += is_audio;
    feed->control_waiting += is_audio ? 0 : size;
}

#endif
