/* The functions for complex numbers that wine 8 leaves out of its C runtime and numpy wants. Only for the test.
 *
 * Built as a library with the name that the test writes into numpy's modules in the place of Windows' own; all else of
 * that one is handed on by the forwards in the .def file. Structures, not C's complex types: those are passed otherwise.
 */
#include <complex.h>

typedef struct { float re, im; } single;
typedef struct { double re, im; } twofold; /* and long double, which is the same on Windows */

#define TO(z, type) ((type)(z).re + (type)(z).im * I)
#define ONE(name) \
    single fit_##name##f(single z) { float complex a = c##name##f(TO(z, float)); return (single){crealf(a), cimagf(a)}; } \
    twofold fit_##name(twofold z) { double complex a = c##name(TO(z, double)); return (twofold){creal(a), cimag(a)}; } \
    twofold fit_##name##l(twofold z) { return fit_##name(z); }

ONE(exp) ONE(cos) ONE(cosh) ONE(sin) ONE(sinh) ONE(tan) ONE(tanh) ONE(log) ONE(sqrt)

#define PART(name) \
    float fit_##name##f(single z) { return c##name##f(TO(z, float)); } \
    double fit_##name(twofold z) { return c##name(TO(z, double)); } \
    double fit_##name##l(twofold z) { return fit_##name(z); }

PART(real) PART(imag) PART(arg) PART(abs)

single fit_powf(single x, single y) { float complex a = cpowf(TO(x, float), TO(y, float)); return (single){crealf(a), cimagf(a)}; }
twofold fit_pow(twofold x, twofold y) { double complex a = cpow(TO(x, double), TO(y, double)); return (twofold){creal(a), cimag(a)}; }
twofold fit_powl(twofold x, twofold y) { return fit_pow(x, y); }
