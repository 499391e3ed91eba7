package io.medley.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ParallelTest {
    private static final int PIECES = 20;

    private final int before = Engine.threads();

    @BeforeEach
    void twoThreads() {
        Engine.setThreads(2);
    }

    @AfterEach
    void asBefore() {
        Engine.setThreads(before);
    }

    @Test
    void piecesAreDoneOnceEachByThreadsOfOneCore() {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var x = Generator.of(1).normal(PIECES, 64, 64);
            var y = Tensor.zeros(PIECES, 64, 64);
            var times = new AtomicIntegerArray(PIECES);
            var cores = new ConcurrentLinkedQueue<Integer>();
            Parallel.run(PIECES, i -> {
                times.incrementAndGet(i);
                cores.add(Engine.threads());
                y.select(0, i).copy_(x.select(0, i).matmul(x.select(0, i)));
            });
            assertThat(IntStream.range(0, PIECES).map(times::get)).containsOnly(1);
            assertThat(cores).containsOnly(1);
            assertThat(Engine.threads()).isEqualTo(2);
            assertThat(y.sub(x.matmul(x)).abs().reshape(-1).amax(0, false).item())
                    .isLessThan(1e-4);
        }
    }

    @Test
    void aThreadThatComesLaterHasAllCores() throws InterruptedException {
        try (var off = NoGrad.open()) {
            Parallel.run(4, i -> {});
        }
        var cores = new ConcurrentLinkedQueue<Integer>();
        var thread = new Thread(() -> cores.add(Engine.threads()));
        thread.start();
        thread.join();
        assertThat(cores).containsExactly(2);
    }

    @Test
    void failuresReachTheCallerAndEndNothingElse() {
        try (var off = NoGrad.open()) {
            for (int round = 0; round < 5; round++) {
                assertThatThrownBy(() -> Parallel.run(PIECES, i -> {
                            if (i == 3) {
                                throw new MedleyException("the third");
                            }
                        }))
                        .isInstanceOf(MedleyException.class)
                        .hasMessage("the third");
            }
            var sum = new AtomicIntegerArray(1);
            Parallel.run(PIECES, i -> sum.addAndGet(0, i));
            assertThat(sum.get(0)).isEqualTo(PIECES * (PIECES - 1) / 2);
        }
    }

    @Test
    void gradientsAreRecordedOnTheCallersThread() {
        try (var scope = Scope.open()) {
            var threads = new ArrayList<Thread>();
            Parallel.run(3, i -> threads.add(Thread.currentThread()));
            assertThat(threads).containsOnly(Thread.currentThread()).hasSize(3);
        }
    }

    @Test
    void piecesMayHavePiecesAndCallersMayBeMany() throws InterruptedException {
        var sum = new AtomicIntegerArray(1);
        var callers = IntStream.range(0, 6)
                .mapToObj(c -> new Thread(() -> {
                    try (var off = NoGrad.open()) {
                        Parallel.run(5, i -> Parallel.run(5, j -> sum.addAndGet(0, 5 * i + j)));
                    }
                }))
                .toList();
        callers.forEach(Thread::start);
        for (var caller : callers) {
            caller.join();
        }
        assertThat(sum.get(0)).isEqualTo(6 * 24 * 25 / 2);
    }
}
