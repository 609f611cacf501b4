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

/* Let one party see another's video, one way; shown < 0: nobody's. */
static void pump_show(pump *self, int watcher, int shown, int64_t picture_pause)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[watcher], *two = shown < 0 ? NULL : self->streams[shown];
    if (!two) {
        stream_stop_watching(one);
    } else if (one->watched != two) {
        stream_part(one);
        two->picture_pause = picture_pause;
        stream_watch_video(one, two);
    }
    pthread_mutex_unlock(&self->mutex);
}

#endif
