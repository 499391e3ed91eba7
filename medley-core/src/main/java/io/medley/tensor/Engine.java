package io.medley.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * Loads LibTorch once per process with the fastest BLAS at hand, and tells what was loaded.
 *
 * <p>On x86-64 the MKL jars, when they are on the class path, replace OpenBLAS. This must be decided before the first native class is
 * touched, which is why every class of this package that calls the engine goes through {@link #ensureLoaded()} first. A BLAS chosen by the
 * user ({@code -Dorg.bytedeco.openblas.load=…}) is respected.
 */
public final class Engine {
    private static final String BLAS_PROPERTY = "org.bytedeco.openblas.load";

    private Engine() {}

    /** What {@code medley doctor} prints. */
    public record Info(
            String torchVersion,
            String blas,
            String instructions,
            int threads,
            String platform,
            List<String> devices) {}

    // The holder idiom: the class is initialised exactly once, by the first caller, whichever thread that is.
    private static final class Loaded {
        static final boolean MKL = load();
        static final boolean PACKS_FOR_MANY_ROWS =
                !(MKL && isIntel()) && instructions().startsWith("AVX512");

        private static boolean load() {
            // JavaCPP would otherwise answer memory pressure with System.gc() and sleeps; scopes free our memory, so no
            // cap is needed.
            setDefault("org.bytedeco.javacpp.maxBytes", "0");
            setDefault("org.bytedeco.javacpp.maxPhysicalBytes", "0");
            // One OpenMP runtime in the process: LibTorch brings GNU's.
            var arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
            boolean x86 = arch.equals("amd64") || arch.equals("x86_64");
            boolean mklJar = x86 && mklOnClassPath();
            if (mklJar) {
                setDefault(BLAS_PROPERTY, "mkl_rt");
            }
            Loader.load(torch.class);
            use(System.getenv("OMP_NUM_THREADS") == null ? physicalCores() : torch.get_num_threads());
            return mklJar && System.getProperty(BLAS_PROPERTY, "").startsWith("mkl");
        }

        private static boolean mklOnClassPath() {
            var loader = Engine.class.getClassLoader();
            return loader.getResource("org/bytedeco/mkl/linux-x86_64/libmkl_rt.so.2") != null
                    || loader.getResource("org/bytedeco/mkl/windows-x86_64/mkl_rt.2.dll") != null
                    || loader.getResource("org/bytedeco/mkl/macosx-x86_64/libmkl_rt.2.dylib") != null;
        }

        private static boolean isIntel() {
            try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
                return lines.filter(l -> l.startsWith("vendor_id"))
                        .findFirst()
                        .map(l -> l.contains("GenuineIntel"))
                        .orElse(true);
            } catch (IOException e) {
                return true; // not Linux: MKL is the safe guess where it is installed at all
            }
        }

        private static void setDefault(String key, String value) {
            if (System.getProperty(key) == null) {
                System.setProperty(key, value);
            }
        }
    }

    /** Loads the engine if that has not happened yet; cheap afterwards. */
    static void ensureLoaded() {
        if (Loaded.MKL) {
            return; // reading the field initialises the holder
        }
    }

    /** Begins to load the engine on a thread of its own, for who will need it soon; what fails there fails again, and is told, on first use. */
    public static void preload() {
        var thread = new Thread(
                () -> {
                    try {
                        ensureLoaded();
                    } catch (LinkageError | RuntimeException e) {
                        // The first use fails alike and says so; nobody listens here.
                        return;
                    }
                },
                "medley-engine");
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether MKL serves the matrix products (then {@link PackedLinear} can prepack weights). */
    public static boolean hasMkl() {
        return Loaded.MKL;
    }

    /** Whether oneDNN's packed products beat MKL's plain ones for many rows: with AVX-512 on processors that MKL was not written for. */
    static boolean packsForManyRows() {
        return Loaded.PACKS_FOR_MANY_ROWS;
    }

    /** Whether this processor multiplies bfloat16 numbers in hardware (AVX512-BF16 or AMX), as far as the operating system tells. */
    public static boolean hasBfloat16() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(l -> l.startsWith("flags"))
                    .findFirst()
                    .map(l -> l.contains(" avx512_bf16") || l.contains(" amx_bf16"))
                    .orElse(false);
        } catch (IOException e) {
            return false; // not Linux: no report, so stay with float32
        }
    }

    /** Threads one operation may use (LibTorch's intra-op pool). */
    public static int threads() {
        ensureLoaded();
        return torch.get_num_threads();
    }

    /** Sets the threads one operation may use; at least 1. */
    public static void setThreads(int threads) {
        if (threads < 1) {
            throw new MedleyException("threads: " + threads + " is too few; give 1 or more");
        }
        ensureLoaded();
        use(threads);
    }

    private static void use(int threads) {
        if (threads > 1) {
            Parallel.ensureWorkers(threads);
        }
        torch.set_num_threads(threads);
    }

    /** Seeds LibTorch's own default generator; Medley's code draws from {@link Generator} instead. */
    public static void seedDefaultGenerator(long seed) {
        ensureLoaded();
        torch.manual_seed(seed);
    }

    /** What is loaded: version, BLAS actually mapped into this process, threads, devices. */
    public static Info info() {
        ensureLoaded();
        var devices = new ArrayList<String>();
        devices.add("cpu");
        if (torch.cuda_is_available()) {
            for (int i = 0; i < torch.cuda_device_count(); i++) {
                devices.add("cuda:" + i);
            }
        }
        return new Info(
                configured("TORCH_VERSION=([0-9.]+)"),
                mappedBlas(),
                instructions(),
                threads(),
                Loader.getPlatform(),
                List.copyOf(devices));
    }

    /** Resident memory of this process in bytes, or -1 where the operating system does not say. */
    public static long residentBytes() {
        ensureLoaded();
        return org.bytedeco.javacpp.Pointer.physicalBytes();
    }

    private static String instructions() {
        return configured("CPU capability usage: (\\S+)");
    }

    private static String configured(String pattern) {
        var found = Pattern.compile(pattern).matcher(torch.show_config().getString());
        return found.find() ? found.group(1) : "unknown";
    }

    private static String mappedBlas() {
        try {
            var maps = Files.readString(Path.of("/proc/self/maps"));
            if (maps.contains("libmkl_")) {
                return "MKL";
            }
            return maps.contains("openblas") ? "OpenBLAS" : "none found";
        } catch (IOException e) {
            return Loaded.MKL ? "MKL" : "OpenBLAS";
        }
    }

    private static int physicalCores() {
        int logical = Runtime.getRuntime().availableProcessors();
        try {
            // "0" or "0,64" or "0-1": more than one sibling means hyper-threads, which slow GEMM down.
            var siblings = Files.readString(Path.of("/sys/devices/system/cpu/cpu0/topology/thread_siblings_list"));
            return siblings.trim().matches("\\d+") ? logical : Math.max(1, logical / 2);
        } catch (IOException e) {
            return logical;
        }
    }
}
