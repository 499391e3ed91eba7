package io.medley.tensor;

import java.util.Arrays;

/** An operation of the engine failed: says which, why, and the shapes it was given, in one line. */
public final class TensorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private TensorException(String message, Throwable cause) {
        super(message, cause);
    }

    static TensorException of(String operation, RuntimeException cause, Tensor... inputs) {
        var message = new StringBuilder(operation).append(": ");
        var text = String.valueOf(cause.getMessage());
        int end = text.indexOf('\n');
        message.append(end < 0 ? text : text.substring(0, end));
        var separator = " [inputs ";
        for (var input : inputs) {
            message.append(separator).append(describe(input));
            separator = ", ";
        }
        return new TensorException(
                inputs.length == 0 ? message.toString() : message.append(']').toString(), cause);
    }

    private static String describe(Tensor t) {
        return t.at.isNull() ? "freed tensor" : Arrays.toString(t.shape()) + " " + t.dtype();
    }
}
