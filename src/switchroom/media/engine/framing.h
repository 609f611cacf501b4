/* The protocols of feeds: AudioSocket (a type, 16 bits of length), and WebSockets (RFC 6455), both ways. */
#ifndef SWITCHROOM_FRAMING_H
#define SWITCHROOM_FRAMING_H

#include "feed.h"

enum { WS_CONTINUES = 0, WS_TEXT = 1, WS_BINARY = 2, WS_CONTROL = 8, WS_PONG = 10 };

#define SOCKET_AUDIO 0x10 /* types of audio: of 8,000 Hz, and behind it of each higher rate */

/* AudioSocket's rates in the order of their types. */
static const int SOCKET_RATES[] = {8000, 12000, 16000, 24000, 32000, 44100, 48000, 96000, 192000};

static int socket_type(int rate)
{
    int at = 0;
    while (at < 8 && SOCKET_RATES[at] != rate)
        at++;
    return SOCKET_AUDIO + at;
}

static int is_websocket(const feed *self)
{
    return self->framing == FRAMING_WEBSOCKET || self->framing == FRAMING_WEBSOCKET_CLIENT;
}

/* audio that comes in */

static void stream_put_audio(stream *self, const int16_t *samples, int count)
{
    if (count > 0 && self->plan.receives) {
        int lost = feed_put(self->feed, samples, count);
        self->packets_dropped += (uint64_t)((lost + self->feed->frame - 1) / self->feed->frame);
    }
}

/* Signed linear, in the byte order of the machines that speak it: the lower octet first. */
static void stream_hear_linear(stream *self, const uint8_t *bytes, int size)
{
    feed *feed = self->feed;
    int16_t samples[FEED_SAMPLES];
    int count = 0, at = 0;
    if (feed->has_half && size) {
        samples[count++] = (int16_t)(feed->half | bytes[at++] << 8);
        feed->has_half = 0;
    }
    for (; at + 1 < size; at += 2)
        samples[count++] = (int16_t)(bytes[at] | bytes[at + 1] << 8);
    if (at < size) {
        feed->half = bytes[at];
        feed->has_half = 1;
    }
    stream_put_audio(self, samples, count);
}

static void stream_hear_coded(stream *self, const uint8_t *bytes, int size)
{
    feed *feed = self->feed;
    int16_t samples[FEED_SAMPLES];
    self->octets_received += (uint64_t)size;
    if (feed->codec == CODEC_LINEAR) {
        stream_hear_linear(self, bytes, size);
    } else if (!feed->kind) {
        g711_decode(feed->codec, bytes, samples, size);
        stream_put_audio(self, samples, size);
    } else {
        stream_put_audio(self, samples,
                         feed->kind->decode(feed->decoder, bytes, size, samples, FEED_SAMPLES));
    }
}

/* messages that come in */

static void stream_keep_message(stream *self, int kind, const uint8_t *bytes, int size)
{
    feed *feed = self->feed;
    feed_message *one = malloc(sizeof *one + (size_t)size);
    if (!one)
        return;
    *one = (feed_message){.kind = kind, .size = size, .position = feed->put};
    memcpy(one->bytes, bytes, (size_t)size);
    *(feed->last_message ? &feed->last_message->next : &feed->first_message) = one;
    feed->last_message = one;
    if (!feed->messages++)
        stream_tell(self->context, self, FEED_MESSAGE, 0, 0);
}

/* frames that come in */

static int parser_wants(const feed_parser *self, int framing)
{
    if (framing == FRAMING_AUDIOSOCKET)
        return 3;
    if (self->header_size < 2)
        return 2;
    int length = self->header[1] & 127, masked = self->header[1] & 128;
    return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (masked ? 4 : 0);
}

static int is_audio_frame(const feed *self)
{
    const feed_parser *parser = &self->parser;
    if (self->framing == FRAMING_AUDIOSOCKET)
        return parser->kind == socket_type(self->rate);
    return parser->kind < WS_CONTROL && parser->message == WS_BINARY;
}

/* A header is whole; returns 0 where it is none. */
static int parser_begin_websocket(feed_parser *self, int is_server)
{
    const uint8_t *header = self->header;
    int opcode = header[0] & 15, length = header[1] & 127, at = 2;
    self->is_final = header[0] & 128;
    self->is_masked = header[1] & 128;
    self->left = (uint64_t)length;
    for (int more = length == 126 ? 2 : length == 127 ? 8 : 0; more; more--, at++)
        self->left = (at == 2 ? 0 : self->left << 8) | header[at];
    if (self->is_masked)
        memcpy(self->key, header + at, sizeof self->key);
    if (header[0] & 0x70 || (self->is_masked != 0) != is_server || self->left >> 63)
        return 0; /* nothing was agreed that reserved bits could mean */
    self->masked = 0;
    self->kind = opcode;
    if (opcode >= WS_CONTROL) {
        self->control_size = 0;
        return opcode <= WS_PONG && self->is_final && self->left <= sizeof self->control;
    }
    if (opcode > WS_BINARY || (opcode != WS_CONTINUES) == (self->message != 0))
        return 0;
    if (opcode != WS_CONTINUES) {
        self->message = opcode;
        self->text_size = 0;
    }
    return 1;
}

static int parser_begin(feed_parser *self, int framing)
{
    if (framing != FRAMING_AUDIOSOCKET)
        return parser_begin_websocket(self, framing == FRAMING_WEBSOCKET);
    self->kind = self->header[0];
    self->left = (uint64_t)get16(self->header + 1);
    self->text_size = 0;
    return 1;
}

static void parser_unmask(feed_parser *self, uint8_t *bytes, int size)
{
    for (int i = 0; self->is_masked && i < size; i++)
        bytes[i] ^= self->key[self->masked++ & 3];
}

/* Keep a part of a message; returns 0 where it is too long. */
static int parser_collect(feed_parser *self, int framing, const uint8_t *bytes, int size)
{
    if (framing != FRAMING_AUDIOSOCKET && self->kind >= WS_CONTROL) {
        memcpy(self->control + self->control_size, bytes, (size_t)size);
        self->control_size += size;
        return 1;
    }
    if (self->text_size + size > FEED_TEXT)
        return framing == FRAMING_AUDIOSOCKET; /* audio of another rate, mostly: nothing to keep */
    memcpy(self->text + self->text_size, bytes, (size_t)size);
    self->text_size += size;
    return 1;
}

/* A frame is whole. */
static void stream_end_frame(stream *self)
{
    feed *feed = self->feed;
    feed_parser *parser = &feed->parser;
    int kind = parser->kind, is_audio = is_audio_frame(feed);
    parser->kind = -1;
    parser->header_size = 0;
    if (is_audio)
        self->packets_received++;
    if (feed->framing == FRAMING_AUDIOSOCKET) {
        if (kind >= SOCKET_AUDIO && kind < 0x20)
            self->packets_dropped += (uint64_t)!is_audio;
        else
            stream_keep_message(self, kind, parser->text, parser->text_size);
        return;
    }
    if (kind >= WS_CONTROL) {
        stream_keep_message(self, kind, parser->control, parser->control_size);
        return;
    }
    if (!parser->is_final)
        return;
    if (parser->message == WS_TEXT)
        stream_keep_message(self, WS_TEXT, parser->text, parser->text_size);
    else if (feed->codec == CODEC_OPUS)
        stream_hear_coded(self, parser->text, parser->text_size);
    parser->message = 0;
}

/* At most FEED_CHUNK octets; returns 0 where the program sends nonsense. */
static int stream_parse(stream *self, uint8_t *bytes, int size)
{
    feed *feed = self->feed;
    feed_parser *parser = &feed->parser;
    for (int at = 0; at < size;) {
        if (parser->kind < 0) {
            parser->header[parser->header_size++] = bytes[at++];
            if (parser->header_size < parser_wants(parser, feed->framing))
                continue;
            if (!parser_begin(parser, feed->framing))
                return 0;
        }
        int count = parser->left < (uint64_t)(size - at) ? (int)parser->left : size - at;
        parser_unmask(parser, bytes + at, count);
        if (is_audio_frame(feed) && feed->codec != CODEC_OPUS)
            stream_hear_coded(self, bytes + at, count);
        else if (!parser_collect(parser, feed->framing, bytes + at, count))
            return 0;
        at += count;
        parser->left -= (uint64_t)count;
        if (!parser->left)
            stream_end_frame(self);
    }
    return 1;
}

/* the tick */

/* Whether the program has said so much that it should wait. */
static int feed_is_full(const feed *self)
{
    return self->messages >= FEED_MESSAGES
           || (self->framing == FRAMING_AUDIOSOCKET
               && self->put - self->taken >= (uint64_t)(FEED_HOLD * self->rate));
}

/* Read what the program has sent: its share of this tick, as far as there is room. */
static void stream_read_feed(stream *self)
{
    feed *feed = self->feed;
    uint8_t bytes[FEED_CHUNK];
    ssize_t count = sizeof bytes;
    for (int i = 0; i < FEED_CHUNKS && count == sizeof bytes; i++) {
        if (feed->is_closed || feed->fd < 0 || feed_is_full(feed))
            return;
        count = recv(feed->fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (count > 0 && !stream_parse(self, bytes, (int)count))
            stream_end_feed(self, CLOSED_FOR_NONSENSE);
        else if (!count)
            stream_end_feed(self, CLOSED_BY_PROGRAM);
        else if (count < 0 && errno != EAGAIN && errno != EINTR)
            stream_end_feed(self, CLOSED_BY_ERROR);
    }
}

/* First half: what the program says. */
static void feed_listen(const stream_context *context, stream *self)
{
    if (self->feed->framing != FRAMING_NONE)
        stream_read_feed(self);
    stream_hear_feed(context, self);
}

/* frames that go out */

/* Write the header of a frame with so much behind it; returns its length. */
static int frame_begin(feed *self, uint8_t *header, int size)
{
    int at = 2, masks = self->framing == FRAMING_WEBSOCKET_CLIENT;
    if (self->framing == FRAMING_NONE)
        return 0;
    if (self->framing == FRAMING_AUDIOSOCKET) {
        header[0] = (uint8_t)socket_type(self->rate);
        put16(header + 1, (uint32_t)size);
        return 3;
    }
    header[0] = 128 | WS_BINARY;
    header[1] = (uint8_t)((size < 126 ? size : 126) | (masks ? 128 : 0));
    if (size >= 126) {
        put16(header + at, (uint32_t)size);
        at += 2;
    }
    if (masks) {
        self->mask = self->mask * 1664525u + 1013904223u;
        put32(header + at, self->mask);
        at += 4;
    }
    return at;
}

/* Encode a frame; returns its octets. */
static int feed_encode(const feed *self, const int16_t *samples, uint8_t *bytes, int room)
{
    if (self->kind)
        return self->kind->encode(self->encoder, samples, self->frame, bytes, room);
    if (self->codec != CODEC_LINEAR) {
        g711_encode(self->codec, samples, bytes, self->frame);
        return self->frame;
    }
    for (int i = 0; i < self->frame; i++) {
        bytes[2 * i] = (uint8_t)samples[i];
        bytes[2 * i + 1] = (uint8_t)((uint16_t)samples[i] >> 8);
    }
    return 2 * self->frame;
}

/* Second half: what the program is to hear: frame, and what the coder has that is wider. From its first
 * audio on it hears silence too, so that it can go by our clock. */
static void feed_speak(stream *self, const int16_t *frame, int any)
{
    feed *feed = self->feed;
    uint8_t payload[FEED_FRAME_LARGEST], bytes[FEED_FRAME_LARGEST];
    int16_t wide[WIDEST];
    const int16_t *samples = frame;
    feed->began = feed->began || any || self->peer || self->spied;
    if (!feed->began || feed->is_closed || feed->fd < 0 || !self->plan.sends) {
        stream_flush_feed(self);
        return;
    }
    if (self->coder) {
        coder_widen(self->coder, frame, wide);
        samples = wide;
    }
    int size = feed_encode(feed, samples, payload, sizeof payload);
    if (size <= 0)
        return;
    int at = frame_begin(feed, bytes, size);
    int masks = feed->framing == FRAMING_WEBSOCKET_CLIENT;
    for (int i = 0; i < size; i++)
        bytes[at + i] = masks ? payload[i] ^ bytes[at - 4 + (i & 3)] : payload[i];
    stream_send_to_feed(self, bytes, at + size, 1);
    self->packets_sent++;
    self->octets_sent += (uint64_t)size;
}

#endif
