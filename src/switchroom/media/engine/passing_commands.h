/* Commands about streams that are passed on as they come, as those of commands.h. */
#ifndef SWITCHROOM_PASSING_COMMANDS_H
#define SWITCHROOM_PASSING_COMMANDS_H

#include "commands.h"

/* As pump_open(), in a range of its own. */
static int pump_open_between(pump *self, int first_port, int last_port, const char *host,
                             const stream_plan *plan, const uint32_t *random, uint32_t *id,
                             int *port)
{
    port_range range = range_of(first_port, last_port, random[0]);
    return pump_open_in(self, &range, host, plan, random, id, port);
}

#endif
