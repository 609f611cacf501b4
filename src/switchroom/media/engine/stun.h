/* STUN binding requests and their answers (RFC 8489), as ICE's connectivity checks use them. */
#ifndef SWITCHROOM_STUN_H
#define SWITCHROOM_STUN_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "sha1.h"

#define STUN_HEADER 20
#define STUN_COOKIE 0x2112a442
#define STUN_LARGEST 1200     /* octets of a request that is looked at */
#define STUN_ANSWER_SIZE 128  /* octets that an answer needs, at most */
#define STUN_INTEGRITY_SIZE (4 + SHA1_SIZE)
#define STUN_FINGERPRINT_SIZE 8
#define STUN_FINGERPRINT_MASK 0x5354554e

enum { STUN_REQUEST = 0x0001, STUN_SUCCESS = 0x0101, STUN_ERROR = 0x0111 };
enum {
    STUN_USERNAME = 0x0006,
    STUN_INTEGRITY = 0x0008,
    STUN_ERROR_CODE = 0x0009,
    STUN_XOR_ADDRESS = 0x0020,
    STUN_USE_CANDIDATE = 0x0025,
    STUN_FINGERPRINT = 0x8028,
    STUN_CONTROLLED = 0x8029
};

typedef struct {
    const uint8_t *bytes;
    const uint8_t *username;
    int username_size;
    int integrity_at; /* 0: there is none */
    int nominates;    /* USE-CANDIDATE */
    int is_controlled;
} stun_request;

/* The CRC-32 of ITU V.42, four bits at a time. */
static uint32_t crc32_of(const uint8_t *bytes, int size)
{
    static const uint32_t table[] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t crc = 0xffffffff;
    for (int i = 0; i < size; i++) {
        crc = crc >> 4 ^ table[(crc ^ bytes[i]) & 15];
        crc = crc >> 4 ^ table[(crc ^ bytes[i] >> 4) & 15];
    }
    return ~crc;
}

/* The attributes before MESSAGE-INTEGRITY count, behind it only the fingerprint does. */
static void stun_take(stun_request *request, int kind, int at, int size)
{
    if (request->integrity_at)
        return;
    if (kind == STUN_USERNAME) {
        request->username = request->bytes + at;
        request->username_size = size;
    } else if (kind == STUN_INTEGRITY && size == SHA1_SIZE) {
        request->integrity_at = at - 4;
    } else if (kind == STUN_USE_CANDIDATE) {
        request->nominates = 1;
    } else if (kind == STUN_CONTROLLED) {
        request->is_controlled = 1;
    }
}

/* Read a binding request; returns 0 for anything else, and for one without USERNAME,
 * MESSAGE-INTEGRITY and a right FINGERPRINT at its end (RFC 8445 section 7.1). */
static int stun_read(const uint8_t *bytes, int size, stun_request *request)
{
    int end = size - STUN_FINGERPRINT_SIZE;
    memset(request, 0, sizeof *request);
    request->bytes = bytes;
    if (size < STUN_HEADER + STUN_FINGERPRINT_SIZE || size > STUN_LARGEST || size % 4
        || get16(bytes) != STUN_REQUEST || get16(bytes + 2) != size - STUN_HEADER
        || get32(bytes + 4) != STUN_COOKIE || get32(bytes + end) != ((uint32_t)STUN_FINGERPRINT << 16 | 4))
        return 0;
    for (int at = STUN_HEADER; at < end;) {
        int length = get16(bytes + at + 2), next = at + 4 + ((length + 3) & ~3);
        if (next > end)
            return 0;
        stun_take(request, get16(bytes + at), at + 4, length);
        at = next;
    }
    return request->username && request->integrity_at
           && get32(bytes + end + 4) == (crc32_of(bytes, end) ^ STUN_FINGERPRINT_MASK);
}

/* Whether whoever sent it knows the password; every octet is looked at, so that time tells nothing. */
static int stun_is_authentic(const stun_request *request, const uint8_t *password, int size)
{
    uint8_t head[4], digest[SHA1_SIZE];
    int at = request->integrity_at, differs = 0;
    memcpy(head, request->bytes, sizeof head); /* its length must end behind the attribute */
    put16(head + 2, (uint32_t)(at + STUN_INTEGRITY_SIZE - STUN_HEADER));
    hmac_sha1(password, size, head, sizeof head, request->bytes + 4, at - 4, digest);
    for (int i = 0; i < SHA1_SIZE; i++)
        differs |= digest[i] ^ request->bytes[at + 4 + i];
    return !differs;
}

static int stun_write_address(const struct sockaddr_storage *address, const uint8_t *transaction,
                              uint8_t *at)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    int is_v6 = address->ss_family == AF_INET6, size = is_v6 ? 16 : 4;
    const void *host = is_v6 ? (const void *)&((const struct sockaddr_in6 *)address)->sin6_addr
                             : (const void *)&v4->sin_addr;
    put16(at, STUN_XOR_ADDRESS);
    put16(at + 2, (uint32_t)(4 + size));
    put16(at + 4, is_v6 ? 2 : 1);
    put16(at + 6, (uint32_t)(ntohs(v4->sin_port) ^ STUN_COOKIE >> 16)); /* of both kinds */
    memcpy(at + 8, host, (size_t)size);
    for (int i = 0; i < size; i++)
        at[8 + i] ^= transaction[i]; /* the cookie stands in front of its id */
    return 8 + size;
}

static int stun_write_error(int status, const char *reason, uint8_t *at)
{
    int size = (int)strlen(reason), padded = (size + 3) & ~3;
    put16(at, STUN_ERROR_CODE);
    put16(at + 2, (uint32_t)(4 + size));
    put32(at + 4, (uint32_t)(status / 100 << 8 | status % 100));
    memset(at + 8, 0, (size_t)padded);
    memcpy(at + 8, reason, (size_t)size);
    return 8 + padded;
}

/* Write the answer into STUN_ANSWER_SIZE octets; returns its size. */
static int stun_answer(const stun_request *request, const struct sockaddr_storage *from,
                       const uint8_t *password, int password_size, uint8_t *bytes)
{
    int at = STUN_HEADER;
    put16(bytes, request->is_controlled ? STUN_ERROR : STUN_SUCCESS);
    memcpy(bytes + 4, request->bytes + 4, STUN_HEADER - 4);
    if (request->is_controlled) /* two who want to be led: one of us is lite, so it is him to lead */
        at += stun_write_error(487, "Role Conflict", bytes + at);
    else
        at += stun_write_address(from, bytes + 4, bytes + at);
    put16(bytes + 2, (uint32_t)(at + STUN_INTEGRITY_SIZE - STUN_HEADER));
    put32(bytes + at, STUN_INTEGRITY << 16 | SHA1_SIZE);
    hmac_sha1(password, password_size, bytes, at, NULL, 0, bytes + at + 4);
    at += STUN_INTEGRITY_SIZE;
    put16(bytes + 2, (uint32_t)(at + STUN_FINGERPRINT_SIZE - STUN_HEADER));
    put32(bytes + at, (uint32_t)STUN_FINGERPRINT << 16 | 4);
    put32(bytes + at + 4, crc32_of(bytes, at) ^ STUN_FINGERPRINT_MASK);
    return at + STUN_FINGERPRINT_SIZE;
}

#endif
