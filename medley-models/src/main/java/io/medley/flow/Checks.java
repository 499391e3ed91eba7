package io.medley.flow;

import io.medley.tensor.MedleyException;

/** Refusals of configurations, each with what to change. */
final class Checks {
    private Checks() {}

    static void range(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new MedleyException(what + " " + value + ": must be " + least + " to " + most);
        }
    }

    /** Sizes of couplings over vectors with perceptrons. */
    static void couplings(String what, int features, int couplings, int hidden, int depth) {
        range(what + ": features", features, 2, 1 << 20);
        range(what + ": couplings", couplings, 1, 256);
        range(what + ": hidden", hidden, 1, 1 << 16);
        range(what + ": depth", depth, 1, 64);
    }

    /** Pictures must halve {@code times} times. */
    static void halves(String what, int size, int times) {
        if (times > 30 || size % (1 << times) != 0) {
            throw new MedleyException(what + ": size " + size + " must be divisible by 2 as often as there are levels ("
                    + times + "); choose another size or fewer levels");
        }
    }
}
