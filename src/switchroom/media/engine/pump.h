/* The engine's thread: sockets by epoll, a tick every 20 ms; commands.h is what others may ask.
 *
 * The mutex inherits priority: a command that holds it never keeps the real-time thread waiting
 * longer than the command lasts. Ticks give it back every few streams.
 */
#ifndef SWITCHROOM_PUMP_H
#define SWITCHROOM_PUMP_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "passing.h"
#include "reaching.h"
#include "tick.h"

#define TICK_NS 20000000
#define BATCH 8          /* datagrams taken from a socket at once */
#define BATCHES 4        /* of them, in a tick: more waits for the next */
#define STREAMS_A_LOCK 64
#define MISSED_TICKS 5   /* made up for after a stall; more are skipped */
#define MAX_EVENTS 65536 /* that wait to be heard; keys that somebody floods us with are lost then */
#define WAKE UINT64_MAX
#define TIMER (UINT64_MAX - 1)

/* Even ones are for RTP, each with the next one for RTCP. */
typedef struct { int first, last, next; } port_range;

typedef struct {
    pthread_mutex_t mutex;
    int epoll, timer, wake, notify; /* notify: readable while events wait */
    volatile int stopping;
    stream **streams;    /* by slot; NULL: free */
    uint32_t *generations;
    int slots, used, highest;
    uint32_t next_id;
    port_range ports;
    stream_context context;
    media_event *events;
    int events_count, events_room, notified;
    uint64_t ticks, ticks_late;
    mix **mixes;         /* by number; NULL: free */
    int mixes_room;
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
    if (self->events_count >= MAX_EVENTS && event->kind <= DTMF_ENDED)
        return;
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

/* A stream leaves its conference: from now on its socket is watched again. */
static void pump_unseat(pump *self, int slot)
{
    stream *one = self->streams[slot];
    if (!one->seat)
        return;
    stream_leave_mix(one);
    if (one->rtp_socket >= 0)
        pump_watch(self, one->rtp_socket,
                   (uint64_t)self->generations[slot] << 32 | (uint64_t)slot << 1);
}

static void pump_free(pump *self)
{
    for (int slot = 0; slot < self->highest; slot++)
        if (self->streams[slot]) {
            if (self->streams[slot]->rtp_socket >= 0) {
                close(self->streams[slot]->rtp_socket);
                close(self->streams[slot]->rtcp_socket);
            }
            stream_free(self->streams[slot]);
        }
    for (int number = 0; number < self->mixes_room; number++)
        if (self->mixes[number])
            mix_free(self->mixes[number]);
    free(self->mixes);
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

static port_range range_of(int first, int last, uint32_t seed)
{
    first = (first + 1) & ~1;
    int pairs = (last - first + 1) / 2;
    return (port_range){first, last, pairs > 0 ? (int)(seed % (uint32_t)pairs) : 0};
}

/* Returns NULL when the system gives no more descriptors or memory. */
static pump *pump_new(int first_port, int last_port, uint32_t seed)
{
    pump *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    g711_init();
    key_detector_init();
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(&self->mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    self->ports = range_of(first_port, last_port, seed);
    self->context.settings = DEFAULT_SETTINGS;
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

/* A datagram, by its first octet (RFC 7983); returns 0 for one that is dropped here. */
static int pump_take(pump *self, stream *one, int is_rtcp, uint8_t *bytes, int size,
                     const struct sockaddr_storage *from, socklen_t from_size)
{
    if (one->ice && is_stun(bytes, size))
        return stream_receive_check(&self->context, one, is_rtcp, bytes, size, from, from_size);
    if (one->ice && !ice_is_nominated(one->ice, is_rtcp, from))
        return 0;
    if (one->plan.is_keyed_by_dtls && is_dtls(bytes, size))
        return stream_keep_handshake(&self->context, one, is_rtcp, bytes, size, from);
    if (one->plan.carries != CARRIES_AUDIO)
        return stream_pass(&self->context, one, is_rtcp, bytes, size, from, from_size);
    int reports = is_rtcp || (one->plan.is_muxed && is_rtcp_packet(bytes, size));
    if (!stream_unseal(one, reports, bytes, &size))
        return 0;
    if (reports)
        stream_receive_rtcp(&self->context, one, bytes, size, from);
    else
        stream_receive(&self->context, one, bytes, size, from, from_size);
    return 1;
}

/* Take what a socket has; returns how many datagrams those were, at most BATCH. */
static int pump_receive(pump *self, int slot, int is_rtcp)
{
    _Alignas(8) uint8_t bytes[BATCH][2048];
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
    for (int i = 0; i < count; i++)
        if (!pump_take(self, one, is_rtcp, bytes[i], (int)messages[i].msg_len, &from[i],
                       messages[i].msg_hdr.msg_namelen))
            one->packets_dropped++;
    return count;
}

/* Take one datagram of RTP, if there is one. */
static int pump_receive_one(pump *self, int slot)
{
    _Alignas(8) uint8_t bytes[2048];
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    stream *one = self->streams[slot];
    if (one->is_tied == TIED_EMPTY) { /* the kernel lets through nobody else */
        ssize_t count = recv(one->rtp_socket, bytes, sizeof bytes, MSG_DONTWAIT);
        if (count >= 0
            && !pump_take(self, one, 0, bytes, (int)count, &one->learned, one->learned_size))
            one->packets_dropped++;
        return count >= 0;
    }
    ssize_t count = recvfrom(one->rtp_socket, bytes, sizeof bytes, MSG_DONTWAIT,
                             (struct sockaddr *)&from, &size);
    if (count >= 0 && !pump_take(self, one, 0, bytes, (int)count, &from, size))
        one->packets_dropped++;
    return count >= 0;
}

/* Read the socket of who is in a conference, which is not watched. Who sent one packet for the last
 * tick has mostly sent one for this, too: then nothing more is asked for. */
static void pump_poll(pump *self, int slot)
{
    stream *one = self->streams[slot];
    seat *seat = one->seat;
    int was_tied = one->is_tied, count = BATCH;
    if (seat->polled == 1 && (self->context.tick + (uint64_t)slot) % 8) {
        seat->polled = pump_receive_one(self, slot);
        return;
    }
    seat->polled = 0;
    for (int i = 0; i < BATCHES && count == BATCH; i++) {
        count = pump_receive(self, slot, 0);
        seat->polled += count > 0 ? count : 0;
    }
    if (was_tied && one->is_tied && count < BATCH)
        one->is_tied = TIED_EMPTY;
}

/* What the party said. */
static void pump_listen(pump *self, int slot)
{
    stream *one = self->streams[slot];
    if (one->seat && one->rtp_socket >= 0)
        pump_poll(self, slot);
    stream_listen(&self->context, one);
}

static void pump_speak(pump *self, int slot) { stream_speak(&self->context, self->streams[slot]); }

static void pump_breathe(pump *self)
{
    pthread_mutex_unlock(&self->mutex);
    pthread_mutex_lock(&self->mutex);
}

/* By the time that one stream is done with, the next ones are in the cache. */
static void pump_fetch(const pump *self, int slot)
{
    if (slot + 2 < self->highest && self->streams[slot + 2])
        stream_fetch(self->streams[slot + 2]);
    if (slot + 1 < self->highest && self->streams[slot + 1])
        stream_fetch_more(self->streams[slot + 1]);
}

static void pump_for_each(pump *self, void (*work)(pump *self, int slot))
{
    for (int slot = 0; slot < self->highest; slot++) {
        pump_fetch(self, slot);
        if (self->streams[slot] && self->streams[slot]->plan.carries == CARRIES_AUDIO)
            work(self, slot);
        if (slot % STREAMS_A_LOCK == STREAMS_A_LOCK - 1)
            pump_breathe(self);
    }
}

static void pump_tick(pump *self)
{
    self->context.tick++;
    pump_for_each(self, pump_listen);
    for (int number = 0; number < self->mixes_room; number++)
        if (self->mixes[number])
            mix_sum(self->mixes[number], self->context.tick);
    pump_for_each(self, pump_speak);
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

/* Read the sockets that are ready; the timer and the wake-up are the caller's. Under the mutex. */
static void pump_read(pump *self, const struct epoll_event *ready, int count)
{
    for (int i = 0; i < count; i++) {
        uint64_t what = ready[i].data.u64;
        int slot = (int)((what & 0xffffffff) >> 1);
        if (what == TIMER)
            pump_run_timer(self);
        else if (what != WAKE && self->streams[slot]
                 && self->generations[slot] == (uint32_t)(what >> 32))
            pump_receive(self, slot, (int)(what & 1));
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
        pump_read(self, ready, count);
        pump_notify(self);
        pthread_mutex_unlock(&self->mutex);
    }
}

/* Instead of a thread: take what came, and let one tick pass. Time is what the caller says. */
static void pump_step(pump *self, int64_t now)
{
    struct epoll_event ready[64];
    struct itimerspec never = {{0, 0}, {0, 0}};
    timerfd_settime(self->timer, 0, &never, NULL);
    pthread_mutex_lock(&self->mutex);
    self->context.now = now;
    for (int count = 64; count == 64;) {
        count = epoll_wait(self->epoll, ready, 64, 0);
        pump_read(self, ready, count);
    }
    pump_tick(self);
    pump_notify(self);
    pthread_mutex_unlock(&self->mutex);
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

#endif
