/* An ICE-lite agent (RFC 8445): it answers checks, and has audio from and for nominated pairs only. */
#ifndef SWITCHROOM_ICE_H
#define SWITCHROOM_ICE_H

#include "address.h"
#include "stun.h"

#define ICE_UFRAG 64      /* octets, of ours */
#define ICE_PASSWORD 64   /* octets, of ours: a block of the hash */
#define ICE_REMOTE 256    /* octets, of theirs (RFC 8839 section 5.4) */
#define ICE_COMPONENTS 2  /* RTP, RTCP */
#define ICE_PAIRS 4       /* nominated ones that count, the newest; a peer may name several */

typedef struct {
    struct sockaddr_storage address;
    socklen_t size;
} ice_pair;

typedef struct {
    uint8_t ufrag[ICE_UFRAG], password[ICE_PASSWORD], remote[ICE_REMOTE];
    int ufrag_size, password_size;
    int remote_size; /* 0: their description did not come yet */
    ice_pair pairs[ICE_COMPONENTS][ICE_PAIRS]; /* the last nominated first */
} ice_agent;

/* Whether packets from there are the party's. */
static int ice_is_nominated(const ice_agent *self, int component,
                            const struct sockaddr_storage *from)
{
    for (int i = 0; i < ICE_PAIRS; i++)
        if (self->pairs[component][i].size
            && same_address(&self->pairs[component][i].address, from))
            return 1;
    return 0;
}

/* Returns 1 for the first one of its component. */
static int ice_nominate(ice_agent *self, int component, const struct sockaddr_storage *from,
                        socklen_t size)
{
    ice_pair *pairs = self->pairs[component];
    int is_first = !pairs[0].size, at = 0;
    while (at < ICE_PAIRS - 1 && pairs[at].size && !same_address(&pairs[at].address, from))
        at++;
    memmove(pairs + 1, pairs, (size_t)at * sizeof *pairs);
    pairs[0] = (ice_pair){*from, size};
    return is_first;
}

/* Whether a check is meant for us, by its USERNAME: our name, a colon, theirs. */
static int ice_is_meant(const ice_agent *self, const stun_request *request)
{
    int own = self->ufrag_size, rest = request->username_size - own - 1;
    return rest >= 0 && !memcmp(request->username, self->ufrag, (size_t)own)
           && request->username[own] == ':'
           && (!self->remote_size
               || (rest == self->remote_size
                   && !memcmp(request->username + own + 1, self->remote, (size_t)rest)));
}

/* Read a check; returns 0 for what is none, or does not know our password: nobody answers that. */
static int ice_read(const ice_agent *self, const uint8_t *bytes, int size, stun_request *request)
{
    return stun_read(bytes, size, request) && ice_is_meant(self, request)
           && stun_is_authentic(request, self->password, self->password_size);
}

#endif
