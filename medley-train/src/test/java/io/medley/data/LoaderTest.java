package io.medley.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoaderTest {
    /** Samples by key, their own seed behind it. */
    private static Loader<Sample, String> loader(Mixture<Sample> data, LoaderOptions options, List<String> broken) {
        return new Loader<>(
                data,
                (sample, seed) -> sample.key() + "@" + Long.toHexString(seed),
                String::length,
                options,
                bad -> broken.add(bad.key() + ": " + bad.reason()));
    }

    private static Loader<Sample, String> loader(Dataset<Sample> data, LoaderOptions options) {
        return loader(Mixture.of(data), options, new ArrayList<>());
    }

    private static List<List<String>> take(Loader<?, String> loader, int batches) {
        var all = new ArrayList<List<String>>();
        for (int i = 0; i < batches; i++) {
            Optional<List<String>> next = loader.next();
            if (next.isEmpty()) {
                break;
            }
            all.add(next.get());
        }
        return all;
    }

    private static List<String> keys(List<List<String>> batches) {
        return batches.stream()
                .flatMap(List::stream)
                .map(item -> item.substring(0, item.indexOf('@')))
                .toList();
    }

    @Test
    void permutationsHoldEverythingOnceAndDifferBySeed() {
        var seen = new HashSet<List<Long>>();
        for (long size : new long[] {1, 2, 3, 10, 64, 1000}) {
            for (long seed = 0; seed < 3; seed++) {
                var permutation = new Permutation(size, seed);
                var order = new ArrayList<Long>();
                for (long i = 0; i < size; i++) {
                    order.add(permutation.at(i));
                }
                assertThat(order).doesNotHaveDuplicates().allMatch(x -> x >= 0 && x < size);
                seen.add(order);
            }
        }
        assertThat(seen).hasSizeGreaterThan(12);
        // Every place goes everywhere about equally often.
        int[][] counts = new int[5][5];
        for (long seed = 0; seed < 5000; seed++) {
            for (int i = 0; i < 5; i++) {
                counts[i][(int) new Permutation(5, seed).at(i)]++;
            }
        }
        for (int[] row : counts) {
            for (int count : row) {
                assertThat(count).isBetween(880, 1120);
            }
        }
        assertThat(new Permutation(1L << 40, 1).at(12345)).isBetween(0L, (1L << 40) - 1);
    }

    @Test
    void evaluationGoesThroughAllInOrderOnce() throws IOException {
        try (var numbers = loader(new Numbers("n", 10), LoaderOptions.evaluation(4));
                var shards = loader(Shards.of(3, 2), LoaderOptions.evaluation(2))) {
            List<List<String>> batches = take(numbers, 100);
            assertThat(batches).extracting(List::size).containsExactly(4, 4, 2);
            assertThat(keys(batches)).startsWith("n0", "n1", "n2").endsWith("n9");
            assertThat(keys(take(shards, 100))).containsExactly("s0-0", "s0-1", "s0-2", "s1-0", "s1-1");
            assertThat(shards.next()).isEmpty();
        }
    }

    @Test
    void everyEpochHoldsEverySampleOnceInAnotherOrder() throws IOException {
        for (Dataset<Sample> data : List.of(new Numbers("n", 60), Shards.of(20, 20, 5, 15))) {
            try (var loader = loader(
                    data, LoaderOptions.training(20, 1).withShuffleBuffer(7).withEpochs(2))) {
                List<String> keys = keys(take(loader, 100));
                assertThat(keys).hasSize(120);
                assertThat(new HashSet<>(keys)).hasSize(60);
                assertThat(keys).allMatch(key -> Collections.frequency(keys, key) == 2);
                if (data instanceof Numbers) {
                    assertThat(keys.subList(0, 60)).doesNotHaveDuplicates().isNotEqualTo(keys.subList(60, 120));
                }
            }
        }
    }

    @Test
    void theOrderDependsOnTheSeedAndNotOnThreads() throws IOException {
        for (Dataset<Sample> data : List.of(new Numbers("n", 60), Shards.of(20, 20, 5, 15))) {
            var options = LoaderOptions.training(8, 1).withShuffleBuffer(16).withPoolBatches(2);
            List<List<String>> orders = new ArrayList<>();
            for (var each : List.of(
                    options,
                    options.withWorkers(5).withAheadBatches(1),
                    LoaderOptions.training(8, 2).withShuffleBuffer(16).withPoolBatches(2))) {
                try (var loader = loader(data, each)) {
                    orders.add(take(loader, 20).stream().flatMap(List::stream).toList());
                }
            }
            assertThat(orders.get(0)).isEqualTo(orders.get(1)).isNotEqualTo(orders.get(2));
        }
    }

    @Test
    void theVeryNextSampleFollowsWhereverItWasStopped() throws IOException {
        var hurt = new Numbers("h", 40);
        hurt.broken().addAll(Set.of(3L, 17L, 18L));
        var mixture = new Mixture<Sample>(List.of(
                new Mixture.Part<>(Shards.of(13, 0, 9, 20), 2),
                new Mixture.Part<>(hurt, 1),
                new Mixture.Part<>(Shards.of(5), 0.5)));
        for (int pools : new int[] {1, 3}) {
            for (boolean shuffle : new boolean[] {true, false}) {
                var training = LoaderOptions.training(4, 5)
                        .withShuffleBuffer(10)
                        .withPoolBatches(pools)
                        .withMaxBadRate(0.2);
                var options = shuffle
                        ? training
                        : LoaderOptions.evaluation(4).withPoolBatches(pools).withEpochs(3);
                List<List<String>> whole;
                List<String> states = new ArrayList<>();
                try (var loader = loader(mixture, options, new ArrayList<>())) {
                    whole = new ArrayList<>();
                    for (int i = 0; i < 40; i++) {
                        states.add(loader.state());
                        whole.addAll(take(loader, 1));
                    }
                    assertThat(loader.counts().broken()).isPositive();
                }
                for (int stop = 0; stop < whole.size(); stop += 1 + stop % 3) {
                    try (var again = loader(mixture, options.withWorkers(3), new ArrayList<>())) {
                        take(again, stop % 4);
                        again.restore(states.get(stop));
                        assertThat(again.state()).isEqualTo(states.get(stop));
                        int end = Math.min(stop + 6, whole.size());
                        assertThat(take(again, end - stop)).isEqualTo(whole.subList(stop, end));
                        if (end < whole.size()) {
                            again.restore(again.state());
                            assertThat(take(again, 1)).isEqualTo(whole.subList(end, end + 1));
                        }
                    }
                }
            }
        }
    }

    @Test
    void ranksShareTheDataAndTheirBatchesMakeTheLargeOne() throws IOException {
        var numbers = new Numbers("n", 50);
        List<Set<String>> large = new ArrayList<>();
        List<List<List<String>>> ranks = new ArrayList<>();
        try (var one = loader(numbers, LoaderOptions.training(8, 3))) {
            take(one, 10).forEach(batch -> large.add(new HashSet<>(batch)));
        }
        for (int rank = 0; rank < 2; rank++) {
            try (var part = loader(numbers, LoaderOptions.training(4, 3).withRank(rank, 2))) {
                ranks.add(take(part, 10));
            }
        }
        for (int step = 0; step < 10; step++) {
            var both = new HashSet<>(ranks.get(0).get(step));
            both.addAll(ranks.get(1).get(step));
            assertThat(both).isEqualTo(large.get(step));
        }
        // Shards are split among ranks, and rows when there are fewer shards than ranks.
        for (Shards shards : List.of(Shards.of(4, 5, 6, 7, 8), Shards.of(11, 19))) {
            var all = new ArrayList<String>();
            for (int rank = 0; rank < 3; rank++) {
                try (var part = loader(
                        shards, LoaderOptions.training(2, 3).withEpochs(1).withRank(rank, 3))) {
                    List<String> mine = keys(take(part, 100));
                    assertThat(mine).isNotEmpty();
                    all.addAll(mine);
                }
            }
            assertThat(all).hasSize(30).doesNotHaveDuplicates();
        }
    }

    @Test
    void mixturesKeepTheirShares() throws IOException {
        var mixture = new Mixture<Sample>(
                List.of(new Mixture.Part<>(new Numbers("a", 30), 3), new Mixture.Part<>(Shards.of(500), 1)));
        try (var loader = loader(mixture, LoaderOptions.training(50, 1), new ArrayList<>())) {
            long shards = keys(take(loader, 20)).stream()
                    .filter(key -> key.startsWith("s"))
                    .count();
            assertThat(shards).isBetween(210L, 290L);
        }
        try (var once = loader(
                new Mixture<>(List.of(
                        new Mixture.Part<>(new Numbers("a", 3), 100), new Mixture.Part<>(new Numbers("b", 9), 1))),
                LoaderOptions.training(5, 1).withEpochs(1),
                new ArrayList<>())) {
            assertThat(keys(take(once, 100))).hasSize(12).doesNotHaveDuplicates();
        }
    }

    @Test
    void samplesOfLikeLengthGoTogether() {
        var numbers = new Numbers("n", 400);
        double mixed = padding(numbers, 1);
        assertThat(padding(numbers, 10)).isLessThan(mixed / 3);
    }

    /** Positions lost to padding, per sample. */
    private static double padding(Numbers numbers, int pools) {
        try (var loader = new Loader<Sample, String>(
                Mixture.of(numbers),
                (sample, seed) -> sample.texts().get(0),
                String::length,
                LoaderOptions.training(10, 1).withEpochs(1).withPoolBatches(pools),
                bad -> {})) {
            double lost = 0;
            var lengths = new ArrayList<Integer>();
            for (var batch = loader.next(); batch.isPresent(); batch = loader.next()) {
                int longest =
                        batch.get().stream().mapToInt(String::length).max().orElseThrow();
                lengths.add(longest);
                lost += batch.get().stream().mapToInt(s -> longest - s.length()).sum();
            }
            assertThat(lengths).hasSize(40);
            assertThat(lengths).isNotEqualTo(lengths.stream().sorted().toList());
            return lost / 400;
        }
    }

    @Test
    void brokenSamplesAreReportedAndReplaced() throws IOException {
        var numbers = new Numbers("n", 20);
        numbers.broken().add(2L);
        List<String> broken = new ArrayList<>();
        try (var loader = loader(Mixture.of(numbers), LoaderOptions.evaluation(5), broken)) {
            assertThat(take(loader, 100)).extracting(List::size).containsExactly(5, 5, 5, 4);
            assertThat(broken).containsExactly("n2: hurt");
            assertThat(loader.counts()).isEqualTo(new LoaderCounts(20, 1));
        }
        // What the decoder will not have counts too.
        var picky = new Loader<Sample, String>(
                Mixture.of(new Numbers("n", 4)),
                (sample, seed) -> {
                    if (sample.key().equals("n1")) {
                        throw new MedleyException("n1: no image");
                    }
                    return sample.key();
                },
                String::length,
                LoaderOptions.evaluation(5),
                bad -> broken.add(bad.place() + ": " + bad.reason()));
        try (picky) {
            assertThat(picky.next()).contains(List.of("n0", "n2", "n3"));
            assertThat(broken).endsWith("n row 1: n1: no image");
        }
    }

    @Test
    void tooManyBrokenSamplesEndTheRunInOneLine() {
        var numbers = new Numbers("n", 5000);
        for (long i = 0; i < 5000; i += 5) {
            numbers.broken().add(i);
        }
        try (var loader = loader(numbers, LoaderOptions.evaluation(10).withMaxBadRate(0.1))) {
            assertThatThrownBy(() -> take(loader, 1000))
                    .isInstanceOf(MedleyException.class)
                    .hasMessage(
                            "n: 101 of 501 samples are broken, more than the rate of 0.1 allows; the last was 'n500'"
                                    + " (n row 500: hurt); repair the data or raise the rate");
        }
        try (var strict = loader(numbers, LoaderOptions.evaluation(10).withMaxBadRate(0))) {
            assertThatThrownBy(strict::next).hasMessageStartingWith("n: 1 of 1 samples are broken");
        }
        var hopeless = new Numbers("h", 3, Set.of(0L, 1L, 2L));
        try (var loader = loader(hopeless, LoaderOptions.evaluation(10))) {
            assertThatThrownBy(loader::next).hasMessageStartingWith("h: none of its 3 samples can be used");
        }
    }

    @Test
    void shardsThatAreNoneEndTheRun() throws IOException {
        byte[] page = "<html>404</html>".repeat(100).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        var shards = new Shards(List.of(new Tars().sample("a").bytes(), page));
        try (var loader = loader(shards, LoaderOptions.evaluation(1))) {
            assertThatThrownBy(() -> take(loader, 5))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageStartingWith("shard 1: not one sample can be read")
                    .hasMessageEndingWith("fetch the shard again or take it out of the list");
        }
        try (var loader = loader(Shards.of(0, 0), LoaderOptions.training(1, 1))) {
            assertThatThrownBy(loader::next).hasMessageStartingWith("shards: its 2 shards hold no sample for rank 0");
        }
    }

    @Test
    void statesOfOtherDataAreRefused() {
        try (var loader = loader(new Numbers("n", 9), LoaderOptions.training(2, 1));
                var other = loader(new Numbers("n", 9), LoaderOptions.training(2, 7))) {
            assertThatThrownBy(() -> other.restore(loader.state()))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageStartingWith("the loader's state is of rank 0 of 'n; batch 2, seed 1");
            for (String bad : List.of("", "7", "{", "{}", "[]")) {
                assertThatThrownBy(() -> loader.restore(bad))
                        .isInstanceOf(MedleyException.class)
                        .hasMessageStartingWith("the loader's state is damaged");
            }
        }
    }

    @Test
    void noMoreIsMadeThanMayWait() throws Exception {
        var made = new AtomicInteger();
        try (var loader = new Loader<Sample, Integer>(
                Mixture.of(new Numbers("n", 1000)),
                (sample, seed) -> made.incrementAndGet(),
                i -> 0,
                LoaderOptions.training(4, 1).withAheadBatches(3),
                bad -> {})) {
            loader.next();
            Thread.sleep(300);
            // The batch taken, the queue, and one that waits to get into it.
            assertThat(made.get()).isBetween(4, 4 + 12 + 1);
        }
        // A budget of one picture: others wait in the shard.
        try (var tight = loader(Shards.of(30, 30), LoaderOptions.training(4, 1).withMaxBytes(10))) {
            assertThat(take(tight, 20)).hasSize(20);
        }
    }

    @Test
    void optionsSayWhatIsWrongWithThem() {
        for (var wrong : Stream.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                        () -> LoaderOptions.evaluation(0),
                        () -> LoaderOptions.evaluation(1).withRank(2, 2),
                        () -> LoaderOptions.evaluation(1).withMaxBadRate(Double.NaN),
                        () -> new Mixture<Sample>(List.of()),
                        () -> new Mixture.Part<>(new Numbers("n", 1), 0))
                .toList()) {
            assertThatThrownBy(wrong).isInstanceOf(MedleyException.class);
        }
        assertThatThrownBy(() -> LoaderOptions.evaluation(1).withRank(2, 2))
                .hasMessage("loader: rank 2: must be 0 to 1, the world size less one");
    }
}
