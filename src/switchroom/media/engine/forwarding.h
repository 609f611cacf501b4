/* Packets that go on as they came: to whom, and by which payload type. */
#ifndef SWITCHROOM_FORWARDING_H
#define SWITCHROOM_FORWARDING_H

#include "hearing.h"
#include "rtcp.h"

enum { RTCP_FEEDBACK = 206, PICTURE_LOST = 1 };

static int passes(const stream *from, const stream *to)
{
    return to && from->plan.receives && to->plan.sends && from->plan.carries == to->plan.carries;
}

/* The payload type that the other party knows a codec by, NO_TYPE: it does not. */
static uint8_t type_for(const stream *from, const stream *to, uint8_t type)
{
    for (int codec = 0; codec < VIDEO_CODECS; codec++)
        if (from->plan.video_types[codec] == type)
            return to->plan.video_types[codec];
    return NO_TYPE;
}

static void pass_rtp(stream *to, const uint8_t *bytes, int size)
{
    socklen_t target_size;
    const struct sockaddr_storage *target = stream_target(to, &target_size);
    if (target_size
        && stream_put(to, to->rtp_socket, 0, bytes, size, target, target_size)) {
        to->packets_sent++;
        to->octets_sent += (uint64_t)(size - RTP_HEADER);
    }
}

static void pass_rtcp(const stream *to, const uint8_t *bytes, int size)
{
    socklen_t target_size;
    struct sockaddr_storage target = *stream_target(to, &target_size);
    if (!target_size)
        return;
    if (!to->plan.is_muxed)
        set_port(&target, (uint16_t)(port_of(&target) + 1));
    int fd = to->plan.is_muxed ? to->rtp_socket : to->rtcp_socket;
    stream_put(to, fd, 1, bytes, size, &target, target_size);
}

/* Ask the party for a whole picture: somebody begins to watch. */
static void stream_ask_picture(const stream *self)
{
    uint8_t bytes[12] = {0x80 | PICTURE_LOST, RTCP_FEEDBACK, 0, 2};
    if (self->plan.carries != CARRIES_VIDEO || !self->source.started)
        return;
    put32(bytes + 4, self->ssrc);
    put32(bytes + 8, self->source.ssrc);
    pass_rtcp(self, bytes, sizeof bytes);
}

#endif
