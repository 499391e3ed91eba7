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

    /** Pictures must halve {@code times} times. */
    static void halves(String what, int size, int times) {
        if (times > 30 || size % (1 << times) != 0) {
            throw new MedleyException(what + ": size " + size + " must be divisible by 2 as often as there are levels ("
                    + times + "); choose another size or fewer levels");
        }
    }
}
