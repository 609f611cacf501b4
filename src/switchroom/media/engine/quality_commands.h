/* Commands about reports and how well streams are heard, as those of commands.h. */
#ifndef SWITCHROOM_QUALITY_COMMANDS_H
#define SWITCHROOM_QUALITY_COMMANDS_H

#include "pump.h"

static void pump_tell_reports(pump *self, int wanted)
{
    pthread_mutex_lock(&self->mutex);
    self->context.tells_reports = wanted;
    pthread_mutex_unlock(&self->mutex);
}

/* Work otherwise from the next packet on; what waits is given up. delay: samples. */
static void pump_buffer(pump *self, int slot, int buffering, int delay)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    one->buffering = buffering;
    one->buffer_delay = delay < JITTER_SIZE / 2 ? delay : JITTER_SIZE / 2;
    stream_set_delay(one);
    if (one->jitter)
        one->jitter->started = 0;
    if (one->coder)
        coder_stop_hearing(one->coder);
    pthread_mutex_unlock(&self->mutex);
}

static void pump_trace(pump *self, int wanted)
{
    pthread_mutex_lock(&self->mutex);
    self->context.traces = wanted;
    pthread_mutex_unlock(&self->mutex);
}

static void pump_configure(pump *self, const engine_settings *settings)
{
    pthread_mutex_lock(&self->mutex);
    self->context.settings = *settings;
    for (int slot = 0; slot < self->highest && !settings->is_strict; slot++)
        if (self->streams[slot])
            stream_loosen(self->streams[slot]);
    pthread_mutex_unlock(&self->mutex);
}

static void pump_quality(pump *self, int slot, stream_quality *quality, uint32_t *ours,
                         uint32_t *theirs)
{
    pthread_mutex_lock(&self->mutex);
    const stream *one = self->streams[slot];
    *quality = one->quality;
    *ours = one->ssrc;
    *theirs = one->source.ssrc;
    pthread_mutex_unlock(&self->mutex);
}

/* Whether nobody but the peer uses the stream's audio. */
static int pump_is_free(pump *self, int slot)
{
    pthread_mutex_lock(&self->mutex);
    const stream *one = self->streams[slot];
    int is_free = !stream_is_watched(one) && !one->spied && !one->seat && !one->sound
                  && !one->background_count && !one->talk.enabled && !one->echo
                  && one->record.state != RECORDING_RUNS && !one->plan.hears_tones
                  && !stream_is_altered(one, CLEAN_SAID) && !stream_is_altered(one, CLEAN_HEARD)
                  && one->buffering == BUFFER_AUTO && one->gain_said == UNITY && one->gain_heard == UNITY
                  && !stream_has_digit(one);
    pthread_mutex_unlock(&self->mutex);
    return is_free;
}

/* Where the stream sends to, written into host; returns the port, 0 while that is unknown. */
static int pump_target(pump *self, int slot, char *host, int room)
{
    socklen_t size;
    pthread_mutex_lock(&self->mutex);
    struct sockaddr_storage target = *stream_target(self->streams[slot], &size);
    pthread_mutex_unlock(&self->mutex);
    if (!size)
        return 0;
    const void *bytes = target.ss_family == AF_INET
                            ? (const void *)&((struct sockaddr_in *)&target)->sin_addr
                            : (const void *)&((struct sockaddr_in6 *)&target)->sin6_addr;
    return inet_ntop(target.ss_family, bytes, host, (socklen_t)room) ? port_of(&target) : 0;
}

#endif
