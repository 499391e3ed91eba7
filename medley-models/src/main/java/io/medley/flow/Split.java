package io.medley.flow;

import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A way to part the features of a batch in two, and to put them together again. */
public sealed interface Split {

    /** The two parts; each (B, …). */
    record Halves(Tensor first, Tensor second) {}

    Halves split(Tensor x);

    Tensor merge(Tensor first, Tensor second);

    /** How many of {@code features} channels go to the first part. */
    int first(int features);

    /** How many go to the second. */
    int second(int features);

    /**
     * The lower half of dimension 1 and the upper half; of an odd number the lower gets one more.
     *
     * @param swapped whether the upper half is the first part
     */
    record Channels(boolean swapped) implements Split {

        @Override
        public Halves split(Tensor x) {
            long low = (x.size(1) + 1) / 2;
            var lower = x.narrow(1, 0, low);
            var upper = x.narrow(1, low, x.size(1) - low);
            return swapped ? new Halves(upper, lower) : new Halves(lower, upper);
        }

        @Override
        public Tensor merge(Tensor first, Tensor second) {
            return swapped ? Tensor.cat(1, second, first) : Tensor.cat(1, first, second);
        }

        @Override
        public int first(int features) {
            return swapped ? features / 2 : (features + 1) / 2;
        }

        @Override
        public int second(int features) {
            return features - first(features);
        }
    }

    /** Chosen positions of dimension 1: those whose flag is set are the first part. */
    final class Chosen implements Split {
        private final boolean[] flags;

        public Chosen(boolean[] flags) {
            this.flags = flags.clone();
        }

        /** Even positions first, or odd ones. */
        public static Chosen alternating(int features, boolean odd) {
            var flags = new boolean[features];
            for (int i = 0; i < features; i++) {
                flags[i] = (i % 2 == 1) == odd;
            }
            return new Chosen(flags);
        }

        @Override
        public Halves split(Tensor x) {
            return new Halves(x.indexSelect(1, positions(flags, true)), x.indexSelect(1, positions(flags, false)));
        }

        @Override
        public Tensor merge(Tensor first, Tensor second) {
            return Tensor.cat(1, first, second).indexSelect(1, back(flags));
        }

        @Override
        public int first(int features) {
            return count(flags);
        }

        @Override
        public int second(int features) {
            return flags.length - count(flags);
        }
    }

    /**
     * The elements of (B, C, H, W) whose coordinates have an odd sum, and those with an even one, each (B, C, H, W/2): normflows'
     * checkerboard, which alternates over the channels too. W must be even.
     *
     * @param swapped whether even sums are the first part
     */
    record Checkerboard(boolean swapped) implements Split {

        @Override
        public Halves split(Tensor x) {
            var s = x.shape();
            var flat = x.reshape(s[0], -1);
            var flags = flags(s[1], s[2], s[3]);
            return new Halves(
                    flat.indexSelect(1, positions(flags, true)).reshape(s[0], s[1], s[2], s[3] / 2),
                    flat.indexSelect(1, positions(flags, false)).reshape(s[0], s[1], s[2], s[3] / 2));
        }

        @Override
        public Tensor merge(Tensor first, Tensor second) {
            var s = first.shape();
            return Tensor.cat(1, first.reshape(s[0], -1), second.reshape(s[0], -1))
                    .indexSelect(1, back(flags(s[1], s[2], 2 * s[3])))
                    .reshape(s[0], s[1], s[2], 2 * s[3]);
        }

        @Override
        public int first(int features) {
            return features;
        }

        @Override
        public int second(int features) {
            return features;
        }

        private boolean[] flags(long channels, long height, long width) {
            var flags = new boolean[Math.toIntExact(channels * height * width)];
            for (int i = 0; i < flags.length; i++) {
                long sum = i % width + i / width % height + i / (width * height);
                flags[i] = (sum % 2 == 1) != swapped;
            }
            return flags;
        }
    }

    private static Tensor positions(boolean[] flags, boolean wanted) {
        List<Long> found = new ArrayList<>();
        for (int i = 0; i < flags.length; i++) {
            if (flags[i] == wanted) {
                found.add((long) i);
            }
        }
        return index(found.stream().mapToLong(Long::longValue).toArray());
    }

    /** Where each element stands once the chosen ones have been put first. */
    private static Tensor back(boolean[] flags) {
        var places = new long[flags.length];
        int first = 0;
        int second = count(flags);
        for (int i = 0; i < flags.length; i++) {
            places[i] = flags[i] ? first++ : second++;
        }
        return index(places);
    }

    private static int count(boolean[] flags) {
        int set = 0;
        for (boolean flag : flags) {
            set += flag ? 1 : 0;
        }
        return set;
    }

    private static Tensor index(long[] places) {
        return Tensor.of(places, places.length);
    }
}
