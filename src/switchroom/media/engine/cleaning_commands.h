/* The command about cleaning, as those of commands.h. */
#ifndef SWITCHROOM_CLEANING_COMMANDS_H
#define SWITCHROOM_CLEANING_COMMANDS_H

#include "pump.h"

/* Clean one direction from now on; neither: no longer. Returns -1 without memory. */
static int pump_clean(pump *self, int slot, int direction, int denoises, float level)
{
    cleaning *made = NULL;
    if (denoises || level > 0) {
        if (!(made = calloc(1, sizeof *made)))
            return -1;
        made->denoises = denoises;
        made->level = level;
        if (!(made->narrow = cleaning_open(made, RATE))) {
            free(made);
            return -1;
        }
    }
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    cleaning *before = one->cleaned[direction];
    one->cleaned[direction] = made;
    pthread_mutex_unlock(&self->mutex);
    cleaning_free(before);
    return 0;
}

#endif
