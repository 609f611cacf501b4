/* Addresses, and the sockets of streams: bound in pairs, marked for the network. */
#ifndef SWITCHROOM_SOCKETS_H
#define SWITCHROOM_SOCKETS_H

#include <arpa/inet.h>

#include "pump.h"

/* Returns the size of the address, 0 when host is none. */
static int read_address(const char *host, int port, struct sockaddr_storage *address)
{
    memset(address, 0, sizeof *address);
    struct sockaddr_in *v4 = (struct sockaddr_in *)address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        return sizeof *v4;
    }
    if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        return sizeof *v6;
    }
    return 0;
}

/* Returns the socket, or the error as a negative number. */
static int bind_socket(const engine_settings *settings, struct sockaddr_storage *address, int size,
                       int port)
{
    int fd = socket(address->ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int one = 1;
    if (settings->has_no_checksums) /* where the system knows it; with checksums it works as well */
        setsockopt(fd, SOL_SOCKET, SO_NO_CHECK, &one, sizeof one);
    set_port(address, (uint16_t)port);
    if (bind(fd, (struct sockaddr *)address, (socklen_t)size)) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

/* How the network is to treat what a socket sends. A system that does not take it sends as it is. */
static void mark_socket(int fd, int family, int tos, int priority)
{
    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &tos, sizeof tos);
    else
        setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
    if (priority) /* otherwise the system has chosen one that goes with the octet */
        setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &priority, sizeof priority);
}

/* An even port for RTP and the next for RTCP. Returns the RTP port, or the error as a negative
 * number: EADDRINUSE when no pair of the range is free. Without the mutex: it may take a while. */
static int bind_pair(const engine_settings *settings, port_range *range,
                     struct sockaddr_storage *address, int size, int *rtp, int *rtcp)
{
    int pairs = (range->last - range->first + 1) / 2;
    for (int tries = 0; tries < pairs; tries++) {
        int port = range->first + 2 * (range->next++ % pairs);
        range->next %= pairs;
        if ((*rtp = bind_socket(settings, address, size, port)) < 0) {
            if (*rtp != -EADDRINUSE && *rtp != -EACCES)
                return *rtp; /* no other port would help */
            continue;
        }
        if ((*rtcp = bind_socket(settings, address, size, port + 1)) >= 0) {
            set_port(address, (uint16_t)port);
            return port;
        }
        close(*rtp);
        if (*rtcp != -EADDRINUSE && *rtcp != -EACCES)
            return *rtcp;
    }
    return -EADDRINUSE;
}

#endif
