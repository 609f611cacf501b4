/* Signed linear (RFC 3551 section 4.5.11): 16 bits a sample, in network order, at any rate. */
#ifndef SWITCHROOM_LINEAR_H
#define SWITCHROOM_LINEAR_H

#include <stdint.h>

static void *linear_open(int rate)
{
    static int nothing; /* to be remembered */
    (void)rate;
    return &nothing;
}

static void linear_close(void *state) { (void)state; }

static int linear_encode(void *encoder, const int16_t *samples, int count, uint8_t *bytes,
                         int room)
{
    (void)encoder;
    if (2 * count > room)
        return -1;
    for (int i = 0; i < count; i++) {
        bytes[2 * i] = (uint8_t)((uint16_t)samples[i] >> 8);
        bytes[2 * i + 1] = (uint8_t)samples[i];
    }
    return 2 * count;
}

static int linear_decode(void *decoder, const uint8_t *bytes, int size, int16_t *samples, int room)
{
    (void)decoder;
    if (size / 2 > room)
        return -1;
    for (int i = 0; i < size / 2; i++)
        samples[i] = (int16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    return size / 2;
}

#endif
