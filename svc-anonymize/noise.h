/* SPDX-License-Identifier: Apache-2.0 */
/* Exact discrete Laplace noise on whole numbers (Canonne, Kamath, Steinke: The Discrete Gaussian for Differential
 * Privacy, 2020, algorithms 1 and 2), from the system's random source. There is no floating point anywhere: nothing but
 * the distribution decides which numbers can come out. How long a draw takes depends on what comes out: draws are made
 * for a whole month at a time, and nobody waits for one. */
#pragma once

#include <stdint.h>

/* A number x with probability in proportion to exp(-|x| numerator / denominator): epsilon for counts to which one
 * person adds one at most. Both are positive and below 2^31. */
int64_t noise_laplace(uint32_t numerator, uint32_t denominator);

/* A whole number from 0 to bound - 1, each as likely; for bound > 0. */
uint64_t noise_uniform(uint64_t bound);

/* Ends the process when what is drawn is not the noise it should be: at start, before anything is released. A right
 * sampler fails it once in 10^18 starts. */
void noise_self_test(void);
