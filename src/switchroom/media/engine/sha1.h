/* SHA-1 and HMAC-SHA1 (RFC 3174, RFC 2104), as STUN's MESSAGE-INTEGRITY is made. */
#ifndef SWITCHROOM_SHA1_H
#define SWITCHROOM_SHA1_H

#include "rtp.h"

#define SHA1_SIZE 20
#define SHA1_BLOCK 64

typedef struct {
    uint32_t state[5];
    uint64_t length; /* octets */
    uint8_t block[SHA1_BLOCK];
} sha1;

static inline uint32_t rotated(uint32_t value, int bits)
{
    return value << bits | value >> (32 - bits);
}

static void sha1_mix(sha1 *self)
{
    uint32_t words[80], a = self->state[0], b = self->state[1], c = self->state[2],
                        d = self->state[3], e = self->state[4];
    for (int i = 0; i < 16; i++)
        words[i] = get32(self->block + 4 * i);
    for (int i = 16; i < 80; i++)
        words[i] = rotated(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    for (int i = 0; i < 80; i++) {
        uint32_t f = i < 20   ? (b & c) | (~b & d)
                     : i < 40 ? b ^ c ^ d
                     : i < 60 ? (b & c) | (b & d) | (c & d)
                              : b ^ c ^ d;
        static const uint32_t constants[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
        uint32_t next = rotated(a, 5) + f + e + constants[i / 20] + words[i];
        e = d;
        d = c;
        c = rotated(b, 30);
        b = a;
        a = next;
    }
    self->state[0] += a;
    self->state[1] += b;
    self->state[2] += c;
    self->state[3] += d;
    self->state[4] += e;
}

static void sha1_begin(sha1 *self)
{
    static const uint32_t start[] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    memcpy(self->state, start, sizeof start);
    self->length = 0;
}

static void sha1_add(sha1 *self, const uint8_t *bytes, int size)
{
    for (int i = 0; i < size; i++) {
        self->block[self->length++ % SHA1_BLOCK] = bytes[i];
        if (self->length % SHA1_BLOCK == 0)
            sha1_mix(self);
    }
}

static void sha1_end(sha1 *self, uint8_t *digest)
{
    uint64_t bits = 8 * self->length;
    uint8_t tail[SHA1_BLOCK + 8] = {0x80};
    int padding = SHA1_BLOCK - (int)((self->length + 8) % SHA1_BLOCK);
    put32(tail + padding, (uint32_t)(bits >> 32));
    put32(tail + padding + 4, (uint32_t)bits);
    sha1_add(self, tail, padding + 8);
    for (int i = 0; i < 5; i++)
        put32(digest + 4 * i, self->state[i]);
}

/* The octets come in two parts; the key has SHA1_BLOCK octets at most. */
static void hmac_sha1(const uint8_t *key, int key_size, const uint8_t *first, int first_size,
                      const uint8_t *second, int second_size, uint8_t *digest)
{
    uint8_t inner[SHA1_BLOCK], outer[SHA1_BLOCK];
    sha1 hash;
    memset(inner, 0x36, sizeof inner);
    memset(outer, 0x5c, sizeof outer);
    for (int i = 0; i < key_size; i++) {
        inner[i] ^= key[i];
        outer[i] ^= key[i];
    }
    sha1_begin(&hash);
    sha1_add(&hash, inner, sizeof inner);
    sha1_add(&hash, first, first_size);
    sha1_add(&hash, second, second_size);
    sha1_end(&hash, digest);
    sha1_begin(&hash);
    sha1_add(&hash, outer, sizeof outer);
    sha1_add(&hash, digest, SHA1_SIZE);
    sha1_end(&hash, digest);
}

#endif
