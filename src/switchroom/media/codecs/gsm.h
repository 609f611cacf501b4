/* GSM 06.10 full rate, by the system's libgsm: 33 octets are 160 samples at 8,000 Hz. */
#ifndef SWITCHROOM_GSM_H
#define SWITCHROOM_GSM_H

#include <dlfcn.h>
#include <stdint.h>

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

static int gsm_decode_frames(void *decoder, const uint8_t *bytes, int size, int16_t *samples,
                             int room)
{
    int frames = size / GSM_OCTETS;
    if (GSM_SAMPLES * frames > room)
        return -1;
    for (int i = 0; i < frames; i++) {
        uint8_t frame[GSM_OCTETS];
        memcpy(frame, bytes + GSM_OCTETS * i, sizeof frame);
        if (libgsm.decode(decoder, frame, samples + GSM_SAMPLES * i))
            return -1;
    }
    return GSM_SAMPLES * frames;
}

#endif
