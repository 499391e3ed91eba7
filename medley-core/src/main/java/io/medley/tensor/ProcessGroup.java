package io.medley.tensor;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.BroadcastOptions;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.jspecify.annotations.Nullable;

/**
 * Processes that compute together: LibTorch's c10d with Gloo over TCP, on the CPU. Every process calls the same operations in the same
 * order; each waits for the others. When one of them dies, the operations of the others fail within a second with a {@link MedleyException}.
 *
 * <p>Gloo writes a line about its connections to the standard output of the process when a group is made; LibTorch has no switch for it.
 */
public final class ProcessGroup implements AutoCloseable {
    private static final String NEXT_PORT = "medley/port/";

    private final int rank;
    private final int size;
    private final InetAddress own;
    private final String host;
    private final Duration timeout;
    private final TCPStore store;
    private final ProcessGroupGloo at;
    private int siblings;

    private ProcessGroup(int rank, int size, InetAddress own, String host, Duration timeout, TCPStore store) {
        this.rank = rank;
        this.size = size;
        this.own = own;
        this.host = host;
        this.timeout = timeout;
        this.store = store;
        this.at = gloo();
    }

    /**
     * Meets the other processes; returns when all have come.
     *
     * @param rank number of this process, 0 to {@code size} − 1
     * @param size number of processes, at least 2
     * @param host where rank 0 runs, a name or address
     * @param port where rank 0 listens for the others; free on its host
     * @param timeout how long to wait for the others, here and in every operation
     * @throws MedleyException when they do not come in time, or the port is taken
     */
    public static ProcessGroup join(int rank, int size, String host, int port, Duration timeout) {
        if (size < 2 || rank < 0 || rank >= size || port < 1 || port > 65535) {
            throw new MedleyException("process group: rank " + rank + " of " + size + " at port " + port
                    + " is impossible; ranks count from 0, there are 2 or more processes, ports end at 65535");
        }
        Engine.ensureLoaded();
        try {
            return new ProcessGroup(
                    rank, size, ownAddress(host, port), host, timeout, store(rank, size, host, port, true, timeout));
        } catch (IOException | RuntimeException e) {
            throw new MedleyException(
                    "process group: rank " + rank + " of " + size + " could not meet the others at " + host + ":" + port
                            + " within " + timeout.toSeconds() + " s (" + firstLine(e)
                            + "); check that all processes run, and MASTER_ADDR and MASTER_PORT",
                    e);
        }
    }

    /**
     * A further group of the same processes, whose operations neither wait for this one's nor mix with them. All processes call it together.
     */
    public ProcessGroup sibling() {
        // LibTorch's prefixed stores cannot be made from Java, so each group has a store, and the first one tells its
        // port.
        var key = NEXT_PORT + siblings++;
        return call("sibling", () -> {
            if (rank == 0) {
                var next = store(0, size, host, 0, false, timeout);
                store.set(key, Integer.toString(Short.toUnsignedInt(next.getPort())));
                return new ProcessGroup(rank, size, own, host, timeout, next);
            }
            int port = Integer.parseInt(store.get_to_str(key));
            return new ProcessGroup(rank, size, own, host, timeout, store(rank, size, host, port, false, timeout));
        });
    }

    /** Number of this process, from 0. */
    public int rank() {
        return rank;
    }

    /** Number of processes. */
    public int size() {
        return size;
    }

    /** Replaces {@code tensor} (contiguous, same shape everywhere) by the sum over all processes, equal to the bit in each. */
    public void allReduceSum(Tensor tensor) {
        allReduceSumLater(tensor).await();
    }

    /** Starts {@link #allReduceSum} and returns; the tensor must be left alone until {@link Pending#await}. */
    public Pending allReduceSumLater(Tensor tensor) {
        return start("all-reduce", tensor, vector -> at.allreduce(vector));
    }

    /** (B, …) of each process → (size·B, …) in order of rank, without gradients; the same shape and type everywhere. */
    public Tensor allGather(Tensor local) {
        try (var off = NoGrad.open()) {
            var source = local.detach().contiguous();
            var shape = source.shape();
            shape[0] *= size;
            var all = Tensor.empty(source.dtype(), shape);
            new Pending("all-gather", call("all-gather", () -> at._allgather_base(all.at, source.at))).await();
            return all;
        }
    }

    /** Overwrites {@code tensor} (contiguous, same shape everywhere) with what process {@code root} has. */
    public void broadcast(Tensor tensor, int root) {
        start("broadcast", tensor, vector -> {
                    try (var options = new BroadcastOptions()) {
                        return at.broadcast(vector, options.rootRank(root));
                    }
                })
                .await();
    }

    /** Waits until all processes are here. */
    public void barrier() {
        new Pending("barrier", call("barrier", () -> at.barrier())).await();
    }

    @Override
    public void close() {
        at.close();
        store.close();
    }

    /** An operation under way. */
    public final class Pending {
        private final String name;
        private final Work work;
        private final Pointer[] held;

        private Pending(String name, Work work, Pointer... held) {
            this.name = name;
            this.work = Scope.own(work);
            this.held = held;
        }

        /** Returns when the operation is done everywhere it must be; call once. */
        public void await() {
            try {
                call(name, () -> work._wait());
            } finally {
                work.close();
                for (var pointer : held) {
                    pointer.close();
                }
            }
        }
    }

    private interface Collective {
        Work start(TensorVector tensors);
    }

    private Pending start(String name, Tensor tensor, Collective collective) {
        if (!tensor.isContiguous()) {
            throw new IllegalArgumentException("ProcessGroup " + name + ": the tensor is not contiguous");
        }
        var vector = Scope.own(new TensorVector(tensor.at));
        return new Pending(name, call(name, () -> collective.start(vector)), vector);
    }

    private <T> T call(String name, Supplier<T> operation) {
        try {
            return operation.get();
        } catch (MedleyException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new MedleyException(
                    "rank " + rank + " of " + size + ": " + name + " failed, another process has most likely ended ("
                            + firstLine(e) + "); see what that one said, and start the run again to continue it",
                    e);
        }
    }

    private ProcessGroupGloo gloo() {
        try (var options = ProcessGroupGloo.Options.create_default(new Milliseconds(timeout.toMillis()))) {
            options.devices(new GlooDeviceVector(ProcessGroupGloo.createDeviceForHostname(own.getHostAddress())));
            return Scope.own(new ProcessGroupGloo(store, rank, size, options));
        }
    }

    private static TCPStore store(int rank, int size, String host, int port, boolean wait, Duration timeout) {
        try (var options = new TCPStoreOptions()) {
            options.port((short) port)
                    .isServer(rank == 0)
                    .waitWorkers(wait)
                    .timeout(new Milliseconds(timeout.toMillis()))
                    .numWorkers(new SizeTPointer(1).put(size));
            return Scope.own(new TCPStore(host, options));
        }
    }

    /** The address of this machine that the others can reach: the one it uses itself to reach rank 0. */
    private static InetAddress ownAddress(String host, int port) throws IOException {
        try (var probe = new DatagramSocket()) {
            probe.connect(new InetSocketAddress(InetAddress.getByName(host), port)); // sends nothing
            return probe.getLocalAddress();
        }
    }

    private static String firstLine(@Nullable Throwable e) {
        var message = e == null || e.getMessage() == null ? String.valueOf(e) : e.getMessage();
        var line = message.lines().findFirst().orElse("");
        // LibTorch puts the file of its build machine before what it has to say.
        return line.replaceFirst("^\\[[^\\]]*\\] ", "");
    }
}
