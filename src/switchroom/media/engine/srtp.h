/* SRTP (RFC 3711): packets are sealed and opened by libsrtp, whose functions are given at run time. */
#ifndef SWITCHROOM_SRTP_H
#define SWITCHROOM_SRTP_H

#include <stdint.h>

#define SRTP_TRAILER 160 /* octets that sealing may add: SRTP_MAX_SRTCP_TRAILER_LEN and some */

/* Works in place; 0 is success, and size then the new one. */
typedef int (*srtp_work)(void *context, void *packet, int *size);

typedef struct {
    srtp_work protect, unprotect, protect_rtcp, unprotect_rtcp;
} srtp_functions;

static srtp_functions srtp; /* set once, before the first context is made */

#endif
