/* Noise taken out of what is said, and its loudness evened out, by libspeexdsp of the system. */
#ifndef SWITCHROOM_CLEANING_H
#define SWITCHROOM_CLEANING_H

#include <dlfcn.h>

#include "stream.h"

/* Of the library's interface, which is stable since 1.1. */
enum { SPEEX_SET_DENOISE = 0, SPEEX_SET_AGC = 2, SPEEX_SET_AGC_LEVEL = 6 };

enum { CLEAN_SAID, CLEAN_HEARD };

static struct {
    void *(*open)(int frame, int rate);
    void (*close)(void *state);
    int (*run)(void *state, int16_t *samples);
    int (*control)(void *state, int request, void *value);
} speexdsp;

typedef struct cleaning {
    int denoises;
    float level;         /* that loudness is brought to, 0: it stays */
    void *narrow, *wide; /* the latter for what is said, at the codec's rate */
    int wide_rate;
} cleaning;

/* Returns 0 when the library has what is needed. */
static int cleaning_load(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return -1;
    *(void **)&speexdsp.open = dlsym(library, "speex_preprocess_state_init");
    *(void **)&speexdsp.close = dlsym(library, "speex_preprocess_state_destroy");
    *(void **)&speexdsp.run = dlsym(library, "speex_preprocess_run");
    *(void **)&speexdsp.control = dlsym(library, "speex_preprocess_ctl");
    return speexdsp.open && speexdsp.close && speexdsp.run && speexdsp.control ? 0 : -1;
}

static void *cleaning_open(const cleaning *self, int rate)
{
    void *state = speexdsp.open(rate / 50, rate);
    int denoises = self->denoises, evens = self->level > 0;
    float level = self->level;
    if (!state)
        return NULL;
    speexdsp.control(state, SPEEX_SET_DENOISE, &denoises);
    speexdsp.control(state, SPEEX_SET_AGC, &evens);
    if (evens)
        speexdsp.control(state, SPEEX_SET_AGC_LEVEL, &level);
    return state;
}

static void cleaning_free(cleaning *self)
{
    if (!self)
        return;
    if (self->narrow)
        speexdsp.close(self->narrow);
    if (self->wide)
        speexdsp.close(self->wide);
    free(self);
}

/* What the party said, once it is decoded. */
static void stream_clean_said(stream *self)
{
    cleaning *clean = self->cleaned[CLEAN_SAID];
    if (!clean || !self->is_heard)
        return;
    speexdsp.run(clean->narrow, self->heard);
    if (!self->coder || self->coder->rate == RATE)
        return;
    if (clean->wide && clean->wide_rate != self->coder->rate) {
        speexdsp.close(clean->wide);
        clean->wide = NULL;
    }
    if (!clean->wide) {
        clean->wide_rate = self->coder->rate;
        clean->wide = cleaning_open(clean, clean->wide_rate);
    }
    if (clean->wide)
        speexdsp.run(clean->wide, self->coder->heard);
}

/* What the party is to hear; it becomes as narrow as a telephone. */
static void stream_clean_heard(stream *self, int16_t *frame, int any)
{
    cleaning *clean = self->cleaned[CLEAN_HEARD];
    if (!clean || !any)
        return;
    speexdsp.run(clean->narrow, frame);
    if (self->coder)
        coder_clear(self->coder);
}

#endif
