/* Keys as a pair of tones in the audio (ITU-T Q.23), found as Q.24 asks for.
 *
 * The audio is cut into blocks of 5 ms, and each is multiplied with the eight frequencies of the keys,
 * whose phases run on from block to block: the sums of blocks that follow each other are what a longer
 * block would have given. Six of them, 30 ms, are looked at every 5 ms. A key is there when
 *
 *   - one low and one high frequency are well above the others of their group, and as loud as each other
 *     but for the twist of a line,
 *   - nearly all energy is theirs, and none of the six blocks is quiet: speech fails here,
 *   - the phase of each frequency stands still from the first half to the second: it is within 2.5 % of
 *     what it should be (Q.24: 1.5 % must be taken, 3.5 % must not),
 *
 * twice in a row. What lasts 40 ms is found wherever it begins; 23 ms are too short. A key that is down
 * goes up when 20 ms were without it, so that a gap of 10 ms does not part it in two.
 */
#ifndef SWITCHROOM_DIGIT_DETECTOR_H
#define SWITCHROOM_DIGIT_DETECTOR_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#define KEY_BLOCK 40           /* samples */
#define KEY_WINDOW 6           /* blocks */
#define KEY_HALF (KEY_WINDOW / 2)
#define KEY_TONES 8            /* four low ones, four high ones */
#define KEY_GROUP 4
#define KEY_HITS 2             /* windows in a row that begin a key */
#define KEY_GAP 4              /* blocks without it that end a key */
#define KEY_QUIETEST 600.0f    /* amplitude of each tone: -31 dBm0; Q.24: -25 must be taken */
#define KEY_PURITY 0.8f        /* of the energy, which must be the tones' */
#define KEY_HELD_PURITY 0.5f   /* the same, while it is down */
#define KEY_CLEAR 6.3f         /* power above that of the others of the group: 8 dB */
#define KEY_TWIST_HIGH 4.0f    /* power of the high tone above the low one: 6 dB */
#define KEY_TWIST_LOW 10.0f    /* and below it: 10 dB, a long line */
#define KEY_DEVIATION 0.025    /* of the frequency */
#define KEY_FULL 0.25f         /* of the window's mean energy, that each block has at least */
#define KEY_TURN 200           /* blocks after which the phases of all frequencies are as before */

static const int KEY_HERTZ[KEY_TONES] = {697, 770, 852, 941, 1209, 1336, 1477, 1633};
static const char KEYS[] = "123A456B789C*0#D";

typedef struct {
    float real[KEY_TONES], imaginary[KEY_TONES], energy;
} key_sums;

typedef struct {
    key_sums blocks[KEY_WINDOW]; /* a ring */
    uint32_t count;      /* blocks that were heard */
    int candidate, hits; /* of the last windows; a place in KEYS */
    int key;             /* that is down, -1: none */
    uint32_t length;     /* samples of it, what may be its gap left out */
    int gap;             /* blocks in a row without it */
} key_detector;

enum { KEY_NOTHING, KEY_BEGAN, KEY_ENDED };

/* tables: a block of each frequency, and the phase it begins with */
static float key_cosines[KEY_BLOCK][KEY_TONES], key_sines[KEY_BLOCK][KEY_TONES];
static float key_turn_cosines[KEY_TURN], key_turn_sines[KEY_TURN];

static void key_detector_init(void)
{
    for (int i = 0; i < KEY_BLOCK; i++)
        for (int k = 0; k < KEY_TONES; k++) {
            key_cosines[i][k] = (float)cos(2 * M_PI * KEY_HERTZ[k] * i / 8000);
            key_sines[i][k] = (float)sin(2 * M_PI * KEY_HERTZ[k] * i / 8000);
        }
    for (int i = 0; i < KEY_TURN; i++) {
        key_turn_cosines[i] = (float)cos(2 * M_PI * i / KEY_TURN);
        key_turn_sines[i] = (float)sin(2 * M_PI * i / KEY_TURN);
    }
}

static void key_detector_reset(key_detector *self)
{
    memset(self, 0, sizeof *self);
    self->key = self->candidate = -1;
}

static void key_sum(key_sums *sums, const int16_t *samples, uint32_t number)
{
    float real[KEY_TONES] = {0}, imaginary[KEY_TONES] = {0}, energy = 0;
    for (int i = 0; i < KEY_BLOCK; i++) {
        float sample = samples[i];
        energy += sample * sample;
        for (int k = 0; k < KEY_TONES; k++) {
            real[k] += sample * key_cosines[i][k];
            imaginary[k] -= sample * key_sines[i][k];
        }
    }
    for (int k = 0; k < KEY_TONES; k++) {
        uint32_t turn = (uint32_t)KEY_HERTZ[k] * (number % KEY_TURN) % KEY_TURN;
        float c = key_turn_cosines[turn], s = key_turn_sines[turn];
        sums->real[k] = real[k] * c + imaginary[k] * s;
        sums->imaginary[k] = imaginary[k] * c - real[k] * s;
    }
    sums->energy = energy;
}

/* The sums of some blocks, from the one that came back blocks before the last on. */
static void key_add(const key_detector *self, int back, int blocks, key_sums *sums)
{
    memset(sums, 0, sizeof *sums);
    for (int i = 0; i < blocks; i++) {
        const key_sums *block = &self->blocks[(self->count - 1 - (uint32_t)(back - i)) % KEY_WINDOW];
        sums->energy += block->energy;
        for (int k = 0; k < KEY_TONES; k++) {
            sums->real[k] += block->real[k];
            sums->imaginary[k] += block->imaginary[k];
        }
    }
}

/* Energy that a tone of this frequency has in so many blocks. */
static float key_power(const key_sums *sums, int tone, int blocks)
{
    float real = sums->real[tone], imaginary = sums->imaginary[tone];
    return 2 * (real * real + imaginary * imaginary) / (float)(KEY_BLOCK * blocks);
}

static int key_loudest(const float *powers)
{
    int best = 0;
    for (int k = 1; k < KEY_GROUP; k++)
        if (powers[k] > powers[best])
            best = k;
    return best;
}

static int key_is_clear(const float *powers, int best)
{
    for (int k = 0; k < KEY_GROUP; k++)
        if (k != best && powers[k] * KEY_CLEAR > powers[best])
            return 0;
    return 1;
}

/* What both halves have of a tone, its own frequency allowed for; 0 when that is too far off. */
static float key_true_power(const key_sums *first, const key_sums *second, int tone)
{
    double across = (double)second->imaginary[tone] * first->real[tone]
                    - (double)second->real[tone] * first->imaginary[tone];
    double along = (double)second->real[tone] * first->real[tone]
                   + (double)second->imaginary[tone] * first->imaginary[tone];
    double off = atan2(across, along) / (2 * M_PI) * 8000 / (KEY_BLOCK * KEY_HALF);
    if (fabs(off) > KEY_DEVIATION * KEY_HERTZ[tone])
        return 0;
    double x = M_PI * off * KEY_BLOCK * KEY_HALF / 8000, loss = x ? sin(x) / x : 1;
    return (float)((key_power(first, tone, KEY_HALF) + key_power(second, tone, KEY_HALF))
                   / (loss * loss));
}

/* The key whose tones the last window is made of, -1: none. */
static int key_in_window(const key_detector *self)
{
    key_sums first, second;
    float powers[KEY_TONES], energy;
    key_add(self, KEY_WINDOW - 1, KEY_HALF, &first);
    key_add(self, KEY_HALF - 1, KEY_HALF, &second);
    energy = first.energy + second.energy;
    if (energy < KEY_QUIETEST * KEY_QUIETEST * KEY_BLOCK * KEY_WINDOW)
        return -1;
    for (int i = 0; i < KEY_WINDOW; i++)
        if (self->blocks[i].energy < KEY_FULL * energy / KEY_WINDOW)
            return -1;
    for (int k = 0; k < KEY_TONES; k++)
        powers[k] = key_power(&first, k, KEY_HALF) + key_power(&second, k, KEY_HALF);
    int low = key_loudest(powers), high = key_loudest(powers + KEY_GROUP);
    if (!key_is_clear(powers, low) || !key_is_clear(powers + KEY_GROUP, high))
        return -1;
    float low_power = key_true_power(&first, &second, low);
    float high_power = key_true_power(&first, &second, KEY_GROUP + high);
    float quietest = KEY_QUIETEST * KEY_QUIETEST / 2 * KEY_BLOCK * KEY_WINDOW;
    if (low_power < quietest || high_power < quietest || high_power > KEY_TWIST_HIGH * low_power
        || low_power > KEY_TWIST_LOW * high_power || low_power + high_power < KEY_PURITY * energy)
        return -1;
    return KEY_GROUP * low + high;
}

/* Whether the key that is down is in the last three blocks. */
static int key_goes_on(const key_detector *self)
{
    key_sums sums;
    key_add(self, KEY_HALF - 1, KEY_HALF, &sums);
    float power = key_power(&sums, self->key / KEY_GROUP, KEY_HALF)
                  + key_power(&sums, KEY_GROUP + self->key % KEY_GROUP, KEY_HALF);
    return sums.energy > KEY_QUIETEST * KEY_QUIETEST / 2 * KEY_BLOCK * KEY_HALF
           && power > KEY_HELD_PURITY * sums.energy;
}

/* The key that is down, one block later; returns KEY_ENDED when it went up. */
static int key_hold(key_detector *self)
{
    if (key_goes_on(self)) {
        self->length += (uint32_t)(KEY_BLOCK * (self->gap + 1));
        self->gap = 0;
        return KEY_NOTHING;
    }
    if (++self->gap < KEY_GAP)
        return KEY_NOTHING;
    self->hits = 0;
    self->candidate = -1;
    return KEY_ENDED;
}

/* Hear one block of 40 samples. Returns KEY_BEGAN when a key went down, KEY_ENDED when the one
 * that was down went up; it stands in key until the next block then. */
static int key_detector_hear(key_detector *self, const int16_t *samples)
{
    key_sum(&self->blocks[self->count % KEY_WINDOW], samples, self->count);
    self->count++;
    if (self->gap >= KEY_GAP) {
        self->key = -1;
        self->gap = 0;
    }
    if (self->key >= 0)
        return key_hold(self);
    int found = key_in_window(self);
    self->hits = found >= 0 && found == self->candidate ? self->hits + 1 : found >= 0;
    self->candidate = found;
    if (self->hits < KEY_HITS)
        return KEY_NOTHING;
    self->key = found;
    self->length = KEY_BLOCK * (KEY_WINDOW + KEY_HITS - 1);
    return KEY_BEGAN;
}

#endif
