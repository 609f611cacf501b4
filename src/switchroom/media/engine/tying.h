/* Sockets that only one address is heard from: the kernel may know that too.
 *
 * A socket that is connected finds its way for all packets at once: to send one costs a seventh less. That
 * changes nothing where nobody else is heard anyway: the party sends from the address that was agreed, and
 * strictly so. When another one is agreed the socket is loosened first.
 */
#ifndef SWITCHROOM_TYING_H
#define SWITCHROOM_TYING_H

#include "stream.h"

/* It was heard from the address that was agreed. */
static void stream_tie(stream *self)
{
    if (self->plan.carries == CARRIES_AUDIO)
        self->is_tied = connect(self->rtp_socket, (const struct sockaddr *)&self->learned,
                                self->learned_size)
                            ? TIED_NOT
                            : TIED;
}

static void stream_loosen(stream *self)
{
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    if (self->is_tied)
        connect(self->rtp_socket, &nobody, sizeof nobody);
    self->is_tied = TIED_NOT;
}

#endif
