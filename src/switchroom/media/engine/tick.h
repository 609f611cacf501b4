/* The tick of a stream: first what every party said, then what every party is to hear. */
#ifndef SWITCHROOM_TICK_H
#define SWITCHROOM_TICK_H

#include "cleaning.h"
#include "comfort.h"
#include "disguise.h"
#include "framing.h"
#include "hearing.h"
#include "inband.h"
#include "keep_alive.h"
#include "piping.h"
#include "recording.h"
#include "rtcp.h"
#include "tone_watch.h"

/* What the party said in this tick; returns 0 when nothing was heard for a while. */
static int stream_decode(stream *self)
{
    if (is_coded(self))
        return self->coder && coder_get(self->coder, self->heard);
    return self->jitter && jitter_get(self->jitter, self->heard);
}

/* First half: what the party said. */
static void stream_listen(const stream_context *context, stream *self)
{
    int decoded = stream_is_decoded(self);
    if (self->pipe)
        pipe_listen(self);
    else if (self->feed)
        feed_listen(context, self);
    else
        self->is_heard = decoded && stream_decode(self);
    if (decoded && !self->pipe && !self->feed)
        stream_hear_comfort(self);
    stream_hear_tones(context, self);
    stream_clean_said(self);
    stream_disguise_said(self);
    if (self->is_heard)
        amplify(self->heard, self->gain_said);
    if (self->coder && self->is_heard)
        coder_amplify(self->coder->heard, self->coder->frame, self->gain_said, UNITY);
    if (self->coder && !decoded)
        coder_stop_hearing(self->coder);
    if (self->jitter && !decoded) {
        free(self->jitter);
        self->jitter = NULL;
    }
    if (self->key.code >= 0 && (context->tick - self->key.tick) * FRAME > context->settings.digit_lost)
        stream_key_up(context, self);
    uint64_t quiet = context->tick - self->heard_tick;
    if (self->plan.timeout && quiet >= self->plan.timeout
        && !self->timed_out) {
        self->timed_out = 1;
        stream_tell(context, self, RTP_TIMED_OUT, 0, (int64_t)(quiet * FRAME));
    }
    if (self->record.state != RECORDING_RUNS && !self->talk.enabled)
        return;
    int loudness = stream_loudness(self);
    if (self->record.state == RECORDING_RUNS)
        stream_record(context, self, loudness >= SILENCE_LEVEL);
    if (self->talk.enabled)
        stream_detect_talk(context, self, loudness >= self->talk.level);
}

static void stream_end_playback(const stream_context *context, stream *self, int how)
{
    self->sound = NULL;
    stream_tell(context, self, PLAYBACK_ENDED, self->playback, how);
}

static void stream_end_background(const stream_context *context, stream *self, int how)
{
    stream_tell(context, self, PLAYBACK_ENDED, self->background[self->background_first].number,
                how);
    self->background_first = (self->background_first + 1) % BACKGROUND_QUEUE;
    self->background_count--;
    self->background_at = 0;
}

static void stream_stop_background(const stream_context *context, stream *self)
{
    while (self->background_count)
        stream_end_background(context, self, END_STOPPED);
}

/* One sound follows the other without a gap, and a sound that loops itself. */
static void stream_add_background(const stream_context *context, stream *self, int16_t *frame)
{
    for (uint32_t done = 0; done < FRAME && self->background_count;) {
        const background_sound *sound = &self->background[self->background_first];
        uint32_t count = sound->size - self->background_at;
        if (count > FRAME - done)
            count = FRAME - done;
        add(frame + done, sound->samples + self->background_at, count);
        done += count;
        self->background_at += count;
        if (self->background_at < sound->size)
            return;
        self->background_at = 0;
        if (!sound->loops || self->background_count > 1)
            stream_end_background(context, self, END_FINISHED);
    }
}

/* Let one be heard as wide as he speaks, where the codecs of both are. */
static void stream_add_wide(stream *self, const stream *from)
{
    if (from->coder && from->coder->rate != RATE && stream_coder(self))
        coder_add(self->coder, from->heard, FRAME, from->coder->heard, from->coder->frame,
                  from->coder->rate);
}

static void stream_add_sound(stream *self, int16_t *frame)
{
    uint32_t left = self->sound_size - self->sound_at, count = left < FRAME ? left : FRAME;
    add(frame, self->sound + self->sound_at, count);
    if (self->wide_sound && stream_coder(self)) {
        uint32_t step = (uint32_t)self->wide_rate / 50, at = self->sound_at / FRAME * step;
        uint32_t wide = at < self->wide_size ? self->wide_size - at : 0;
        if (self->coder->rate == self->wide_rate)
            coder_add(self->coder, self->sound + self->sound_at, (int)count,
                      self->wide_sound + at, (int)(wide < step ? wide : step), self->wide_rate);
    }
    self->sound_at += FRAME;
}

/* The end of a conference that it left. */
static void stream_add_fading(stream *self, int16_t *frame)
{
    if (self->fading_rate == RATE)
        add(frame, self->fading, FRAME);
    else if (self->coder)
        coder_add(self->coder, frame, 0, self->fading, self->fading_rate / 50, self->fading_rate);
    free(self->fading);
    self->fading = NULL;
}

/* What the party is to hear; returns 0 when that is nothing. */
static int stream_mix(const stream_context *context, stream *self, int16_t *frame)
{
    int any = 0;
    memset(frame, 0, FRAME * sizeof *frame);
    if (self->coder)
        coder_clear(self->coder);
    if (self->background_count) { /* instead of the peer; a sound played meanwhile holds it up */
        if (!self->sound)
            stream_add_background(context, self, frame);
        any = 1;
    } else if (self->seat) {
        stream_add_room(self, context->tick, frame);
        any = 1; /* silence too: who hears nothing at all believes the call is dead */
    } else if (self->peer && self->peer->is_heard && !stream_can_relay(self->peer, self)) {
        add(frame, self->peer->heard, FRAME);
        stream_add_wide(self, self->peer);
        any = 1;
    }
    if (self->fading)
        stream_add_fading(self, frame);
    any = stream_add_spied(self, frame) || any;
    if (self->echo && self->is_heard) {
        add(frame, self->heard, FRAME);
        stream_add_wide(self, self);
        any = 1;
    }
    if (self->sound && !stream_waits(self)) {
        stream_add_sound(self, frame);
        any = 1;
        if (self->sound_at >= self->sound_size)
            stream_end_playback(context, self, END_FINISHED);
    }
    return any;
}

/* Put this tick's audio or digit into packets. */
static void stream_send_tick(stream *self, int16_t *frame, int any)
{
    if (!stream_waits(self))
        stream_next_digit(self);
    int digit = self->digit_code >= 0;
    if (!self->plan.sends) {
        if (digit)
            stream_finish_digit(self, 0); /* nobody may hear it */
        self->talking = self->packed = 0;
    } else if (digit && self->plan.event_type >= 0) {
        self->packed = 0;
        stream_send_event(self);
    } else if (digit) {
        stream_make_tone(self, frame);
        if (self->coder)
            coder_clear(self->coder);
        stream_send_frame(self, frame);
    } else if (any || self->packed || (self->digit_gap && self->plan.event_type < 0)) {
        stream_send_frame(self, frame); /* silence too: to fill a packet, or between two tones */
    } else if (!self->relaying) {
        if (self->talking && self->plan.comfort_type >= 0)
            stream_send_comfort(self);
        self->talking = 0;
    }
}

/* The packet that every silent listener of its conference gets; returns 0 when there is none. */
static int stream_send_shared(const stream_context *context, stream *self)
{
    shared_packet *packet = stream_shared(self, context->tick);
    if (!packet)
        return 0;
    if (stream_send(self, !self->talking, self->plan.payload_type, self->timestamp, packet->bytes,
                    RTP_HEADER + packet->size))
        self->talking = 1;
    return 1;
}

static void stream_end_tick(const stream_context *context, stream *self)
{
    stream_keep_alive(self);
    self->timestamp += (uint32_t)self->plan.clock / 50;
    if ((context->tick + self->id * 37) % context->settings.rtcp_ticks == 0)
        stream_send_rtcp(context, self, 0);
}

/* Second half: what the party hears. */
static void stream_speak(const stream_context *context, stream *self)
{
    int16_t frame[FRAME];
    if (self->seat && seat_follows_room(self) && stream_send_shared(context, self)) {
        stream_end_tick(context, self);
        return;
    }
    int relays = self->peer && stream_can_relay(self->peer, self);
    int any = stream_mix(context, self, frame);
    if (stream_is_watched(self)) {
        stream_watch(self, frame, any, relays && self->peer->is_heard ? self->peer->heard : NULL);
        stream_hear_watched(self);
    }
    any = stream_add_whispers(self, frame) || any;
    stream_clean_heard(self, frame, any);
    stream_disguise_heard(self, frame, any);
    amplify(frame, self->gain_heard);
    if (self->coder) {
        coder_amplify(self->coder->wide, self->coder->frame, self->gain_heard, UNITY);
        coder_amplify(self->coder->narrow, FRAME, self->gain_heard, UNITY);
    }
    if (self->feed) {
        feed_speak(self, frame, any);
        return;
    }
    if (self->rtp_socket < 0) {
        pipe_speak(self, frame, any);
        return;
    }
    if (self->relaying && !relays) {
        self->relaying = 0;
        stream_catch_up(self);
    }
    stream_send_tick(self, frame, any);
    stream_end_tick(context, self);
}

static void stream_free(stream *self)
{
    feed_free(self->feed);
    free(self->inband);
    free(self->jitter);
    free(self->fading);
    free(self->seat);
    free(self->ice);
    handshakes_clear(&self->handshakes);
    coder_free(self->coder);
    free(self->record.ring);
    stream_free_taps(self);
    stream_free_tone_watches(self);
    cleaning_free(self->cleaned[CLEAN_SAID]);
    cleaning_free(self->cleaned[CLEAN_HEARD]);
    disguise_free(self->disguised[CLEAN_SAID]);
    disguise_free(self->disguised[CLEAN_HEARD]);
    free(self);
}

#endif
