package io.medley.tensor;

import org.bytedeco.pytorch.GradMode;

/** Switches gradient recording off on the calling thread for a try-with-resources block; the former state returns at its end. */
public final class NoGrad implements AutoCloseable {
    private final boolean before;

    private NoGrad(boolean enabled) {
        Engine.ensureLoaded();
        before = GradMode.is_enabled();
        GradMode.set_enabled(enabled);
    }

    /** Gradients off until closed. */
    public static NoGrad open() {
        return new NoGrad(false);
    }

    /** Gradients on until closed; for an explainer called from code that switched them off. */
    public static NoGrad withGrad() {
        return new NoGrad(true);
    }

    /** Whether operations on this thread are recorded at present. */
    public static boolean isRecording() {
        Engine.ensureLoaded();
        return GradMode.is_enabled();
    }

    @Override
    public void close() {
        GradMode.set_enabled(before);
    }
}
