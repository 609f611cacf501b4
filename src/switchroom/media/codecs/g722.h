/* G.722 at 64 kbit/s (ITU-T G.722): two bands, each by ADPCM; names in comments are the blocks of the
 * recommendation. One octet is two samples at 16,000 Hz. */
#ifndef SWITCHROOM_G722_H
#define SWITCHROOM_G722_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define QMF_TAPS 24

typedef struct {
    int estimate;              /* s: what is predicted */
    int poles_sum, zeros_sum;  /* sp, sz */
    int poles[3], zeros[7];    /* a, b; from 1 */
    int reconstructed[3], partial[3], differences[7]; /* r, p, d; 0: the newest */
    int log_scale, scale;      /* nb, det */
} g722_band;

typedef struct {
    g722_band low, high;
    int history[QMF_TAPS];
} g722_state;

static const int G722_QMF[12] = {3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11};

static int saturate16(int value)
{
    return value > 32767 ? 32767 : value < -32768 ? -32768 : value;
}

static int limit(int value, int lowest, int highest)
{
    return value < lowest ? lowest : value > highest ? highest : value;
}

/* UPPOL2 and UPPOL1: the two poles follow the signs of the partial signal. */
static void g722_adapt_poles(g722_band *band)
{
    int same1 = (band->partial[0] < 0) == (band->partial[1] < 0);
    int same2 = (band->partial[0] < 0) == (band->partial[2] < 0);
    int shifted = saturate16(band->poles[1] * 4);
    int turned = same1 ? -shifted : shifted;
    if (turned > 32767)
        turned = 32767;
    int second = (same2 ? 128 : -128) + (turned >> 7) + ((band->poles[2] * 32512) >> 15);
    second = limit(second, -12288, 12288);
    int most = saturate16(15360 - second);
    int first = saturate16((same1 ? 192 : -192) + ((band->poles[1] * 32640) >> 15));
    band->poles[1] = limit(first, -most, most);
    band->poles[2] = second;
}

/* UPZERO */
static void g722_adapt_zeros(g722_band *band)
{
    int step = band->differences[0] ? 128 : 0, sign = band->differences[0] < 0;
    for (int i = 1; i < 7; i++) {
        int turned = (band->differences[i] < 0) == sign ? step : -step;
        band->zeros[i] = saturate16(turned + ((band->zeros[i] * 32640) >> 15));
    }
}

/* FILTEP, FILTEZ and PREDIC */
static void g722_predict(g722_band *band)
{
    int sum = 0;
    for (int i = 1; i < 3; i++)
        sum += (band->poles[i] * saturate16(2 * band->reconstructed[i])) >> 15;
    band->poles_sum = saturate16(sum);
    sum = 0;
    for (int i = 6; i > 0; i--)
        sum += (band->zeros[i] * saturate16(2 * band->differences[i])) >> 15;
    band->zeros_sum = saturate16(sum);
    band->estimate = saturate16(band->poles_sum + band->zeros_sum);
}

/* Go on behind a difference between signal and estimate: block 4 of both bands. */
static void g722_follow(g722_band *band, int difference)
{
    band->differences[0] = difference;
    band->reconstructed[0] = saturate16(band->estimate + difference);
    band->partial[0] = saturate16(band->zeros_sum + difference);
    g722_adapt_poles(band);
    g722_adapt_zeros(band);
    memmove(band->differences + 1, band->differences, 6 * sizeof(int));
    memmove(band->reconstructed + 1, band->reconstructed, 2 * sizeof(int));
    memmove(band->partial + 1, band->partial, 2 * sizeof(int));
    g722_predict(band);
}

/* LOGSCL and SCALEL, LOGSCH and SCALEH */
static void g722_adapt_scale(g722_band *band, int weight, int highest, int exponent)
{
    static const int steps[32] = {2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543,
                                  2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025, 3091, 3158, 3228,
                                  3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008};
    band->log_scale = limit(((band->log_scale * 127) >> 7) + weight, 0, highest);
    int step = steps[(band->log_scale >> 6) & 31], shift = exponent - (band->log_scale >> 11);
    band->scale = (shift < 0 ? step << -shift : step >> shift) * 4;
}

static void g722_follow_low(g722_band *band, int code /* the upper four of its six bits */)
{
    static const int levels[16] = {0,     -20456, -12896, -8968, -6288, -4240, -2584, -1200,
                                   20456, 12896,  8968,   6288,  4240,  2584,  1200,  0};
    static const int weights[8] = {-60, -30, 58, 172, 334, 538, 1198, 3042};
    static const int weight_of[16] = {0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0};
    int difference = (band->scale * levels[code]) >> 15;
    g722_adapt_scale(band, weights[weight_of[code]], 18432, 8);
    g722_follow(band, difference);
}

static int g722_high_difference(const g722_band *band, int code)
{
    static const int levels[4] = {-7408, -1616, 7408, 1616};
    return (band->scale * levels[code]) >> 15;
}

static void g722_follow_high(g722_band *band, int code)
{
    static const int weights[4] = {798, -214, 798, -214};
    int difference = g722_high_difference(band, code);
    g722_adapt_scale(band, weights[code], 22528, 10);
    g722_follow(band, difference);
}

/* QUANTL: six bits for the difference to the estimate of the lower band. */
static int g722_quantize_low(int difference, int scale)
{
    static const int borders[30] = {0,   35,   72,   110,  150,  190,  233,  276,  323,  370,
                                    422, 473,  530,  587,  650,  714,  786,  858,  940,  1023,
                                    1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919};
    int magnitude = difference >= 0 ? difference : -(difference + 1), at = 1;
    while (at < 30 && magnitude >= (borders[at] * scale) >> 12)
        at++;
    if (difference >= 0)
        return 62 - at;
    return at < 3 ? 64 - at : 34 - at;
}

/* QUANTH */
static int g722_quantize_high(int difference, int scale)
{
    int magnitude = difference >= 0 ? difference : -(difference + 1);
    int large = magnitude >= (564 * scale) >> 12;
    return (difference >= 0 ? 2 : 0) + !large;
}

static void *g722_open(int rate)
{
    g722_state *state = calloc(1, sizeof *state);
    (void)rate;
    if (state) {
        state->low.scale = 32;
        state->high.scale = 8;
    }
    return state;
}

static size_t g722_size(void) { return sizeof(g722_state); }

/* The two sums of the filter bank, over the even and the odd samples of its history. */
static void g722_filter(const int *history, int *even, int *odd)
{
    *even = *odd = 0;
    for (int i = 0; i < 12; i++) {
        *even += history[2 * i] * G722_QMF[i];
        *odd += history[2 * i + 1] * G722_QMF[11 - i];
    }
}

static int g722_encode(void *encoder, const int16_t *samples, int count, uint8_t *bytes, int room)
{
    g722_state *state = encoder;
    if (count / 2 > room)
        return -1;
    for (int i = 0; i < count / 2; i++) {
        int even, odd;
        memmove(state->history, state->history + 2, (QMF_TAPS - 2) * sizeof(int));
        state->history[22] = samples[2 * i];
        state->history[23] = samples[2 * i + 1];
        g722_filter(state->history, &even, &odd);
        int low = g722_quantize_low(saturate16(((even + odd) >> 14) - state->low.estimate),
                                    state->low.scale);
        int high = g722_quantize_high(saturate16(((odd - even) >> 14) - state->high.estimate),
                                      state->high.scale);
        g722_follow_low(&state->low, low >> 2);
        g722_follow_high(&state->high, high);
        bytes[i] = (uint8_t)(high << 6 | low);
    }
    return count / 2;
}

static int g722_decode(void *decoder, const uint8_t *bytes, int size, int16_t *samples, int room)
{
    static const int levels[64] = { /* QM6 */
        -136,  -136,  -136,  -136,  -24808, -21904, -19008, -16704, -14984, -13512, -12280,
        -11192, -10232, -9360, -8576, -7856, -7192, -6576,  -6000,  -5456,  -4944,  -4464,
        -4008, -3576, -3168, -2776, -2400,  -2032,  -1688,  -1360,  -1040,  -728,   24808,
        21904, 19008, 16704, 14984, 13512,  12280,  11192,  10232,  9360,   8576,   7856,
        7192,  6576,  6000,  5456,  4944,   4464,   4008,   3576,   3168,   2776,   2400,
        2032,  1688,  1360,  1040,  728,    432,    136,    -432,   -136};
    g722_state *state = decoder;
    if (2 * size > room)
        return -1;
    for (int i = 0; i < size; i++) {
        int even, odd, code = bytes[i] & 63, upper = bytes[i] >> 6;
        int low = limit(state->low.estimate + ((state->low.scale * levels[code]) >> 15), -16384,
                        16383);
        int high = limit(g722_high_difference(&state->high, upper) + state->high.estimate, -16384,
                         16383);
        g722_follow_low(&state->low, code >> 2);
        g722_follow_high(&state->high, upper);
        memmove(state->history, state->history + 2, (QMF_TAPS - 2) * sizeof(int));
        state->history[22] = low + high;
        state->history[23] = low - high;
        g722_filter(state->history, &even, &odd);
        samples[2 * i] = (int16_t)saturate16(odd >> 11);
        samples[2 * i + 1] = (int16_t)saturate16(even >> 11);
    }
    return 2 * size;
}

#endif
