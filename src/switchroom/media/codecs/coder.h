/* Every codec behind one shape. G.711 has its own short way in the engine: it remembers nothing. */
#ifndef SWITCHROOM_CODER_H
#define SWITCHROOM_CODER_H

#include "g711.h"
#include "g722.h"
#include "gsm.h"
#include "linear.h"
#include "opus.h"

enum { CODEC_G722 = 2, CODEC_LINEAR, CODEC_GSM, CODEC_OPUS, CODECS };

/* Functions return how much they wrote, or a negative number where the input is none of theirs. */
typedef struct {
    void *(*open_encoder)(int rate); /* NULL: no memory, or no library */
    void (*close_encoder)(void *encoder);
    int (*encode)(void *encoder, const int16_t *samples, int count, uint8_t *bytes, int room);
    void *(*open_decoder)(int rate);
    void (*close_decoder)(void *decoder);
    int (*decode)(void *decoder, const uint8_t *bytes, int size, int16_t *samples, int room);
    /* Make up count samples that were lost; next is the packet behind them, or NULL. The function is
     * NULL where the codec has no way of its own. */
    int (*conceal)(void *decoder, const uint8_t *next, int size, int16_t *samples, int count);
    int (*load)(const char *path); /* its library; NULL: needs none */
    /* Octets of an encoder that may be copied as they are; NULL: they may not. */
    size_t (*encoder_size)(void);
} codec_kind;

static size_t nothing_to_copy(void) { return 0; }

static void *g711_open(int rate)
{
    g711_init();
    return linear_open(rate);
}

static int ulaw_encode(void *state, const int16_t *samples, int count, uint8_t *bytes, int room)
{
    (void)state;
    if (count > room)
        return -1;
    g711_encode(CODEC_PCMU, samples, bytes, count);
    return count;
}

static int ulaw_decode(void *state, const uint8_t *bytes, int size, int16_t *samples, int room)
{
    (void)state;
    if (size > room)
        return -1;
    g711_decode(CODEC_PCMU, bytes, samples, size);
    return size;
}

static int alaw_encode(void *state, const int16_t *samples, int count, uint8_t *bytes, int room)
{
    (void)state;
    if (count > room)
        return -1;
    g711_encode(CODEC_PCMA, samples, bytes, count);
    return count;
}

static int alaw_decode(void *state, const uint8_t *bytes, int size, int16_t *samples, int room)
{
    (void)state;
    if (size > room)
        return -1;
    g711_decode(CODEC_PCMA, bytes, samples, size);
    return size;
}

static const codec_kind CODEC_KINDS[CODECS] = {
    [CODEC_PCMU] = {g711_open, linear_close, ulaw_encode, g711_open, linear_close, ulaw_decode,
                    NULL, NULL, nothing_to_copy},
    [CODEC_PCMA] = {g711_open, linear_close, alaw_encode, g711_open, linear_close, alaw_decode,
                    NULL, NULL, nothing_to_copy},
    [CODEC_G722] = {g722_open, free, g722_encode, g722_open, free, g722_decode, NULL, NULL,
                    g722_size},
    [CODEC_LINEAR] = {linear_open, linear_close, linear_encode, linear_open, linear_close,
                      linear_decode, NULL, NULL, nothing_to_copy},
    [CODEC_GSM] = {gsm_open, gsm_close, gsm_encode_frames, gsm_open_decoder, gsm_close_decoder,
                   gsm_decode_frames, gsm_conceal, gsm_load, NULL},
    [CODEC_OPUS] = {opus_open_encoder, opus_close_encoder, opus_encode_packet, opus_open_decoder,
                    opus_close_decoder, opus_decode_packet, opus_conceal, opus_load,
                    opus_size},
};

#endif
