/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/training/curve.h"

#include <math.h>

enum { STEPS_MAX = 400 };

struct slopes { /* of the error by slope and shift, and how those change */
        double a, b, aa, ab, bb;
};

/* What is aimed at is not 1 and 0: few examples do not make sure. */
struct aims {
        double yes, no;
};

static struct aims aims_for(size_t count, const struct curve_point *points)
{
        double sides[2] = {0};
        for (size_t i = 0; i < count; i++)
                sides[points[i].is_positive] += (double)points[i].weight;
        return (struct aims){(sides[1] + 1) / (sides[1] + 2), 1 / (sides[0] + 2)};
}

static struct slopes slopes_at(
        struct aims aims, double slope, double shift, size_t count, const struct curve_point *points)
{
        struct slopes out = {.aa = 1e-6, .bb = 1e-6};
        for (size_t i = 0; i < count; i++) {
                double x = (double)points[i].sum, weight = (double)points[i].weight;
                double p = 1 / (1 + exp(-(slope * x + shift)));
                double off = weight * (p - (points[i].is_positive ? aims.yes : aims.no));
                double bend = weight * (p * (1 - p) + 1e-9);
                out.a += off * x;
                out.b += off;
                out.aa += bend * x * x;
                out.ab += bend * x;
                out.bb += bend;
        }
        return out;
}

struct curve curve_fit(size_t count, const struct curve_point *points)
{
        struct aims aims = aims_for(count, points);
        double slope = 1, shift = 0, most = 1;
        for (int n = 0; n < STEPS_MAX && most > 1e-6; n++) {
                struct slopes at = slopes_at(aims, slope, shift, count, points);
                double all = at.aa * at.bb - at.ab * at.ab;
                if (!(fabs(all) > 1e-12))
                        break;
                double by_slope = (at.bb * at.a - at.ab * at.b) / all, by_shift = (at.aa * at.b - at.ab * at.a) / all;
                most = fmax(fabs(by_slope), fabs(by_shift));
                double damped = most > 0.5 ? 0.5 / most : 1;
                slope -= by_slope * damped;
                shift -= by_shift * damped;
        }
        bool is_good = isfinite(slope) && isfinite(shift) && slope > 0;
        return is_good ? (struct curve){(float)slope, (float)shift} : (struct curve){1, 0};
}
