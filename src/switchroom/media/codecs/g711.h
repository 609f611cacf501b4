/* G.711 (ITU-T G.711): u-law and A-law by table; the tables are made once, from the definition. */
#ifndef SWITCHROOM_G711_H
#define SWITCHROOM_G711_H

#include <stdint.h>

enum { CODEC_PCMU = 0, CODEC_PCMA = 1 };

static int16_t g711_linear_of[2][256];
static uint8_t g711_code_of[2][16384]; /* by the upper 14 bits of a sample */

static int16_t ulaw_to_linear(uint8_t code)
{
    code = (uint8_t)~code;
    int exponent = (code >> 4) & 7;
    int magnitude = ((((code & 15) << 3) + 132) << exponent) - 132;
    return (int16_t)(code & 128 ? -magnitude : magnitude);
}

static int16_t alaw_to_linear(uint8_t code)
{
    code ^= 0x55;
    int exponent = (code >> 4) & 7;
    int magnitude = ((code & 15) << 4) + 8;
    if (exponent)
        magnitude = (magnitude + 256) << (exponent - 1);
    return (int16_t)(code & 128 ? magnitude : -magnitude);
}

static int g711_exponent(int magnitude, int lowest)
{
    int exponent = 0;
    while (exponent < 7 && magnitude >= lowest << (exponent + 1))
        exponent++;
    return exponent;
}

static uint8_t linear_to_ulaw(int sample)
{
    int sign = sample < 0 ? 128 : 0;
    int magnitude = sign ? -sample : sample;
    if (magnitude > 32635)
        magnitude = 32635;
    magnitude += 132;
    int exponent = g711_exponent(magnitude, 128);
    return (uint8_t)~(sign | exponent << 4 | ((magnitude >> (exponent + 3)) & 15));
}

static uint8_t linear_to_alaw(int sample)
{
    int sign = sample < 0 ? 0 : 128;
    int magnitude = sample < 0 ? -sample - 1 : sample;
    int code;
    if (magnitude < 256) {
        code = magnitude >> 4;
    } else {
        int exponent = g711_exponent(magnitude, 128);
        code = exponent << 4 | ((magnitude >> (exponent + 3)) & 15);
    }
    return (uint8_t)((sign | code) ^ 0x55);
}

static void g711_init(void)
{
    for (int code = 0; code < 256; code++) {
        g711_linear_of[CODEC_PCMU][code] = ulaw_to_linear((uint8_t)code);
        g711_linear_of[CODEC_PCMA][code] = alaw_to_linear((uint8_t)code);
    }
    for (int upper = 0; upper < 16384; upper++) {
        int sample = (int16_t)(upper << 2);
        /* the middle of the four samples that share these bits; exact for all 256 codes */
        g711_code_of[CODEC_PCMU][upper] = linear_to_ulaw(sample + 2);
        g711_code_of[CODEC_PCMA][upper] = linear_to_alaw(sample + 2);
    }
}

static inline void g711_decode(int codec, const uint8_t *codes, int16_t *samples, int count)
{
    const int16_t *table = g711_linear_of[codec];
    for (int i = 0; i < count; i++)
        samples[i] = table[codes[i]];
}

static inline void g711_encode(int codec, const int16_t *samples, uint8_t *codes, int count)
{
    const uint8_t *table = g711_code_of[codec];
    for (int i = 0; i < count; i++)
        codes[i] = table[(uint16_t)samples[i] >> 2];
}

#endif
