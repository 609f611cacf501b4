/* Commands about conferences, as those of commands.h. */
#ifndef SWITCHROOM_MIXING_COMMANDS_H
#define SWITCHROOM_MIXING_COMMANDS_H

#include "commands.h"

/* Returns the room's number, or -1 without memory. */
static int pump_open_mix(pump *self, int limit)
{
    mix *made = mix_new(limit);
    int at = 0;
    if (!made)
        return -1;
    pthread_mutex_lock(&self->mutex);
    while (at < self->mixes_room && self->mixes[at])
        at++;
    if (at == self->mixes_room) {
        int room = self->mixes_room ? 2 * self->mixes_room : 16;
        mix **mixes = realloc(self->mixes, (size_t)room * sizeof *mixes);
        if (mixes) {
            memset(mixes + self->mixes_room, 0,
                   (size_t)(room - self->mixes_room) * sizeof *mixes);
            self->mixes = mixes;
            self->mixes_room = room;
        } else {
            at = -1;
        }
    }
    if (at >= 0)
        self->mixes[at] = made;
    else
        mix_free(made);
    pthread_mutex_unlock(&self->mutex);
    return at;
}

/* Sockets of parties in a room are read at the tick, all at once: their audio waits for it anyway,
 * and nothing has to wake up for each packet. */
static int pump_join_mix(pump *self, int number, int slot, const seat_plan *plan)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    int was_seated = one->seat != NULL;
    stream_part(one);
    int failed = stream_join_mix(one, self->mixes[number], plan);
    if (!failed && !was_seated && one->rtp_socket >= 0)
        epoll_ctl(self->epoll, EPOLL_CTL_DEL, one->rtp_socket, NULL);
    pthread_mutex_unlock(&self->mutex);
    return failed;
}

static void pump_leave_mix(pump *self, int number, int slot)
{
    pthread_mutex_lock(&self->mutex);
    if (self->streams[slot]->seat && self->streams[slot]->seat->mix == self->mixes[number])
        pump_unseat(self, slot);
    pthread_mutex_unlock(&self->mutex);
}

/* Everybody in it leaves. */
static void pump_close_mix(pump *self, int number)
{
    pthread_mutex_lock(&self->mutex);
    mix *room = self->mixes[number];
    for (int slot = 0; room && slot < self->highest; slot++)
        if (self->streams[slot] && self->streams[slot]->seat
            && self->streams[slot]->seat->mix == room)
            pump_unseat(self, slot);
    self->mixes[number] = NULL;
    pthread_mutex_unlock(&self->mutex);
    if (room)
        mix_free(room);
}

/* Hertz, of its widest device. */
static int pump_mix_rate(pump *self, int number)
{
    pthread_mutex_lock(&self->mutex);
    int rate = self->mixes[number]->highest;
    pthread_mutex_unlock(&self->mutex);
    return rate;
}

#endif
