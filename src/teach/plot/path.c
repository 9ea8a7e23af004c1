/* Paths: points that say nothing new are left out while they come, so that neither the picture nor the
 * memory grows with the number of points that somebody computed.
 *
 * From the last point written, every point seen since allows a sector of directions, those that
 * pass it within the tolerance. As long as the next point lies in all of them, a straight line does. */
#include <assert.h>
#include <math.h>

#include "teach/plot/svg.h"

static const double pi = 3.14159265358979323846;

void path_open(path *p, buf *b, const char *kind, double within) {
    assert(within >= 0);
    *p = (path){.b = b, .within = within};
    buf_printf(b, "<path class=\"%s\" d=\"", kind);
}

static void write_to(path *p, double x, double y) {
    put_point(p->b, p->n ? 'L' : 'M', x, y);
    p->x = x;
    p->y = y;
    p->seen = 0;
}

/* An angle as a difference of directions, from -pi to pi. */
static double turn(double angle) {
    return angle > pi ? angle - 2 * pi : angle < -pi ? angle + 2 * pi : angle;
}

/* Narrows the sector to the directions that pass (x, y); false: the point does not lie in it. */
static bool narrow(path *p, double x, double y) {
    double far = hypot(x - p->x, y - p->y), angle = atan2(y - p->y, x - p->x);
    if (far <= p->within) return p->seen <= p->within;
    double half = asin(p->within / far);
    if (p->seen <= p->within) {
        p->angle = angle;
        p->left = p->right = half;
    } else {
        double off = turn(angle - p->angle);
        if (off > p->left || off < -p->right || far < p->seen) return false;
        p->left = fmin(p->left, off + half);
        p->right = fmin(p->right, half - off);
    }
    p->seen = far;
    return true;
}

void path_to(path *p, double x, double y) {
    if (p->n && !narrow(p, x, y)) {
        write_to(p, p->seen_x, p->seen_y);
        narrow(p, x, y);
    } else if (!p->n) {
        write_to(p, x, y);
    }
    p->seen_x = x;
    p->seen_y = y;
    p->n++;
}

void path_lift(path *p, bool close) {
    if (p->n > 1 && (p->seen_x != p->x || p->seen_y != p->y)) write_to(p, p->seen_x, p->seen_y);
    if (p->n && close) buf_puts(p->b, "z");
    p->n = 0;
}

void path_end(path *p) {
    path_lift(p, false);
    buf_puts(p->b, "\"/>\n");
}
