/* Addresses of either kind, IPv4 and IPv6. */
#ifndef SWITCHROOM_ADDRESS_H
#define SWITCHROOM_ADDRESS_H

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

/* The port stands at the same place in both kinds of address. */
static uint16_t port_of(const struct sockaddr_storage *address)
{
    return ntohs(((const struct sockaddr_in *)address)->sin_port);
}

static void set_port(struct sockaddr_storage *address, uint16_t port)
{
    ((struct sockaddr_in *)address)->sin_port = htons(port);
}

static int same_host(const struct sockaddr_storage *one, const struct sockaddr_storage *two)
{
    if (one->ss_family != two->ss_family)
        return 0;
    if (one->ss_family == AF_INET)
        return ((const struct sockaddr_in *)one)->sin_addr.s_addr
               == ((const struct sockaddr_in *)two)->sin_addr.s_addr;
    return !memcmp(&((const struct sockaddr_in6 *)one)->sin6_addr,
                   &((const struct sockaddr_in6 *)two)->sin6_addr, sizeof(struct in6_addr));
}

static int same_address(const struct sockaddr_storage *one, const struct sockaddr_storage *two)
{
    return port_of(one) == port_of(two) && same_host(one, two);
}

#endif
