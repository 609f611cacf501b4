/* The command about disguises, as those of commands.h. */
#ifndef SWITCHROOM_DISGUISE_COMMANDS_H
#define SWITCHROOM_DISGUISE_COMMANDS_H

#include "pump.h"

/* Disguise one direction from now on; neither: no longer. Returns -1 without memory. */
static int pump_disguise(pump *self, int slot, int direction, int inverts, double pitch)
{
    disguise *made = NULL;
    if ((inverts || pitch != 1) && !(made = disguise_new(inverts, pitch)))
        return -1;
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    disguise *before = one->disguised[direction];
    one->disguised[direction] = made;
    pthread_mutex_unlock(&self->mutex);
    disguise_free(before);
    return 0;
}

#endif
