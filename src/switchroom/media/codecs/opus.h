/* Opus (RFC 6716, RFC 7587), mono, by libopus of the system or of a wheel. */
#ifndef SWITCHROOM_OPUS_H
#define SWITCHROOM_OPUS_H

#include <dlfcn.h>
#include <stdint.h>

/* Of the library's interface, which is stable since 1.0. */
enum {
    OPUS_VOIP = 2048,
    OPUS_SET_BITRATE = 4002,
    OPUS_SET_MAX_BANDWIDTH = 4004,
    OPUS_SET_VBR = 4006,
    OPUS_SET_COMPLEXITY = 4010,
    OPUS_SET_INBAND_FEC = 4012,
    OPUS_SET_PACKET_LOSS = 4014
};

#define OPUS_COMPLEXITY 5     /* of 0 to 10: twice as fast as the best, which nobody tells apart */
#define OPUS_BITRATE 32000    /* RFC 7587 section 3.1.1: 28 to 40 kbit/s for fullband speech */
#define OPUS_EXPECTED_LOSS 5  /* per cent; from some on the encoder repeats the last packet in brief */

static struct {
    void *(*create_encoder)(int32_t rate, int channels, int application, int *error);
    int (*encoder_size)(int channels);
    void (*destroy_encoder)(void *state);
    int (*control)(void *state, int request, ...);
    int32_t (*encode)(void *state, const int16_t *samples, int count, uint8_t *bytes,
                      int32_t room);
    void *(*create_decoder)(int32_t rate, int channels, int *error);
    void (*destroy_decoder)(void *state);
    int (*decode)(void *state, const uint8_t *bytes, int32_t size, int16_t *samples, int room,
                  int fec);
} libopus;

/* Returns 0 when the library has what is needed. */
static int opus_load(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return -1;
    *(void **)&libopus.create_encoder = dlsym(library, "opus_encoder_create");
    *(void **)&libopus.encoder_size = dlsym(library, "opus_encoder_get_size");
    *(void **)&libopus.destroy_encoder = dlsym(library, "opus_encoder_destroy");
    *(void **)&libopus.control = dlsym(library, "opus_encoder_ctl");
    *(void **)&libopus.encode = dlsym(library, "opus_encode");
    *(void **)&libopus.create_decoder = dlsym(library, "opus_decoder_create");
    *(void **)&libopus.destroy_decoder = dlsym(library, "opus_decoder_destroy");
    *(void **)&libopus.decode = dlsym(library, "opus_decode");
    return libopus.create_encoder && libopus.encoder_size && libopus.destroy_encoder && libopus.control && libopus.encode
                   && libopus.create_decoder && libopus.destroy_decoder && libopus.decode
               ? 0
               : -1;
}

static void *opus_open_encoder(int rate)
{
    int error;
    void *state = libopus.encode ? libopus.create_encoder(rate, 1, OPUS_VOIP, &error) : NULL;
    if (state) {
        libopus.control(state, OPUS_SET_BITRATE, OPUS_BITRATE);
        libopus.control(state, OPUS_SET_COMPLEXITY, OPUS_COMPLEXITY);
        libopus.control(state, OPUS_SET_INBAND_FEC, 1);
        libopus.control(state, OPUS_SET_PACKET_LOSS, OPUS_EXPECTED_LOSS);
    }
    return state;
}

/* What the party wants to be sent (RFC 7587 section 6.1). */
typedef struct {
    int bitrate;        /* bits a second at most, 0: as we like */
    int playback_rate;  /* hertz that it can play, 0: all */
    int has_no_fec;     /* it has no use for packets that repeat the one before */
    int is_constant;    /* each packet as long as the other */
} opus_terms;

static int opus_bandwidth(int rate)
{
    enum { NARROW = 1101, MEDIUM, WIDE, SUPERWIDE, FULL };
    return !rate || rate > 24000 ? FULL
           : rate > 16000        ? SUPERWIDE
           : rate > 12000        ? WIDE
           : rate > 8000         ? MEDIUM
                                 : NARROW;
}

static void opus_configure(void *state, const opus_terms *terms)
{
    int bitrate = terms->bitrate && terms->bitrate < OPUS_BITRATE ? terms->bitrate : OPUS_BITRATE;
    libopus.control(state, OPUS_SET_BITRATE, bitrate);
    libopus.control(state, OPUS_SET_MAX_BANDWIDTH, opus_bandwidth(terms->playback_rate));
    libopus.control(state, OPUS_SET_INBAND_FEC, !terms->has_no_fec);
    libopus.control(state, OPUS_SET_VBR, !terms->is_constant);
}

/* The library promises that its states have no pointers into themselves. */
static size_t opus_size(void) { return (size_t)libopus.encoder_size(1); }

static void opus_close_encoder(void *state) { libopus.destroy_encoder(state); }

static void *opus_open_decoder(int rate)
{
    int error;
    return libopus.decode ? libopus.create_decoder(rate, 1, &error) : NULL;
}

static void opus_close_decoder(void *state) { libopus.destroy_decoder(state); }

static int opus_encode_packet(void *encoder, const int16_t *samples, int count, uint8_t *bytes,
                              int room)
{
    return libopus.encode(encoder, samples, count, bytes, room);
}

static int opus_decode_packet(void *decoder, const uint8_t *bytes, int size, int16_t *samples,
                              int room)
{
    return size ? libopus.decode(decoder, bytes, size, samples, room, 0) : -1;
}

/* Whether a packet repeats the one before it in brief (RFC 6716 section 4.2.4): its second bit, behind
 * a first octet that tells of one frame with SILK of up to 20 ms. */
static int opus_repeats(const uint8_t *bytes, int size)
{
    int configuration = size > 1 ? bytes[0] >> 3 : 0;
    int is_short = configuration < 12 ? configuration % 4 < 2 : configuration < 16;
    return size > 1 && !(bytes[0] & 3) && is_short && bytes[1] & 0x40;
}

/* What was lost, from the packet behind it. Where that tells nothing the library would make it up,
 * and fade for three frames after it (a tone down to 0.2 of its level): the engine does it better. */
static int opus_conceal(void *decoder, const uint8_t *next, int size, int16_t *samples, int count)
{
    return next && opus_repeats(next, size) ? libopus.decode(decoder, next, size, samples, count, 1)
                                            : -1;
}

#endif
