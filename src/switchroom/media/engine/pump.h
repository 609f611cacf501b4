/* The engine's thread: sockets by epoll, a tick every 20 ms, commands from outside under a mutex.
 *
 * The mutex inherits priority: a command that holds it never keeps the real-time thread waiting
 * longer than the command lasts. Ticks give it back every few streams.
 */
#ifndef SWITCHROOM_PUMP_H
#define SWITCHROOM_PUMP_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "stream.h"

#define TICK_NS 20000000
#define BATCH 8          /* datagrams taken from a socket at once */
#define STREAMS_A_LOCK 64
#define MISSED_TICKS 5   /* made up for after a stall; more are skipped */
#define WAKE UINT64_MAX
#define TIMER (UINT64_MAX - 1)

typedef struct {
    pthread_mutex_t mutex;
    int epoll, timer, wake, notify; /* notify: readable while events wait */
    volatile int stopping;
    stream **streams;    /* by slot; NULL: free */
    uint32_t *generations;
    int slots, used, highest;
    uint32_t next_id;
    int first_port, last_port, next_port;
    stream_context context;
    media_event *events;
    int events_count, events_room, notified;
    uint64_t ticks, ticks_late;
} pump;

static int64_t monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void pump_tell(void *engine, const media_event *event)
{
    pump *self = engine;
    if (self->events_count == self->events_room) {
        int room = self->events_room ? 2 * self->events_room : 256;
        media_event *events = realloc(self->events, (size_t)room * sizeof *events);
        if (!events)
            return;
        self->events = events;
        self->events_room = room;
    }
    self->events[self->events_count++] = *event;
}

/* Make the control side look, once for all events that wait. Under the mutex. */
static void pump_notify(pump *self)
{
    uint64_t one = 1;
    if (self->events_count && !self->notified)
        self->notified = write(self->notify, &one, sizeof one) == sizeof one;
}

static int pump_watch(pump *self, int fd, uint64_t what)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = what};
    return epoll_ctl(self->epoll, EPOLL_CTL_ADD, fd, &event);
}

static void pump_free(pump *self)
{
    for (int slot = 0; slot < self->highest; slot++)
        if (self->streams[slot])
            stream_free(self->streams[slot]);
    close(self->epoll);
    close(self->timer);
    close(self->wake);
    close(self->notify);
    pthread_mutex_destroy(&self->mutex);
    free(self->streams);
    free(self->generations);
    free(self->events);
    free(self);
}

/* Returns NULL when the system gives no more descriptors or memory. */
static pump *pump_new(int first_port, int last_port, uint32_t seed)
{
    pump *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    g711_init();
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(&self->mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    self->first_port = (first_port + 1) & ~1;
    self->last_port = last_port;
    int pairs = (last_port - self->first_port + 1) / 2;
    self->next_port = pairs > 0 ? (int)(seed % (uint32_t)pairs) : 0;
    self->context.tell = pump_tell;
    self->context.engine = self;
    self->epoll = epoll_create1(EPOLL_CLOEXEC);
    self->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    self->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    self->notify = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    struct itimerspec every = {{0, TICK_NS}, {0, TICK_NS}};
    if (self->epoll < 0 || self->timer < 0 || self->wake < 0 || self->notify < 0
        || timerfd_settime(self->timer, 0, &every, NULL) || pump_watch(self, self->timer, TIMER)
        || pump_watch(self, self->wake, WAKE)) {
        pump_free(self);
        return NULL;
    }
    return self;
}

/* the thread */

static void pump_tick(pump *self)
{
    self->context.tick++;
    for (int half = 0; half < 2; half++) {
        for (int slot = 0; slot < self->highest; slot++) {
            stream *one = self->streams[slot];
            if (one)
                (half ? stream_speak : stream_listen)(&self->context, one);
            if (slot % STREAMS_A_LOCK == STREAMS_A_LOCK - 1) {
                pthread_mutex_unlock(&self->mutex);
                pthread_mutex_lock(&self->mutex);
            }
        }
    }
}

static void pump_run_timer(pump *self)
{
    uint64_t expired = 0;
    if (read(self->timer, &expired, sizeof expired) != sizeof expired)
        return;
    self->ticks += expired;
    self->ticks_late += expired - 1;
    for (uint64_t i = 0; i < expired && i < MISSED_TICKS; i++)
        pump_tick(self);
}

static void pump_receive(pump *self, int slot, int is_rtcp)
{
    uint8_t bytes[BATCH][2048];
    struct sockaddr_storage from[BATCH];
    struct iovec parts[BATCH];
    struct mmsghdr messages[BATCH];
    stream *one = self->streams[slot];
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){bytes[i], sizeof bytes[i]};
        messages[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                              .msg_namelen = sizeof from[i],
                                              .msg_iov = &parts[i],
                                              .msg_iovlen = 1};
    }
    int fd = is_rtcp ? one->rtcp_socket : one->rtp_socket;
    int count = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++) {
        int size = (int)messages[i].msg_len;
        if (is_rtcp)
            stream_receive_rtcp(&self->context, one, bytes[i], size, &from[i]);
        else
            stream_receive(&self->context, one, bytes[i], size, &from[i],
                           messages[i].msg_hdr.msg_namelen);
    }
}

/* Serve until pump_stop(); to be called in a thread of its own, without the GIL. */
static void pump_run(pump *self)
{
    struct epoll_event ready[64];
    while (!self->stopping) {
        int count = epoll_wait(self->epoll, ready, 64, -1);
        pthread_mutex_lock(&self->mutex);
        self->context.now = monotonic_us();
        for (int i = 0; i < count; i++) {
            uint64_t what = ready[i].data.u64;
            int slot = (int)((what & 0xffffffff) >> 1);
            if (what == TIMER)
                pump_run_timer(self);
            else if (what != WAKE && self->streams[slot]
                     && self->generations[slot] == (uint32_t)(what >> 32))
                pump_receive(self, slot, (int)(what & 1));
        }
        pump_notify(self);
        pthread_mutex_unlock(&self->mutex);
    }
}

/* Ask for SCHED_RR for the calling thread; returns 0 when the system allows it. */
static int pump_make_realtime(int priority)
{
    struct sched_param parameters = {.sched_priority = priority};
    return pthread_setschedparam(pthread_self(), SCHED_RR, &parameters);
}

static void pump_stop(pump *self)
{
    uint64_t one = 1;
    self->stopping = 1;
    if (write(self->wake, &one, sizeof one) != sizeof one)
        self->stopping = 1; /* the tick wakes it up soon enough */
}

/* commands; each takes the mutex for itself */

static int read_address(const char *host, int port, struct sockaddr_storage *address)
{
    memset(address, 0, sizeof *address);
    struct sockaddr_in *v4 = (struct sockaddr_in *)address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        return sizeof *v4;
    }
    if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        return sizeof *v6;
    }
    return 0;
}

static int bind_socket(struct sockaddr_storage *address, int size, int port)
{
    int fd = socket(address->ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    set_port(address, (uint16_t)port);
    if (fd >= 0 && bind(fd, (struct sockaddr *)address, (socklen_t)size)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* An even port for RTP and the next for RTCP; returns the RTP port, 0 when none is free. */
static int bind_pair(pump *self, struct sockaddr_storage *address, int size, int *rtp, int *rtcp)
{
    int pairs = (self->last_port - self->first_port + 1) / 2;
    for (int tries = 0; tries < pairs; tries++) {
        int port = self->first_port + 2 * (self->next_port++ % pairs);
        self->next_port %= pairs;
        if ((*rtp = bind_socket(address, size, port)) < 0)
            continue;
        if ((*rtcp = bind_socket(address, size, port + 1)) >= 0) {
            set_port(address, (uint16_t)port);
            return port;
        }
        close(*rtp);
    }
    return 0;
}

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

static stream *stream_new(uint32_t id, const uint32_t *random)
{
    stream *one = calloc(1, sizeof *one);
    if (!one)
        return NULL;
    one->id = id;
    one->rtp_socket = one->rtcp_socket = -1;
    one->event_code = one->digit_code = -1;
    one->round_trip = -1;
    one->ssrc = random[0];
    one->timestamp = random[1];
    one->sequence = (uint16_t)random[2];
    return one;
}

/* Put a stream into a free slot; under the mutex. Returns -1 without memory. */
static int pump_add(pump *self, stream *one)
{
    int slot = pump_slot(self);
    if (slot >= 0) {
        self->streams[slot] = one;
        self->used++;
    }
    return slot;
}

/* Returns the slot; -1: no free port, -2: no memory or no address. */
static int pump_open(pump *self, const char *host, const stream_plan *plan,
                     const uint32_t *random, uint32_t *id, int *port)
{
    struct sockaddr_storage address;
    int size = read_address(host, 0, &address), rtp, rtcp, slot = -2;
    if (!size)
        return -2;
    pthread_mutex_lock(&self->mutex);
    if (!(*port = bind_pair(self, &address, size, &rtp, &rtcp))) {
        pthread_mutex_unlock(&self->mutex);
        return -1;
    }
    stream *one = stream_new(*id = ++self->next_id, random);
    if (one && (slot = pump_add(self, one)) >= 0) {
        one->address = address;
        one->rtp_socket = rtp;
        one->rtcp_socket = rtcp;
        one->plan = *plan;
        uint64_t what = (uint64_t)self->generations[slot] << 32 | (uint64_t)slot << 1;
        pump_watch(self, rtp, what);
        pump_watch(self, rtcp, what | 1);
    } else {
        free(one);
        close(rtp);
        close(rtcp);
        slot = -2;
    }
    pthread_mutex_unlock(&self->mutex);
    return slot;
}

static int pump_open_pipe(pump *self, const uint32_t *random, int *slots, uint32_t *ids)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = stream_new(ids[0] = ++self->next_id, random);
    stream *two = stream_new(ids[1] = ++self->next_id, random);
    int made = one && two && (slots[0] = pump_add(self, one)) >= 0
               && (slots[1] = pump_add(self, two)) >= 0;
    if (made) {
        one->pipe = two;
        two->pipe = one;
    }
    pthread_mutex_unlock(&self->mutex);
    return made ? 0 : -1;
}

static void stream_part(stream *one)
{
    if (one->peer) {
        one->peer->peer = NULL;
        one->peer = NULL;
    }
}

static void pump_connect(pump *self, int first, int second, int join)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[first], *two = self->streams[second];
    if (join) {
        stream_part(one);
        stream_part(two);
        one->peer = two;
        two->peer = one;
    } else if (one->peer == two) {
        stream_part(one);
    }
    pthread_mutex_unlock(&self->mutex);
}

static void pump_close(pump *self, int slot)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    self->streams[slot] = NULL;
    self->generations[slot]++;
    self->used--;
    while (self->highest && !self->streams[self->highest - 1])
        self->highest--;
    stream_part(one);
    if (one->pipe)
        one->pipe->pipe = NULL;
    if (one->rtp_socket >= 0) {
        self->context.now = monotonic_us();
        stream_send_rtcp(&self->context, one, 1);
        close(one->rtp_socket); /* leaves the epoll set by itself */
        close(one->rtcp_socket);
    }
    pthread_mutex_unlock(&self->mutex);
    stream_free(one);
}

static void pump_update(pump *self, int slot, const stream_plan *plan)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    int moved = plan->remote_size != one->plan.remote_size
                || memcmp(&plan->remote, &one->plan.remote, plan->remote_size);
    if (moved && one->plan.remote_size)
        one->learned_size = 0; /* the party announced another address: learn anew */
    one->plan = *plan;
    one->packed = 0;
    pthread_mutex_unlock(&self->mutex);
}

/* Samples stay the caller's until PLAYBACK_ENDED was told, or the stream is closed. */
static void pump_play(pump *self, int slot, const int16_t *samples, uint32_t count, int64_t id)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    if (one->sound)
        stream_end_playback(&self->context, one, END_STOPPED);
    if (samples && count) {
        one->sound = samples;
        one->sound_size = count;
        one->sound_at = 0;
        one->playback = id;
    }
    pump_notify(self);
    pthread_mutex_unlock(&self->mutex);
}

static int pump_send_digit(pump *self, int slot, char digit, uint32_t duration)
{
    int code = event_of_digit(digit), queued = 1;
    if (code < 0)
        return 0;
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    if (one->pipe)
        stream_pass_digit(&self->context, one, code, duration, MAX_PIPES);
    else
        queued = stream_queue_digit(one, code, duration);
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

/* Pauses shorter than max_pause samples end no talking. */
static void pump_detect_talk(pump *self, int slot, int enabled, uint32_t max_pause)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    one->talk.enabled = enabled;
    one->talk.max_pause = max_pause;
    if (!enabled)
        stream_end_talk(&self->context, one);
    pump_notify(self);
    pthread_mutex_unlock(&self->mutex);
}

static int pump_record(pump *self, int slot, uint32_t max_silence, uint32_t max_length)
{
    int16_t *ring = malloc(RECORDING_SIZE * sizeof *ring);
    if (!ring)
        return -1;
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    free(one->record.ring);
    one->record = (recording){.ring = ring, .state = RECORDING_RUNS, .max_silence = max_silence,
                              .max_length = max_length};
    pthread_mutex_unlock(&self->mutex);
    return 0;
}

/* Move what was recorded since the last call into samples; returns how many. */
static int pump_drain(pump *self, int slot, int16_t *samples, int room)
{
    int count = 0;
    pthread_mutex_lock(&self->mutex);
    recording *record = &self->streams[slot]->record;
    while (record->ring && record->tail != record->head && count < room)
        samples[count++] = record->ring[record->tail++ & (RECORDING_SIZE - 1)];
    pthread_mutex_unlock(&self->mutex);
    return count;
}

static void pump_stop_recording(pump *self, int slot)
{
    pthread_mutex_lock(&self->mutex);
    self->streams[slot]->record.state = RECORDING_NONE;
    pthread_mutex_unlock(&self->mutex);
}

typedef struct {
    uint64_t packets_sent, packets_received, octets_sent, octets_received, packets_dropped;
    int64_t packets_lost;
    double jitter, round_trip;
} stream_counters;

static void pump_count(pump *self, int slot, stream_counters *counters)
{
    pthread_mutex_lock(&self->mutex);
    const stream *one = self->streams[slot];
    *counters = (stream_counters){one->packets_sent,     one->packets_received,
                                  one->octets_sent,      one->octets_received,
                                  one->packets_dropped,  source_lost(&one->source),
                                  (one->source.jitter >> 4) / (double)RATE, one->round_trip};
    pthread_mutex_unlock(&self->mutex);
}

/* Take up to room events; returns how many. */
static int pump_events(pump *self, media_event *events, int room)
{
    uint64_t ignored;
    pthread_mutex_lock(&self->mutex);
    int count = self->events_count < room ? self->events_count : room;
    memcpy(events, self->events, (size_t)count * sizeof *events);
    self->events_count -= count;
    memmove(self->events, self->events + count,
            (size_t)self->events_count * sizeof *events);
    if (!self->events_count && self->notified)
        self->notified = read(self->notify, &ignored, sizeof ignored) < 0;
    pthread_mutex_unlock(&self->mutex);
    return count;
}

#endif
