/* What counts for all streams; rtp.conf says it. */
#ifndef SWITCHROOM_SETTINGS_H
#define SWITCHROOM_SETTINGS_H

#include <stdint.h>

typedef struct {
    uint32_t rtcp_ticks;   /* between two reports */
    int learn_packets;     /* a source that sent this many is the party; until then the last is */
    int is_strict;         /* then nobody else is heard */
    uint32_t digit_lost;   /* samples without an update after which a key counts as up */
    int has_no_checksums;  /* of UDP, in what is sent */
} engine_settings;

static const engine_settings DEFAULT_SETTINGS = {250, 4, 1, 4000, 0};

#endif
