package io.medley.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * Frees native memory deterministically: every tensor made on this thread while a scope is open is released when it closes, except those
 * handed out with {@link #keep}. Scopes nest. Tensors made outside any scope live until the garbage collector finds them; use that for
 * parameters only.
 *
 * <pre>{@code
 * try (var scope = Scope.open()) {
 *     var y = model.forward(x);
 *     return scope.keep(y);
 * }
 * }</pre>
 */
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<@Nullable Scope> INNERMOST = new ThreadLocal<>();

    private final PointerScope pointers;
    private final @Nullable Scope outer;
    private boolean open = true;

    private Scope() {
        Engine.ensureLoaded();
        outer = INNERMOST.get();
        pointers = new PointerScope();
        INNERMOST.set(this);
    }

    /** Opens a scope on the calling thread; close it on the same thread, innermost first. */
    public static Scope open() {
        return new Scope();
    }

    /** Hands {@code tensor} out of this scope, to the enclosing one if there is one, else to the garbage collector. */
    public Tensor keep(Tensor tensor) {
        tensor.at.retainReference();
        pointers.detach(tensor.at);
        if (outer != null) {
            outer.pointers.attach(tensor.at);
            tensor.at.releaseReference();
        }
        return tensor;
    }

    /** Takes {@code tensor} out of all scopes: the caller owns it from now on and closes it. For caches that outlive a step. */
    public static Tensor own(Tensor tensor) {
        var scope = INNERMOST.get();
        if (scope != null) {
            tensor.at.retainReference();
            scope.pointers.detach(tensor.at);
        }
        return tensor;
    }

    /** The same for any native object. */
    static <P extends Pointer> P own(P pointer) {
        var scope = INNERMOST.get();
        if (scope != null) {
            pointer.retainReference();
            scope.pointers.detach(pointer);
        }
        return pointer;
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        if (INNERMOST.get() != this) {
            throw new IllegalStateException(
                    "Scope.close: not the innermost open scope of this thread; close scopes in reverse order");
        }
        open = false;
        INNERMOST.set(outer);
        pointers.close();
    }
}
