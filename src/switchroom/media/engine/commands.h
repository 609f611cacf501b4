/* Commands to the engine from the control side's thread; each takes the mutex for itself. */
#ifndef SWITCHROOM_COMMANDS_H
#define SWITCHROOM_COMMANDS_H

#include "sockets.h"

/* opening and closing */

static int pump_slot(pump *self)
{
    for (int slot = 0; self->used < self->highest && slot < self->highest; slot++)
        if (!self->streams[slot])
            return slot;
    if (self->highest == self->slots) {
        int slots = self->slots ? 2 * self->slots : 64;
        stream **streams = realloc(self->streams, (size_t)slots * sizeof *streams);
        if (!streams)
            return -1;
        self->streams = streams;
        uint32_t *generations = realloc(self->generations, (size_t)slots * sizeof *generations);
        if (!generations)
            return -1;
        self->generations = generations;
        memset(streams + self->slots, 0, (size_t)(slots - self->slots) * sizeof *streams);
        memset(generations + self->slots, 0,
               (size_t)(slots - self->slots) * sizeof *generations);
        self->slots = slots;
    }
    return self->highest++;
}

/* Put a new stream into a free slot; under the mutex. Returns -1 without memory. */
static int pump_add(pump *self, const uint32_t *random)
{
    stream *one = calloc(1, sizeof *one);
    int slot = one ? pump_slot(self) : -1;
    if (slot < 0) {
        free(one);
        return -1;
    }
    one->id = ++self->next_id;
    one->context = &self->context;
    one->rtp_socket = one->rtcp_socket = -1;
    one->gain_said = one->gain_heard = UNITY;
    one->plan.rate = one->plan.clock = one->plan.event_clock = RATE;
    one->plan.comfort_type = -1;
    one->comfort_seed = random[1];
    one->key.code = one->digit_code = -1;
    one->round_trip = -1;
    one->ssrc = random[0];
    one->timestamp = random[1];
    one->sequence = (uint16_t)random[2];
    one->heard_tick = self->context.tick;
    self->streams[slot] = one;
    self->used++;
    return slot;
}

/* Have the sockets marked as the plan says. */
static void stream_mark(stream *self)
{
    const stream_plan *plan = &self->plan;
    mark_socket(self->rtp_socket, self->address.ss_family, plan->tos, plan->priority);
    mark_socket(self->rtcp_socket, self->address.ss_family, plan->tos, plan->priority);
}

static void stream_part(stream *one)
{
    if (one->peer) {
        one->peer->peer = NULL;
        one->peer = NULL;
    }
}

/* Take a stream out and free it; under the mutex. */
static void pump_remove(pump *self, int slot)
{
    stream *one = self->streams[slot];
    self->streams[slot] = NULL;
    self->generations[slot]++; /* events of its sockets that epoll has ready are nobody's */
    self->used--;
    while (self->highest && !self->streams[self->highest - 1])
        self->highest--;
    stream_part(one);
    stream_part_watchers(one);
    stream_leave_mix(one);
    stream_stop_spying(one);
    while (one->spies)
        stream_stop_spying(one->spies);
    if (one->pipe)
        one->pipe->pipe = NULL;
    stream_free(one);
}

/* Closing alone leaves a socket in the set as long as a child holds a copy of it. */
static void pump_close_socket(pump *self, int fd)
{
    epoll_ctl(self->epoll, EPOLL_CTL_DEL, fd, NULL);
    close(fd);
}

static int pump_watch_pair(pump *self, int slot, int rtp, int rtcp)
{
    uint64_t what = (uint64_t)self->generations[slot] << 32 | (uint64_t)slot << 1;
    return pump_watch(self, rtp, what) || pump_watch(self, rtcp, what | 1) ? -errno : 0;
}

/* Returns the slot, or the error as a negative number. */
static int pump_open_in(pump *self, port_range *range, const char *host, const stream_plan *plan,
                        const uint32_t *random, uint32_t *id, int *port)
{
    struct sockaddr_storage address;
    int size = read_address(host, 0, &address), rtp, rtcp, error = -ENOMEM;
    if (!size)
        return -EADDRNOTAVAIL;
    *port = bind_pair(&self->context.settings, range, &address, size, &rtp, &rtcp);
    if (*port < 0)
        return *port;
    pthread_mutex_lock(&self->mutex);
    int slot = pump_add(self, random);
    if (slot >= 0) {
        stream *one = self->streams[slot];
        one->address = address;
        one->plan = *plan;
        *id = one->id;
        if (!(error = pump_watch_pair(self, slot, rtp, rtcp))) {
            one->rtp_socket = rtp;
            one->rtcp_socket = rtcp;
            if (plan->tos || plan->priority)
                stream_mark(one);
        } else {
            pump_remove(self, slot);
        }
    }
    if (error) {
        pump_close_socket(self, rtp);
        pump_close_socket(self, rtcp);
    }
    pthread_mutex_unlock(&self->mutex);
    return error ? error : slot;
}

static int pump_open(pump *self, const char *host, const stream_plan *plan,
                     const uint32_t *random, uint32_t *id, int *port)
{
    return pump_open_in(self, &self->ports, host, plan, random, id, port);
}

static int pump_open_pipe(pump *self, const uint32_t *random, int *slots, uint32_t *ids)
{
    pthread_mutex_lock(&self->mutex);
    slots[0] = pump_add(self, random);
    slots[1] = slots[0] < 0 ? -1 : pump_add(self, random);
    if (slots[1] >= 0) {
        stream *one = self->streams[slots[0]], *two = self->streams[slots[1]];
        one->pipe = two;
        two->pipe = one;
        ids[0] = one->id;
        ids[1] = two->id;
    } else if (slots[0] >= 0) {
        pump_remove(self, slots[0]);
    }
    pthread_mutex_unlock(&self->mutex);
    return slots[1] < 0 ? -1 : 0;
}

static void pump_close(pump *self, int slot)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    if (one->rtp_socket >= 0) {
        self->context.now = monotonic_us();
        if (one->plan.carries == CARRIES_AUDIO)
            stream_send_rtcp(&self->context, one, 1);
        pump_close_socket(self, one->rtp_socket);
        pump_close_socket(self, one->rtcp_socket);
    }
    pump_remove(self, slot);
    pthread_mutex_unlock(&self->mutex);
}

/* what a stream does */

static void pump_connect(pump *self, int first, int second, int join)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[first], *two = self->streams[second];
    if (join) {
        stream_part(one);
        stream_part(two);
        stream_part_watchers(one);
        stream_part_watchers(two);
        pump_unseat(self, first);
        pump_unseat(self, second);
        stream_stop_background(&self->context, one);
        stream_stop_background(&self->context, two);
        pump_notify(self);
        one->peer = two;
        two->peer = one;
        stream_ask_picture(one);
        stream_ask_picture(two);
    } else if (one->peer == two) {
        stream_part(one);
    }
    pthread_mutex_unlock(&self->mutex);
}

static int pump_is_connected(pump *self, int slot)
{
    pthread_mutex_lock(&self->mutex);
    int connected = self->streams[slot]->peer || self->streams[slot]->seat;
    pthread_mutex_unlock(&self->mutex);
    return connected;
}

static void pump_update(pump *self, int slot, const stream_plan *plan)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    int moved = plan->remote_size != one->plan.remote_size
                || memcmp(&plan->remote, &one->plan.remote, plan->remote_size);
    if (moved)
        stream_loosen(one);
    if (moved && one->plan.remote_size && !one->ice)
        one->learned_size = 0; /* the party announced another address: learn anew */
    if (plan->codec != one->plan.codec || plan->rate != one->plan.rate)
        stream_drop_coder(one);
    int is_marked_anew = plan->tos != one->plan.tos || plan->priority != one->plan.priority;
    one->plan = *plan;
    if (is_marked_anew)
        stream_mark(one);
    stream_set_terms(one);
    if (one->seat)
        stream_change_seat(one);
    one->packed = 0;
    one->heard_tick = self->context.tick;
    one->timed_out = 0;
    one->skips = 1;
    pthread_mutex_unlock(&self->mutex);
}

/* The sound at 8,000 Hz and, where wide is not NULL, at another rate as well.
 * Samples stay the caller's until PLAYBACK_ENDED was told, or the stream is closed. */
static void pump_play(pump *self, int slot, const int16_t *samples, uint32_t count,
                      const int16_t *wide, uint32_t wide_count, int wide_rate, int64_t number)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    if (one->sound)
        stream_end_playback(&self->context, one, END_STOPPED);
    one->sound = samples;
    one->sound_size = count;
    one->wide_sound = wide;
    one->wide_size = wide_count;
    one->wide_rate = wide_rate;
    one->sound_at = 0;
    one->playback = number;
    pump_notify(self);
    pthread_mutex_unlock(&self->mutex);
}

/* Stop one playback, or with 0 whichever runs. */
static void pump_stop_playback(pump *self, int slot, int64_t number)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    if (one->sound && (!number || one->playback == number))
        stream_end_playback(&self->context, one, END_STOPPED);
    pump_notify(self);
    pthread_mutex_unlock(&self->mutex);
}

/* Queue a sound behind those of the background. Samples stay the caller's as those of pump_play().
 * Returns 0 when too many wait. */
static int pump_play_background(pump *self, int slot, const int16_t *samples, uint32_t count,
                                int64_t number, int loops)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    int room = one->background_count < BACKGROUND_QUEUE;
    if (room)
        one->background[(one->background_first + one->background_count++) % BACKGROUND_QUEUE] =
            (background_sound){samples, count, number, loops};
    pthread_mutex_unlock(&self->mutex);
    return room;
}

static void pump_stop_background(pump *self, int slot)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    stream_stop_background(&self->context, one);
    pump_notify(self);
    pthread_mutex_unlock(&self->mutex);
}

/* Returns 0 when it is no digit, or too many wait. */
static int pump_send_digit(pump *self, int slot, char digit, uint32_t duration)
{
    int code = event_of_digit(digit), queued = 1;
    if (code < 0)
        return 0;
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    if (one->rtp_socket >= 0)
        queued = stream_queue_digit(one, code, duration);
    else
        stream_pass_digit(&self->context, one, code, duration, MAX_PIPES);
    pump_notify(self);
    pthread_mutex_unlock(&self->mutex);
    return queued;
}

static void pump_set_echo(pump *self, int slot, int echo)
{
    pthread_mutex_lock(&self->mutex);
    self->streams[slot]->echo = echo;
    pthread_mutex_unlock(&self->mutex);
}

static void pump_keep_digits(pump *self, int slot, int keeps)
{
    pthread_mutex_lock(&self->mutex);
    self->streams[slot]->keeps_digits = keeps;
    pthread_mutex_unlock(&self->mutex);
}

static void pump_set_gains(pump *self, int slot, int said, int heard)
{
    pthread_mutex_lock(&self->mutex);
    self->streams[slot]->gain_said = said;
    self->streams[slot]->gain_heard = heard;
    pthread_mutex_unlock(&self->mutex);
}

/* Pauses shorter than max_pause samples end no talking. */
static void pump_detect_talk(pump *self, int slot, int enabled, uint32_t max_pause, int level)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    one->talk.enabled = enabled;
    one->talk.max_pause = max_pause;
    one->talk.level = level;
    if (!enabled)
        stream_end_talk(&self->context, one);
    pump_notify(self);
    pthread_mutex_unlock(&self->mutex);
}

/* recording */

static int pump_record(pump *self, int slot, int64_t number, uint32_t max_silence,
                       uint32_t max_length)
{
    int16_t *ring = malloc(RECORDING_SIZE * sizeof *ring);
    if (!ring)
        return -1;
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    free(one->record.ring);
    one->record = (recording){.ring = ring, .state = RECORDING_RUNS, .number = number,
                              .max_silence = max_silence, .max_length = max_length};
    pthread_mutex_unlock(&self->mutex);
    return 0;
}

/* How many samples wait to be drained. */
static int pump_recorded(pump *self, int slot)
{
    pthread_mutex_lock(&self->mutex);
    const recording *record = &self->streams[slot]->record;
    int count = (int)(record->head - record->tail);
    pthread_mutex_unlock(&self->mutex);
    return count;
}

/* Move what was recorded since the last call into samples; returns how many. */
static int pump_drain(pump *self, int slot, int16_t *samples, int room)
{
    pthread_mutex_lock(&self->mutex);
    int count = recording_take(&self->streams[slot]->record, samples, room);
    pthread_mutex_unlock(&self->mutex);
    return count;
}

/* No more samples come; what came before can still be drained. */
static void pump_stop_recording(pump *self, int slot)
{
    pthread_mutex_lock(&self->mutex);
    self->streams[slot]->record.state = RECORDING_NONE;
    pthread_mutex_unlock(&self->mutex);
}

/* Stop, and drop what was not drained. */
static void pump_forget_recording(pump *self, int slot)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    free(one->record.ring);
    one->record = (recording){.state = RECORDING_NONE};
    pthread_mutex_unlock(&self->mutex);
}

/* what the control side hears */

typedef struct {
    uint64_t packets_sent, packets_received, octets_sent, octets_received, packets_dropped;
    int64_t packets_lost;
    double jitter, round_trip;
} stream_counters;

static void pump_count(pump *self, int slot, stream_counters *counters)
{
    pthread_mutex_lock(&self->mutex);
    const stream *one = self->streams[slot];
    *counters = (stream_counters){
        one->packets_sent,    one->packets_received,
        one->octets_sent,     one->octets_received,
        one->packets_dropped, (int64_t)one->source.lost_before + source_lost(&one->source),
        (one->source.jitter >> 4) / (double)one->plan.clock, one->round_trip};
    pthread_mutex_unlock(&self->mutex);
}

/* Take up to room events; returns how many. */
static int pump_events(pump *self, media_event *events, int room)
{
    uint64_t ignored;
    pthread_mutex_lock(&self->mutex);
    int count = self->events_count < room ? self->events_count : room;
    self->events_count -= count;
    if (count) {
        memcpy(events, self->events, (size_t)count * sizeof *events);
        memmove(self->events, self->events + count,
                (size_t)self->events_count * sizeof *events);
    }
    if (!self->events_count && self->notified)
        self->notified = read(self->notify, &ignored, sizeof ignored) < 0;
    pthread_mutex_unlock(&self->mutex);
    return count;
}

#endif
