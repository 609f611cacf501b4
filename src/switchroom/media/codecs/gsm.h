/* GSM 06.10 full rate, by the system's libgsm: 33 octets are 160 samples at 8,000 Hz. */
#ifndef SWITCHROOM_GSM_H
#define SWITCHROOM_GSM_H

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define GSM_SAMPLES 160
#define GSM_OCTETS 33

static struct {
    void *(*create)(void);
    void (*destroy)(void *state);
    void (*encode)(void *state, int16_t *samples, uint8_t *bytes);
    int (*decode)(void *state, uint8_t *bytes, int16_t *samples);
} libgsm;

/* Returns 0 when the library has what is needed. */
static int gsm_load(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return -1;
    *(void **)&libgsm.create = dlsym(library, "gsm_create");
    *(void **)&libgsm.destroy = dlsym(library, "gsm_destroy");
    *(void **)&libgsm.encode = dlsym(library, "gsm_encode");
    *(void **)&libgsm.decode = dlsym(library, "gsm_decode");
    return libgsm.create && libgsm.destroy && libgsm.encode && libgsm.decode ? 0 : -1;
}

static void *gsm_open(int rate)
{
    (void)rate;
    return libgsm.create ? libgsm.create() : NULL;
}

static void gsm_close(void *state) { libgsm.destroy(state); }

static int gsm_encode_frames(void *encoder, const int16_t *samples, int count, uint8_t *bytes,
                             int room)
{
    int frames = count / GSM_SAMPLES;
    if (GSM_OCTETS * frames > room)
        return -1;
    for (int i = 0; i < frames; i++) {
        int16_t frame[GSM_SAMPLES]; /* the library does not promise to leave it as it is */
        memcpy(frame, samples + GSM_SAMPLES * i, sizeof frame);
        libgsm.encode(encoder, frame, bytes + GSM_OCTETS * i);
    }
    return GSM_OCTETS * frames;
}

typedef struct {
    void *state;
    uint8_t last[GSM_OCTETS];
    int may_repeat; /* last is a frame that was decoded, and not repeated yet */
} gsm_decoder;

static void gsm_close_decoder(void *decoder)
{
    libgsm.destroy(((gsm_decoder *)decoder)->state);
    free(decoder);
}

static void *gsm_open_decoder(int rate)
{
    gsm_decoder *self = calloc(1, sizeof *self);
    if (self && !(self->state = gsm_open(rate))) {
        free(self);
        return NULL;
    }
    return self;
}

static int gsm_decode_frames(void *decoder, const uint8_t *bytes, int size, int16_t *samples,
                             int room)
{
    gsm_decoder *self = decoder;
    int frames = size / GSM_OCTETS;
    if (GSM_SAMPLES * frames > room)
        return -1;
    for (int i = 0; i < frames; i++) {
        memcpy(self->last, bytes + GSM_OCTETS * i, sizeof self->last);
        if (libgsm.decode(self->state, self->last, samples + GSM_SAMPLES * i))
            return -1;
    }
    self->may_repeat = frames > 0;
    return GSM_SAMPLES * frames;
}

/* The last frame once more, as GSM 06.11 says: its long-term predictor must not stand still. */
static int gsm_conceal(void *decoder, const uint8_t *next, int size, int16_t *samples, int count)
{
    gsm_decoder *self = decoder;
    (void)next, (void)size;
    if (!self->may_repeat || count != GSM_SAMPLES)
        return -1;
    self->may_repeat = 0;
    return libgsm.decode(self->state, self->last, samples) ? -1 : GSM_SAMPLES;
}

#endif
