package io.medley.model.reference;

import io.medley.checkpoint.Checkpoint;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Collects the outcomes of one directory and knows which stored values nobody has recomputed.
 *
 * <p>Every tensor of {@code cases.safetensors} and {@code grads.safetensors} must be fetched by {@link #input}, compared, or named
 * {@link #ignore ignored}; what remains at the end fails as not covered, and so does any other file of tensors that was never opened. A
 * {@code checkpoint.pth} must hold what {@code model.safetensors} holds. Not thread-safe.
 */
public final class Comparison {
    private static final String GRADIENT_PREFIX = "grad ";
    private final ReferenceDirectory directory;
    private final Checkpoint expected;
    private final Optional<Checkpoint> gradients;
    private final Set<String> inputs = new LinkedHashSet<>();
    private final Set<String> compared = new LinkedHashSet<>();
    private final List<CaseResult> results = new ArrayList<>();

    public Comparison(ReferenceDirectory directory) throws IOException {
        this.directory = directory;
        this.expected = directory.caseTensors();
        this.gradients = directory.gradients();
    }

    /** Runs a part of a replay; if it throws, that is one failed result and the other parts go on. */
    public void part(String name, Part part) {
        try {
            part.run();
        } catch (IOException | RuntimeException e) {
            fail(
                    name,
                    e.getClass().getSimpleName() + ": "
                            + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
        }
    }

    /** A part of a replay. */
    public interface Part {
        void run() throws IOException;
    }

    /** Whether {@code cases.safetensors} has the key. */
    public boolean has(String key) {
        return expected.names().contains(key);
    }

    /** All keys of {@code cases.safetensors}. */
    public Set<String> keys() {
        return expected.names();
    }

    /** A stored input, in the current scope; the key is not expected to be recomputed. */
    public Tensor input(String key) {
        inputs.add(key);
        return expected.load(key);
    }

    /** Says that a stored value is no result of the system (an argument, a duplicate). */
    public void ignore(String key) {
        inputs.add(key);
    }

    /** Compares with {@code cases.safetensors}: integers and booleans exactly, the rest within {@link Tolerance#FLOAT32}. */
    public void check(String key, Tensor actual) {
        check(key, actual, Tolerance.FLOAT32);
    }

    /** Compares with {@code cases.safetensors}, if it has the key. */
    public void checkIfPresent(String key, Tensor actual) {
        if (has(key)) {
            check(key, actual);
        }
    }

    /** Compares with {@code cases.safetensors} within another tolerance. */
    public void check(String key, Tensor actual, Tolerance tolerance) {
        compared.add(key);
        if (!has(key)) {
            fail(key, "the reference has no such value");
            return;
        }
        compare(key, expected.load(key), actual, tolerance);
    }

    /** Compares with {@code grads.safetensors}, within {@link Tolerance#GRADIENT}. */
    public void checkGradient(String key, Tensor actual) {
        compared.add(GRADIENT_PREFIX + key);
        if (gradients.isEmpty() || !gradients.get().names().contains(key)) {
            fail(GRADIENT_PREFIX + key, "the reference has no such gradient");
            return;
        }
        compare(GRADIENT_PREFIX + key, gradients.get().load(key), actual, Tolerance.GRADIENT);
    }

    /** Compares with a value from another file of the directory. */
    public void compare(String name, Tensor wanted, Tensor actual, Tolerance tolerance) {
        if (!Arrays.equals(wanted.shape(), actual.shape())) {
            fail(name, "shape " + Arrays.toString(actual.shape()) + ", expected " + Arrays.toString(wanted.shape()));
            return;
        }
        boolean exact = !wanted.dtype().isFloatingPoint();
        results.add(differences(name, wanted.toDoubles(), actual.toDoubles(), exact ? Tolerance.EXACT : tolerance));
    }

    /** Compares strings exactly. */
    public void checkText(String name, List<String> wanted, List<String> actual) {
        if (wanted.equals(actual)) {
            results.add(new CaseResult(name, 0, 0, true, ""));
            return;
        }
        int i = 0;
        while (i < wanted.size() && i < actual.size() && wanted.get(i).equals(actual.get(i))) {
            i++;
        }
        fail(name, "text " + i + " is " + quoted(actual, i) + ", expected " + quoted(wanted, i));
    }

    /** Records that a value could not be had. */
    public void fail(String name, String why) {
        results.add(new CaseResult(name, Double.NaN, Double.NaN, false, why));
    }

    /** All outcomes so far, and one failure for each stored value that was neither used nor compared. */
    public List<CaseResult> results() {
        List<CaseResult> all = new ArrayList<>(results);
        try {
            for (String file : directory.unopened()) {
                all.add(new CaseResult(file, Double.NaN, Double.NaN, false, "not covered by the replay"));
            }
            for (String file : List.of("checkpoint.pth", "checkpoint_legacy.pth")) {
                if (directory.files().file(file).isPresent()) {
                    all.add(sameWeights(file));
                }
            }
        } catch (IOException | RuntimeException e) {
            all.add(new CaseResult("files", Double.NaN, Double.NaN, false, String.valueOf(e.getMessage())));
        }
        for (String key : expected.names()) {
            if (!inputs.contains(key) && !compared.contains(key)) {
                all.add(new CaseResult(key, Double.NaN, Double.NaN, false, "not covered by the replay"));
            }
        }
        if (gradients.isPresent()) {
            for (String key : gradients.get().names()) {
                if (!compared.contains(GRADIENT_PREFIX + key)) {
                    all.add(new CaseResult(
                            GRADIENT_PREFIX + key, Double.NaN, Double.NaN, false, "not covered by the replay"));
                }
            }
        }
        return all;
    }

    /** The same weights as torch writes them must read the same, bit for bit. */
    private CaseResult sameWeights(String file) throws IOException {
        var wanted = directory.weights();
        try (var checkpoint = Checkpoint.open(directory.files().require(file))) {
            var found = checkpoint.unwrapped();
            var note = found.names().equals(wanted.names()) ? "" : "other names than in model.safetensors";
            for (String name : wanted.names()) {
                if (note.isEmpty()
                        && !(found.info(name).equals(wanted.info(name))
                                && found.bytes(name).equals(wanted.bytes(name)))) {
                    note = name + " differs from model.safetensors";
                }
            }
            return new CaseResult(
                    file, note.isEmpty() ? 0 : Double.NaN, note.isEmpty() ? 0 : Double.NaN, note.isEmpty(), note);
        }
    }

    /** The directory these results are of. */
    public ReferenceDirectory directory() {
        return directory;
    }

    private static CaseResult differences(String name, double[] wanted, double[] actual, Tolerance tolerance) {
        double maxAbs = 0;
        double scale = 0;
        for (int i = 0; i < wanted.length; i++) {
            if (Double.isNaN(wanted[i])) {
                continue; // some originals divide by zero; being finite there is allowed
            }
            if (Double.isInfinite(wanted[i]) || !Double.isFinite(actual[i])) {
                if (wanted[i] != actual[i]) {
                    return new CaseResult(
                            name,
                            Double.POSITIVE_INFINITY,
                            Double.POSITIVE_INFINITY,
                            false,
                            "element " + i + " is " + actual[i] + ", expected " + wanted[i]);
                }
                continue;
            }
            maxAbs = Math.max(maxAbs, Math.abs(wanted[i] - actual[i]));
            scale = Math.max(scale, Math.abs(wanted[i]));
        }
        boolean ok = maxAbs <= tolerance.absolute() + tolerance.relative() * scale;
        return new CaseResult(name, maxAbs, maxAbs == 0 ? 0 : maxAbs / scale, ok, "");
    }

    private static String quoted(List<String> texts, int i) {
        return i < texts.size() ? "\"" + texts.get(i) + "\"" : "missing";
    }
}
