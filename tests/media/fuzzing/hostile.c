/* What may come from anybody, and commands in any order, against the native side under the sanitizers.
 *
 *     hostile SEED TICKS
 *
 * Each packet stands in memory of its own size, so that one octet too many is seen. Random numbers
 * decide all: for a while most is as it should be, then little is. A seed that fails fails again.
 */
#include "commands.h"

#include "feed_commands.h"
#include "listening_commands.h"
#include "mixing_commands.h"
#include "passing_commands.h"
#include "quality_commands.h"
#include "reaching_commands.h"

#include <stdio.h>

#define STREAMS 24
#define PHASE 300 /* ticks */
#define TAG 14    /* octets: of SRTCP, the longest */
#define LARGEST 2048
#define FIRST_PORT 47000

enum { AUDIO, BROWSER, VIDEO, DATAGRAMS, FEED, PIPE, KINDS };

typedef struct {
    int slot, kind, program;
    uint16_t sequence;
    uint32_t timestamp;
} opened;

static uint64_t state;
static pump *all;
static int rooms[2], mouth, party_port;
static int wildness; /* of a hundred */
static opened streams[STREAMS];
static int16_t sound[4000];
static uint8_t keys[2] = {1, 2};
static const ice_agent AGENT = {
    .ufrag = "ours", .password = "sesame", .remote = "theirs", .ufrag_size = 4, .password_size = 6};

static uint32_t chance(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}

static int below(int limit) { return (int)(chance() % (uint32_t)limit); }

/* Whether something is to be as it should not. */
static int is_wild(void) { return below(100) < wildness; }

static uint32_t boundary(void)
{
    static const uint32_t found[] = {0, 1, 127, 128, 160, 0x7fff, 0x8000, 0xffff, 0x10000,
                                     0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
    return below(2) ? found[below(13)] : chance();
}

/* packets */

static int write_media(uint8_t *bytes, opened *one)
{
    const stream_plan *plan = &all->streams[one->slot]->plan;
    one->sequence = (uint16_t)(is_wild() ? (int)boundary() : one->sequence + 1);
    one->timestamp = is_wild() ? boundary() : one->timestamp + (uint32_t)plan->clock / 50;
    int types[] = {plan->payload_type, plan->payload_type, plan->event_type & 127, 13, below(128)};
    int size = RTP_HEADER + (is_wild() ? below(1500) : plan->rate == 8000 ? FRAME : 640);
    for (int i = RTP_HEADER; i < size; i++)
        bytes[i] = (uint8_t)chance();
    if (!below(4))
        bytes[RTP_HEADER] = (uint8_t)below(20); /* a key */
    rtp_write(bytes, below(2), plan->carries ? 96 + below(3) : types[below(8) ? 0 : below(5)],
              one->sequence, one->timestamp, is_wild() ? boundary() : 7);
    if (is_wild())
        bytes[0] |= (uint8_t)below(64); /* padding, extension, contributors */
    if (is_wild() && size > 32)
        put16(bytes + RTP_HEADER + 2, below(2) ? (uint32_t)below(8) : boundary());
    if (is_wild())
        bytes[size - 1] = (uint8_t)below(below(2) ? 256 : 4);
    return size;
}

static int write_reports(uint8_t *bytes, const stream *to)
{
    int size = 0;
    for (int parts = 1 + below(4); parts && size < 1000; parts--) {
        int words = below(6) ? below(14) : (int)(boundary() & 0xffff), length = 4 + 4 * below(14);
        bytes[size] = (uint8_t)(0x80 | below(32));
        bytes[size + 1] = (uint8_t)(below(8) ? 200 + below(8) : below(256));
        put16(bytes + size + 2, below(3) ? (uint32_t)(length / 4 - 1) : (uint32_t)words);
        for (int i = 4; i < length; i += 4)
            put32(bytes + size + i, below(3) ? boundary() : to->ssrc);
        size += length;
    }
    return size;
}

static int write_check(uint8_t *bytes)
{
    int at = STUN_HEADER, name = below(8) ? 11 : below(64);
    put16(bytes, STUN_REQUEST);
    put32(bytes + 4, STUN_COOKIE);
    for (int i = 8; i < STUN_HEADER; i++)
        bytes[i] = (uint8_t)chance();
    put16(bytes + at, STUN_USERNAME);
    put16(bytes + at + 2, (uint32_t)name);
    memset(bytes + at + 4, 0, (size_t)(name + 3));
    memcpy(bytes + at + 4, "ours:theirs", name < 11 ? (size_t)name : 11);
    at += 4 + ((name + 3) & ~3);
    if (below(2)) {
        put32(bytes + at, (uint32_t)(below(4) ? STUN_USE_CANDIDATE : STUN_CONTROLLED) << 16);
        at += 4;
    }
    put16(bytes + 2, (uint32_t)(at + STUN_INTEGRITY_SIZE - STUN_HEADER));
    put32(bytes + at, (uint32_t)STUN_INTEGRITY << 16 | SHA1_SIZE);
    hmac_sha1(AGENT.password, AGENT.password_size, bytes, at, NULL, 0, bytes + at + 4);
    at += STUN_INTEGRITY_SIZE;
    put16(bytes + 2, (uint32_t)(at + STUN_FINGERPRINT_SIZE - STUN_HEADER));
    put32(bytes + at, (uint32_t)STUN_FINGERPRINT << 16 | 4u);
    put32(bytes + at + 4, crc32_of(bytes, at) ^ STUN_FINGERPRINT_MASK);
    return at + STUN_FINGERPRINT_SIZE;
}

static int write_noise(uint8_t *bytes)
{
    int size = below(below(2) ? 40 : LARGEST);
    for (int i = 0; i < size; i++)
        bytes[i] = (uint8_t)chance();
    return size;
}

static int write_packet(uint8_t *bytes, opened *one, int is_rtcp)
{
    int kind = is_wild() ? below(4) : is_rtcp;
    int size = kind == 0   ? write_media(bytes, one)
               : kind == 1 ? write_reports(bytes, all->streams[one->slot])
               : kind == 2 ? write_check(bytes)
                           : write_noise(bytes);
    for (int spoilt = is_wild() ? below(4) : 0; spoilt && size; spoilt--)
        bytes[below(size)] = (uint8_t)chance();
    return is_wild() ? below(size + 1) : size;
}

/* Over the network, from where the party is. */
static void send_to(const opened *one, const uint8_t *bytes, int size)
{
    const struct sockaddr_in *to = (const struct sockaddr_in *)&all->streams[one->slot]->address;
    if (sendto(mouth, bytes, (size_t)size, 0, (const struct sockaddr *)to, sizeof *to) < 0)
        abort();
}

static void receive(opened *one)
{
    uint8_t bytes[LARGEST + 64];
    stream *to = all->streams[one->slot];
    int is_rtcp = !below(10), size = write_packet(bytes, one, is_rtcp);
    struct sockaddr_storage from;
    if (!is_rtcp && below(2)) {
        send_to(one, bytes, size);
        return;
    }
    read_address(is_wild() ? "::1" : "127.0.0.1", party_port + (is_wild() ? below(3) : 0), &from);
    uint8_t *exact = malloc((size_t)(size ? size : 1));
    memcpy(exact, bytes, (size_t)size);
    pthread_mutex_lock(&all->mutex);
    pump_take(all, to, is_rtcp, exact, size, &from, sizeof from);
    pthread_mutex_unlock(&all->mutex);
    free(exact);
}

/* programs */

/* What a program sends: frames, mostly, in pieces. */
static void say(const opened *one)
{
    uint8_t bytes[5000];
    const feed *feed = all->streams[one->slot]->feed;
    int at = 0, size = is_wild() ? below(4000) : 2 * feed->frame;
    int length = is_wild() ? below(70000) : size;
    if (feed->framing == FRAMING_AUDIOSOCKET) {
        bytes[at++] = (uint8_t)(is_wild() ? below(32) : socket_type(feed->rate));
        put16(bytes + at, (uint32_t)length);
        at += 2;
    } else if (feed->framing != FRAMING_NONE) {
        bytes[at++] = (uint8_t)(is_wild() ? below(256) : 0x80 | (below(8) ? WS_BINARY : below(11)));
        bytes[at++] = (uint8_t)((feed->framing == FRAMING_WEBSOCKET ? 0x80 : 0) | 126);
        put16(bytes + at, (uint32_t)length);
        at += feed->framing == FRAMING_WEBSOCKET ? 6 : 2;
    }
    for (int i = at; i < at + size; i++)
        bytes[i] = (uint8_t)chance();
    size = is_wild() ? below(at + size + 1) : at + size;
    if (write(one->program, bytes, (size_t)size) < 0)
        return; /* full, or closed by the engine */
    ssize_t taken = 1;
    while (taken > 0 && below(8)) /* sometimes it does not listen */
        taken = recv(one->program, bytes, sizeof bytes, MSG_DONTWAIT);
}

/* Its descriptor comes later, with what was read of it already. */
static void attach(opened *one)
{
    static uint8_t first[20000];
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair))
        abort();
    one->program = pair[1];
    for (int i = 0; i < (int)sizeof first; i++)
        first[i] = (uint8_t)(i < 10 ? 0 : chance());
    first[0] = all->streams[one->slot]->feed->framing == FRAMING_AUDIOSOCKET ? 0x10 : 0x82;
    first[1] = all->streams[one->slot]->feed->framing == FRAMING_AUDIOSOCKET ? 0xff : 0xfe;
    first[2] = first[3] = 0x40;
    pump_attach_feed(all, one->slot, pair[0], first, below(100), first, below(sizeof first));
}

/* streams */

/* As libsrtp does, but that the key is a number: a packet grows by its tag, and shrinks again. */
static int seal(void *key, void *packet, int *size)
{
    memset((uint8_t *)packet + *size, *(uint8_t *)key, TAG);
    *size += TAG;
    return 0;
}

static int unseal(void *key, void *packet, int *size)
{
    if (*size < RTP_HEADER + TAG || ((uint8_t *)packet)[*size - 1] == *(uint8_t *)key)
        return 1;
    *size -= TAG;
    return 0;
}

static stream_plan some_plan(int kind)
{
    static const int codecs[][2] = {{CODEC_PCMU, 8000}, {CODEC_PCMA, 8000}, {CODEC_G722, 16000},
                                    {CODEC_LINEAR, 16000}, {CODEC_LINEAR, 24000}, {CODEC_LINEAR, 48000}};
    const int *codec = codecs[below(6)];
    stream_plan plan = {.codec = codec[0], .payload_type = codec[0] ? 97 : 0, .rate = codec[1],
                        .clock = codec[0] == CODEC_G722 ? 8000 : codec[1], .event_type = below(3) ? 101 : -1,
                        .event_clock = 8000, .comfort_type = below(2) ? 13 : -1, .symmetric = below(2),
                        .sends = below(8) > 0, .receives = below(8) > 0, .hears_tones = !below(6),
                        .packet_samples = codec[1] > 16000 ? 80 : 80 * (1 + below(2)),
                        .timeout = 50, .keep_alive = !below(3) * 5u, .is_muxed = below(2)};
    if (kind == VIDEO || kind == DATAGRAMS) {
        plan.carries = kind == VIDEO ? CARRIES_VIDEO : CARRIES_DATAGRAMS;
        plan.clock = 90000;
        memset(plan.video_types, NO_TYPE, sizeof plan.video_types);
        for (int i = 0; i < 3; i++)
            plan.video_types[i] = (uint8_t)(96 + (i + below(2)) % 3);
    }
    plan.is_keyed_by_dtls = plan.is_awaited = kind == BROWSER || (kind == VIDEO && below(2));
    plan.is_sealed = kind != DATAGRAMS && !below(3);
    if (plan.is_sealed && below(3)) {
        plan.seal = plan.seal_reports = &keys[0];
        plan.open = plan.open_reports = below(4) ? &keys[1] : NULL;
    }
    if (below(3))
        plan.remote_size = (socklen_t)read_address("127.0.0.1", party_port, &plan.remote);
    return plan;
}

static void open_feed(opened *one)
{
    static const int framings[] = {FRAMING_NONE, FRAMING_AUDIOSOCKET, FRAMING_WEBSOCKET,
                                   FRAMING_WEBSOCKET_CLIENT};
    static const int rates[] = {8000, 16000, 24000, 48000};
    uint32_t numbers[3] = {chance(), chance(), chance()}, id;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair))
        abort();
    feed_plan plan = {pair[0], framings[below(4)], CODEC_LINEAR, rates[below(4)]};
    if (!below(3)) {
        plan.codec = below(2) ? CODEC_PCMU : CODEC_G722;
        plan.rate = plan.codec == CODEC_PCMU ? 8000 : 16000;
    }
    one->program = pair[1];
    if (plan.framing != FRAMING_NONE && below(2)) {
        plan.fd = -1;
        close(pair[0]);
        close(pair[1]);
    }
    one->slot = pump_open_feed(all, &plan, numbers, &id);
    if (plan.fd < 0 && one->slot >= 0)
        attach(one);
}

static void open_one(opened *one)
{
    uint32_t numbers[3] = {chance(), chance(), chance()}, ids[2];
    int port = 0, slots[2];
    one->program = -1;
    if (one->kind == FEED) {
        open_feed(one);
    } else if (one->kind == PIPE) {
        opened *other = one + 1; /* its kind is KINDS: it is opened and closed with this one */
        pump_open_pipe(all, numbers, slots, ids);
        one->slot = slots[0];
        other->slot = slots[1];
        other->program = -1;
    } else {
        stream_plan plan = some_plan(one->kind);
        one->slot = pump_open(all, "127.0.0.1", &plan, numbers, ids, &port);
        if ((one->kind == BROWSER || (one->kind == VIDEO && below(2))) && one->slot >= 0)
            pump_set_ice(all, one->slot, &AGENT);
    }
    if (one->slot < 0)
        abort();
}

static void close_one(opened *one)
{
    pump_close(all, one->slot);
    if (one->kind == PIPE)
        pump_close(all, one[1].slot);
    if (one->program >= 0)
        close(one->program);
}

static int is_passed_on(const opened *one) { return one->kind == VIDEO || one->kind == DATAGRAMS; }

/* commands */

static void listen_in(const opened *one, const opened *other)
{
    static int64_t number;
    int16_t said[2000], heard[2000];
    uint32_t lost;
    switch (below(7)) {
    case 0: pump_spy(all, one->slot, other->slot, one == other ? 0 : below(16)); break;
    case 1: pump_add_tap(all, one->slot, ++number, below(2)); break;
    case 2: pump_tapped(all, one->slot, number, &lost); break;
    case 3: pump_drain_tap(all, one->slot, number, said, heard, 2000); break;
    case 4: pump_remove_tap(all, one->slot, number - below(3)); break;
    case 5: pump_record(all, one->slot, 1, 0, 0); break;
    default: pump_drain(all, one->slot, said, 2000);
    }
}

static void play(const opened *one)
{
    switch (below(5)) {
    case 0: pump_play(all, one->slot, sound, 1 + chance() % 4000, NULL, 0, 8000, 1); break;
    case 1: pump_play(all, one->slot, sound, 1000, sound, 1 + chance() % 4000, 16000, 1); break;
    case 2: pump_play_background(all, one->slot, sound, 1 + chance() % 4000, 1, below(2)); break;
    case 3: pump_stop_background(all, one->slot); break;
    default: pump_send_digit(all, one->slot, EVENT_DIGITS[below(16)], chance());
    }
}

static void seat_or_not(const opened *one)
{
    seat_plan plan = {.talks = below(4) > 0, .hears = below(4) > 0, .gain_talk = UNITY * below(3),
                      .gain_listen = UNITY * below(3), .drops_silence = below(2), .level = 256,
                      .pause = 2, .buffers = below(2)};
    int room = below(2);
    if (below(4))
        pump_join_mix(all, rooms[room], one->slot, &plan);
    else if (below(4))
        pump_leave_mix(all, rooms[room], one->slot);
    else {
        pump_close_mix(all, rooms[room]);
        rooms[room] = pump_open_mix(all, 8000 << below(3));
    }
}

static void settle(const opened *one)
{
    switch (below(5)) {
    case 0: pump_set_gains(all, one->slot, UNITY * below(4), UNITY * below(4)); break;
    case 1: pump_set_echo(all, one->slot, below(2)); break;
    case 2: pump_buffer(all, one->slot, below(3), below(8000)); break;
    case 3: pump_detect_talk(all, one->slot, below(2), 4000, 256); break;
    default:
        if (one->kind < FEED) {
            stream_plan plan = some_plan(one->kind);
            pump_update(all, one->slot, &plan);
        }
    }
}

static void steer(const opened *one)
{
    feed *feed = all->streams[one->slot]->feed;
    switch (below(6)) {
    case 0: pump_mark_feed(all, one->slot, feed->put - chance() % 3 * 80, 1); break;
    case 1: pump_tell_drained(all, one->slot); break;
    case 2: pump_flush_feed(all, one->slot, below(2) ? feed->put : boundary()); break;
    case 3: pump_pause_feed(all, one->slot, below(2)); break;
    case 4: pump_press_for_feed(all, one->slot, EVENT_DIGITS[below(16)], chance()); break;
    default: pump_direct_feed(all, one->slot, below(4) > 0, below(4) > 0);
    }
}

static void command(opened *one, opened *other)
{
    int are_alike = one->kind == other->kind || !(is_passed_on(one) || is_passed_on(other));
    if (one->kind == FEED && below(2)) {
        steer(one);
    } else if (!below(6) && one->kind < KINDS) {
        close_one(one);
        open_one(one);
    } else if (are_alike && one != other && below(2)) {
        pump_connect(all, one->slot, other->slot, below(3));
    } else if (is_passed_on(one)) {
        if (one->kind == VIDEO && other->kind == VIDEO && one != other)
            pump_show(all, one->slot, below(4) ? other->slot : -1, 0);
    } else if (!is_passed_on(other)) {
        void (*const some[])(const opened *) = {play, seat_or_not, settle};
        int which = below(4);
        which < 3 ? some[which](one) : listen_in(one, other);
    }
}

static void hear(void)
{
    media_event events[64];
    while (pump_events(all, events, 64) == 64)
        ;
    for (handshake *one; (one = pump_take_handshake(all, streams[1].slot)); free(one))
        ;
    for (int i = 0; i < STREAMS; i++)
        for (feed_message *one; streams[i].kind == FEED && (one = pump_take_message(all, streams[i].slot));
             free(one))
            ;
}

/* For a while all is as it should be, or not so. Programs that were sent away come again. */
static void begin_phase(void)
{
    wildness = below(3) ? below(3) : below(60);
    for (int i = 0; i < STREAMS; i++)
        if (streams[i].kind == FEED) {
            close_one(&streams[i]);
            open_one(&streams[i]);
        }
}

/* One tick: something comes for most streams, and now and then something else is wanted of one. */
static void live(int64_t tick)
{
    for (int i = 0; i < STREAMS; i++)
        for (int more = is_wild() ? below(6) : 1; more; more--) {
            if (streams[i].program >= 0)
                say(&streams[i]);
            else if (streams[i].kind < FEED)
                receive(&streams[i]);
        }
    if (!below(20) || is_wild())
        command(&streams[below(STREAMS)], &streams[below(STREAMS)]);
    pump_step(all, tick * 20000);
    hear();
}

static int open_mouth(void)
{
    struct sockaddr_storage own;
    socklen_t size = (socklen_t)read_address("127.0.0.1", 0, &own);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (bind(fd, (struct sockaddr *)&own, size) || getsockname(fd, (struct sockaddr *)&own, &size))
        return -1;
    party_port = port_of(&own);
    return fd;
}

int main(int count, char **words)
{
    static const int kinds[STREAMS] = {AUDIO, BROWSER, AUDIO, AUDIO, AUDIO, AUDIO, AUDIO, AUDIO,
                                       BROWSER, VIDEO, VIDEO, VIDEO, VIDEO, DATAGRAMS, DATAGRAMS, FEED,
                                       FEED, FEED, FEED, FEED, PIPE, KINDS, PIPE, KINDS};
    if (count != 3)
        return 2;
    srtp = (srtp_functions){seal, unseal, seal, unseal};
    state = strtoull(words[1], NULL, 10);
    all = pump_new(FIRST_PORT, FIRST_PORT + 998, chance());
    if (!all || (mouth = open_mouth()) < 0)
        return 3;
    for (int i = 0; i < 4000; i++)
        sound[i] = (int16_t)chance();
    for (int i = 0; i < 2; i++)
        rooms[i] = pump_open_mix(all, 8000 << below(3));
    for (int i = 0; i < STREAMS; i++)
        streams[i].kind = kinds[i];
    for (int i = 0; i < STREAMS; i++)
        if (streams[i].kind < KINDS)
            open_one(&streams[i]);
    for (int64_t tick = 1; tick <= atoll(words[2]); tick++) {
        if (tick % PHASE == 1)
            begin_phase();
        live(tick);
    }
    for (int i = 0; i < STREAMS; i++)
        if (streams[i].kind < KINDS)
            close_one(&streams[i]);
    pump_free(all);
    printf("%s ticks\n", words[2]);
    return 0;
}
