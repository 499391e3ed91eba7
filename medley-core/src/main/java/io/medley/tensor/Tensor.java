package io.medley.tensor;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.PointerConsumer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * An n-dimensional array of LibTorch, with autograd. Operations return new tensors; those whose name ends in {@code _} change the tensor in
 * place and return it, as in PyTorch. Negative dimensions count from the end. A failed operation throws {@link TensorException}, which names
 * the operation and the shapes. See {@link Scope} for when memory is freed.
 */
public final class Tensor implements AutoCloseable {
    static {
        Engine.ensureLoaded();
    }

    final org.bytedeco.pytorch.Tensor at;
    // Memory that is not LibTorch's own (a mapped file); views carry it on, so that it stays mapped while any of them
    // is in use.
    private final @Nullable Object owner;
    private long @Nullable [] shape;

    Tensor(org.bytedeco.pytorch.Tensor at) {
        this(at, null);
    }

    private Tensor(org.bytedeco.pytorch.Tensor at, @Nullable Object owner) {
        this.at = at;
        this.owner = owner;
    }

    /** Two results of one operation: values and their positions (int64). */
    public record Indexed(Tensor values, Tensor indices) {}

    // ------------------------------------------------------------------------------------------------ making tensors

    /** Zeros, float32. */
    public static Tensor zeros(long... shape) {
        return zeros(DType.FLOAT32, shape);
    }

    /** Zeros of a given type. */
    public static Tensor zeros(DType type, long... shape) {
        return op("zeros", () -> torch.torch_zeros(shape, Types.options(type)));
    }

    /** Ones, float32. */
    public static Tensor ones(long... shape) {
        return full(1, DType.FLOAT32, shape);
    }

    /** Every element {@code value}. */
    public static Tensor full(double value, DType type, long... shape) {
        return zeros(type, shape).fill_(value);
    }

    /** Uninitialised memory of a given type, for results that are written whole. */
    public static Tensor empty(DType type, long... shape) {
        return op("empty", () -> torch.torch_empty(shape, Types.options(type), null));
    }

    /** 0, 1, … n-1 as int64. */
    public static Tensor arange(long n) {
        return op("arange", () -> torch.torch_arange(new Scalar(n), Types.options(DType.INT64)));
    }

    /** {@code from}, {@code from} + 1, … {@code to} − 1 as int64. */
    public static Tensor arange(long from, long to) {
        return op("arange", () -> torch.torch_arange(new Scalar(from), new Scalar(to), Types.options(DType.INT64)));
    }

    /** A copy of {@code data} in row-major order, float32. */
    public static Tensor of(float[] data, long... shape) {
        var t = empty(DType.FLOAT32, sized(data.length, shape));
        t.at.data_ptr_float().put(data);
        return t;
    }

    /** A copy of {@code data} in row-major order, float64. */
    public static Tensor of(double[] data, long... shape) {
        var t = empty(DType.FLOAT64, sized(data.length, shape));
        new DoublePointer(t.at.data_ptr()).put(data);
        return t;
    }

    /** A copy of {@code data} in row-major order, int64. */
    public static Tensor of(long[] data, long... shape) {
        var t = empty(DType.INT64, sized(data.length, shape));
        new LongPointer(t.at.data_ptr()).put(data);
        return t;
    }

    /** A copy of {@code data} in row-major order, bool. */
    public static Tensor of(boolean[] data, long... shape) {
        var bytes = new byte[data.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (data[i] ? 1 : 0);
        }
        var t = empty(DType.BOOL, sized(data.length, shape));
        new BytePointer(t.at.data_ptr()).put(bytes);
        return t;
    }

    /** A float32 scalar (no dimensions). */
    public static Tensor scalar(double value) {
        return full(value, DType.FLOAT32);
    }

    /**
     * The bytes of a direct (for example memory-mapped) little-endian buffer as a tensor, without a copy; the buffer stays reachable as long
     * as the tensor and its views do. Writing into the tensor writes into the buffer: clone a read-only mapping before any in-place use.
     *
     * @throws IllegalArgumentException when the buffer is not direct, or its size or alignment does not fit type and shape
     */
    public static Tensor fromBuffer(ByteBuffer buffer, DType type, long... shape) {
        long wanted = count(shape) * type.bytes();
        if (!buffer.isDirect() || buffer.remaining() != wanted) {
            throw new IllegalArgumentException("Tensor.fromBuffer: need a direct buffer of " + wanted + " bytes for "
                    + type + " " + Arrays.toString(shape) + ", got " + (buffer.isDirect() ? "direct" : "heap")
                    + " with " + buffer.remaining());
        }
        if (wanted == 0) {
            return zeros(type, shape);
        }
        var slice = buffer.slice();
        var pointer = new BytePointer(slice);
        if (pointer.address() % type.bytes() != 0) {
            throw new IllegalArgumentException("Tensor.fromBuffer: data is not aligned to " + type.bytes()
                    + " bytes; copy it into a fresh buffer");
        }
        var blob = torch.from_blob(
                new Pointer(pointer), shape, (PointerConsumer) null, Types.options(type), new DeviceOptional());
        return new Tensor(blob, List.of(slice, pointer));
    }

    /** Joins along an existing dimension. */
    public static Tensor cat(List<Tensor> tensors, int dim) {
        return op("cat", () -> torch.cat(vector(tensors), dim), tensors.toArray(Tensor[]::new));
    }

    /** Joins along an existing dimension. */
    public static Tensor cat(int dim, Tensor... tensors) {
        return cat(List.of(tensors), dim);
    }

    /** Joins along a new dimension. */
    public static Tensor stack(List<Tensor> tensors, int dim) {
        return op("stack", () -> torch.stack(vector(tensors), dim), tensors.toArray(Tensor[]::new));
    }

    /** {@code yes} where the condition (bool) holds, else {@code no}; broadcasts. */
    public static Tensor where(Tensor condition, Tensor yes, Tensor no) {
        return op("where", () -> torch.where(condition.at, yes.at, no.at), condition, yes, no);
    }

    // ------------------------------------------------------------------------------------------------ facts and values

    /** Sizes of all dimensions. */
    public long[] shape() {
        return ownShape().clone();
    }

    /** Size of one dimension; negative counts from the end. */
    public long size(int dim) {
        var s = ownShape();
        return s[dim < 0 ? dim + s.length : dim];
    }

    /** Number of dimensions. */
    public int dim() {
        return ownShape().length;
    }

    /** Number of elements. */
    public long numel() {
        return count(ownShape());
    }

    public DType dtype() {
        return Types.of(at.scalar_type());
    }

    /** The one element of a tensor with one element. */
    public double item() {
        if (numel() != 1) {
            throw new IllegalStateException(
                    "Tensor.item: one element expected, shape is " + Arrays.toString(ownShape()));
        }
        return at.item_double();
    }

    /** The one element, exactly, of an integer tensor with one element. */
    public long itemLong() {
        return toLongs()[0];
    }

    /** All elements in row-major order, converted to float. */
    public float[] toFloats() {
        var data = new float[Math.toIntExact(numel())];
        if (data.length > 0) {
            var source = plain(DType.FLOAT32);
            source.at.data_ptr_float().get(data);
            Reference.reachabilityFence(source);
        }
        return data;
    }

    /** All elements in row-major order, converted to double. */
    public double[] toDoubles() {
        var data = new double[Math.toIntExact(numel())];
        if (data.length > 0) {
            var source = plain(DType.FLOAT64);
            new DoublePointer(source.at.data_ptr()).get(data);
            Reference.reachabilityFence(source);
        }
        return data;
    }

    /** All elements in row-major order, converted to long (fractions are cut). */
    public long[] toLongs() {
        var data = new long[Math.toIntExact(numel())];
        if (data.length > 0) {
            var source = plain(DType.INT64);
            new LongPointer(source.at.data_ptr()).get(data);
            Reference.reachabilityFence(source);
        }
        return data;
    }

    /** A contiguous copy of the elements' bytes, little-endian, in a direct buffer; at most 2 GiB. */
    public ByteBuffer toBuffer() {
        int bytes = Math.toIntExact(numel() * dtype().bytes());
        var buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes > 0) {
            var source = plain(dtype());
            Pointer.memcpy(new BytePointer(buffer), source.at.data_ptr(), bytes);
            Reference.reachabilityFence(source);
        }
        return buffer;
    }

    /**
     * Copies the elements' bytes, row-major and little-endian, into a direct buffer, which must have exactly that many remaining; its position does
     * not change. For writing many tensors through one buffer.
     */
    public void copyInto(ByteBuffer direct) {
        long bytes = numel() * dtype().bytes();
        if (!direct.isDirect() || direct.isReadOnly() || direct.remaining() != bytes) {
            throw new IllegalArgumentException("Tensor.copyInto: need a writable direct buffer of " + bytes
                    + " bytes, got " + (direct.isDirect() ? "direct" : "heap") + " with " + direct.remaining());
        }
        if (bytes > 0) {
            var source = plain(dtype());
            var target = direct.slice();
            Pointer.memcpy(new BytePointer(target), source.at.data_ptr(), bytes);
            Reference.reachabilityFence(source);
            Reference.reachabilityFence(target);
        }
    }

    private Tensor plain(DType type) {
        return detach().to(type).contiguous();
    }

    /** Frees this tensor now; for tensors that live outside scopes. Views of it stay valid. */
    @Override
    public void close() {
        at.close();
    }

    @Override
    public String toString() {
        return at.isNull() ? "Tensor(freed)" : "Tensor" + Arrays.toString(ownShape()) + " " + dtype();
    }

    // ------------------------------------------------------------------------------------------------ type and layout

    /** This tensor when it has that type already, else a converted copy. */
    public Tensor to(DType type) {
        return dtype() == type ? this : op("to", () -> at.to(Types.of(type)), this);
    }

    /** A copy with memory of its own. */
    public Tensor copy() {
        return new Tensor(at.clone());
    }

    /** Row-major in memory: this tensor, or a copy. */
    public Tensor contiguous() {
        return at.is_contiguous() ? this : op("contiguous", at::contiguous, this);
    }

    /**
     * (B, C, H, W) with the channels of a pixel side by side in memory: this tensor, or a copy. Convolutions of such tensors give such tensors,
     * and are faster on the CPU; gradients of a group norm are much slower.
     */
    public Tensor channelsLast() {
        return op("channelsLast", () -> at.contiguous(torch.MemoryFormat.ChannelsLast), this);
    }

    public boolean isContiguous() {
        return at.is_contiguous();
    }

    /** Whether this is a picture (B, C, H, W) whose channels lie side by side, as {@link #channelsLast} makes them. */
    public boolean isChannelsLast() {
        return dim() == 4 && at.is_contiguous(torch.MemoryFormat.ChannelsLast);
    }

    public Tensor reshape(long... shape) {
        return op("reshape", () -> at.reshape(shape), this);
    }

    public Tensor permute(long... dims) {
        return op("permute", () -> at.permute(dims), this);
    }

    public Tensor transpose(int a, int b) {
        return op("transpose", () -> at.transpose(a, b), this);
    }

    /** One slice of a dimension, which disappears. */
    public Tensor select(int dim, long index) {
        return op("select", () -> at.select(dim, index), this);
    }

    /** {@code length} slices of a dimension from {@code start}; a view. */
    public Tensor narrow(int dim, long start, long length) {
        return op("narrow", () -> at.narrow(dim, start, length), this);
    }

    /** Pieces of equal size along a dimension; views. */
    public Tensor[] chunk(int count, int dim) {
        var parts = torch.chunk(at, count, dim);
        var out = new Tensor[Math.toIntExact(parts.size())];
        for (int i = 0; i < out.length; i++) {
            out[i] = new Tensor(parts.get(i), owner);
        }
        return out;
    }

    /** Repeats dimensions of size 1 without copying; -1 keeps a dimension. */
    public Tensor expand(long... shape) {
        return op("expand", () -> at.expand(shape), this);
    }

    public Tensor unsqueeze(int dim) {
        return op("unsqueeze", () -> at.unsqueeze(dim), this);
    }

    public Tensor squeeze(int dim) {
        return op("squeeze", () -> at.squeeze(dim), this);
    }

    /** Each element of a dimension {@code times} times in a row: a b → a a b b. */
    public Tensor repeatInterleave(long times, int dim) {
        return op(
                "repeatInterleave", () -> at.repeat_interleave(times, new LongOptional(dim), new LongOptional()), this);
    }

    /** Rows chosen by int64 positions along a dimension. */
    public Tensor indexSelect(int dim, Tensor index) {
        return op("indexSelect", () -> at.index_select(dim, index.at), this, index);
    }

    /** Elements chosen by int64 positions of the result's shape along a dimension. */
    public Tensor gather(int dim, Tensor index) {
        return op("gather", () -> at.gather(dim, index.at), this, index);
    }

    public Tensor flip(long... dims) {
        return op("flip", () -> at.flip(dims), this);
    }

    // ------------------------------------------------------------------------------------------------ arithmetic

    public Tensor add(Tensor o) {
        return op("add", () -> at.add(o.at), this, o);
    }

    public Tensor add(double s) {
        return op("add", () -> at.add(new Scalar(s)), this);
    }

    public Tensor sub(Tensor o) {
        return op("sub", () -> at.sub(o.at), this, o);
    }

    public Tensor sub(double s) {
        return op("sub", () -> at.sub(new Scalar(s)), this);
    }

    public Tensor mul(Tensor o) {
        return op("mul", () -> at.mul(o.at), this, o);
    }

    public Tensor mul(double s) {
        return op("mul", () -> at.mul(new Scalar(s)), this);
    }

    public Tensor div(Tensor o) {
        return op("div", () -> at.div(o.at), this, o);
    }

    public Tensor div(double s) {
        return op("div", () -> at.div(new Scalar(s)), this);
    }

    public Tensor neg() {
        return op("neg", at::neg, this);
    }

    public Tensor exp() {
        return op("exp", at::exp, this);
    }

    public Tensor log() {
        return op("log", at::log, this);
    }

    public Tensor sqrt() {
        return op("sqrt", at::sqrt, this);
    }

    public Tensor sin() {
        return op("sin", at::sin, this);
    }

    public Tensor cos() {
        return op("cos", at::cos, this);
    }

    /** The largest integer not above each element. */
    public Tensor floor() {
        return op("floor", at::floor, this);
    }

    public Tensor abs() {
        return op("abs", at::abs, this);
    }

    public Tensor pow(double exponent) {
        return op("pow", () -> at.pow(new Scalar(exponent)), this);
    }

    public Tensor clamp(double min, double max) {
        return op("clamp", () -> at.clamp(bound(min), bound(max)), this);
    }

    public Tensor clampMin(double min) {
        return op("clampMin", () -> at.clamp(bound(min), new ScalarOptional()), this);
    }

    public Tensor maximum(Tensor o) {
        return op("maximum", () -> at.maximum(o.at), this, o);
    }

    /** Matrix product over the last two dimensions; leading ones broadcast. */
    public Tensor matmul(Tensor o) {
        return op("matmul", () -> at.matmul(o.at), this, o);
    }

    // ------------------------------------------------------------------------------------------------ linear algebra

    /** The inverse of square matrices (…, N, N). */
    public Tensor inverse() {
        return op("inverse", () -> torch.linalg_inv(at), this);
    }

    /** log |det| of square matrices (…, N, N) → (…). */
    public Tensor logAbsDet() {
        return op("logAbsDet", () -> shared(torch.linalg_slogdet(at).get1()), this);
    }

    /** The orthogonal factor of the QR decomposition of (…, N, N). */
    public Tensor orthogonalFactor() {
        return op("orthogonalFactor", () -> shared(torch.linalg_qr(at).get0()), this);
    }

    /** The factors of A = P·L·U: a permutation, a lower triangle with ones on its diagonal, an upper triangle. */
    public record Lu(Tensor permutation, Tensor lower, Tensor upper) {}

    /** The LU decomposition, with partial pivoting, of square matrices (…, N, N). */
    public Lu lu() {
        try {
            var factors = torch.linalg_lu(at);
            return new Lu(
                    new Tensor(shared(factors.get0())),
                    new Tensor(shared(factors.get1())),
                    new Tensor(shared(factors.get2())));
        } catch (RuntimeException e) {
            throw TensorException.of("lu", e, this);
        }
    }

    /** The elements on and below a diagonal of matrices, zero above; diagonal 0 is the main one, -1 the next below. */
    public Tensor lowerTriangle(int diagonal) {
        return op("lowerTriangle", () -> at.tril(diagonal), this);
    }

    /** The elements on and above a diagonal of matrices, zero below; diagonal 0 is the main one, 1 the next above. */
    public Tensor upperTriangle(int diagonal) {
        return op("upperTriangle", () -> at.triu(diagonal), this);
    }

    /** A square matrix with this vector (N) on its diagonal, or the diagonal (N) of this matrix. */
    public Tensor diagonal() {
        return op("diagonal", at::diag, this);
    }

    // ------------------------------------------------------------------------------------------------ comparisons
    // (bool)

    public Tensor eq(Tensor o) {
        return op("eq", () -> at.eq(o.at), this, o);
    }

    public Tensor eq(double s) {
        return op("eq", () -> at.eq(new Scalar(s)), this);
    }

    public Tensor ne(double s) {
        return op("ne", () -> at.ne(new Scalar(s)), this);
    }

    public Tensor gt(double s) {
        return op("gt", () -> at.gt(new Scalar(s)), this);
    }

    public Tensor gt(Tensor o) {
        return op("gt", () -> at.gt(o.at), this, o);
    }

    public Tensor lt(double s) {
        return op("lt", () -> at.lt(new Scalar(s)), this);
    }

    public Tensor logicalNot() {
        return op("logicalNot", at::logical_not, this);
    }

    public Tensor logicalAnd(Tensor o) {
        return op("logicalAnd", () -> at.logical_and(o.at), this, o);
    }

    /** {@code value} where the mask (bool) is set. */
    public Tensor maskedFill(Tensor mask, double value) {
        return op("maskedFill", () -> at.masked_fill(mask.at, new Scalar(value)), this, mask);
    }

    /** Whether every element is a finite number. */
    public boolean isFinite() {
        return torch.isfinite(at).all().item_bool();
    }

    // ------------------------------------------------------------------------------------------------ reductions

    public Tensor sum() {
        return op("sum", at::sum, this);
    }

    public Tensor sum(int dim, boolean keep) {
        return op("sum", () -> at.sum(new long[] {dim}, keep, new ScalarTypeOptional()), this);
    }

    public Tensor mean() {
        return op("mean", at::mean, this);
    }

    public Tensor mean(int dim, boolean keep) {
        return op("mean", () -> at.mean(new long[] {dim}, keep, new ScalarTypeOptional()), this);
    }

    /** Largest element along a dimension. */
    public Tensor amax(int dim, boolean keep) {
        return op("amax", () -> at.amax(new long[] {dim}, keep), this);
    }

    /** Position of the largest element along a dimension (the first of equals), int64. */
    public Tensor argmax(int dim) {
        return op("argmax", () -> at.argmax(new LongOptional(dim), false), this);
    }

    public Tensor logSumExp(int dim, boolean keep) {
        return op("logSumExp", () -> at.logsumexp(new long[] {dim}, keep), this);
    }

    /** The k largest along the last dimension, largest first. */
    public Indexed topk(int k) {
        var pair = torch.topk(at, k, -1, true, true);
        return new Indexed(new Tensor(shared(pair.get0())), new Tensor(shared(pair.get1())));
    }

    /** Sorted along a dimension. */
    public Indexed sort(int dim, boolean descending) {
        var pair = torch.sort(at, dim, descending);
        return new Indexed(new Tensor(shared(pair.get0())), new Tensor(shared(pair.get1())));
    }

    public Tensor cumsum(int dim) {
        return op("cumsum", () -> at.cumsum(dim), this);
    }

    // ------------------------------------------------------------------------------------------------ functions of
    // networks

    public Tensor softmax(int dim) {
        return op("softmax", () -> Autocast.full(this).at.softmax(dim), this);
    }

    public Tensor logSoftmax(int dim) {
        return op("logSoftmax", () -> Autocast.full(this).at.log_softmax(dim), this);
    }

    public Tensor sigmoid() {
        return op("sigmoid", at::sigmoid, this);
    }

    public Tensor tanh() {
        return op("tanh", at::tanh, this);
    }

    /** log(1 + eˣ), without overflow. */
    public Tensor softplus() {
        return op("softplus", () -> torch.softplus(at), this);
    }

    /** x where positive, {@code slope}·x elsewhere. */
    public Tensor leakyRelu(double slope) {
        return op("leakyRelu", () -> torch.leaky_relu(at, new Scalar(slope)), this);
    }

    public Tensor relu() {
        return op("relu", at::relu, this);
    }

    /** x·Φ(x), exact (erf) form. */
    public Tensor gelu() {
        return op("gelu", () -> torch.gelu(at), this);
    }

    /** {@link #gelu()} in place; for inference. */
    public Tensor gelu_() {
        torch.gelu_(at);
        return this;
    }

    /** GELU in its tanh approximation. */
    public Tensor geluTanh() {
        return op("geluTanh", () -> torch.gelu(at, "tanh"), this);
    }

    public Tensor silu() {
        return op("silu", () -> torch.silu(at), this);
    }

    /** {@link #silu()} in place; for inference. */
    public Tensor silu_() {
        torch.silu_(at);
        return this;
    }

    /** x / max(‖x‖₂, 1e-12) along a dimension, as torch.nn.functional.normalize. */
    public Tensor normalize(int dim) {
        var x = Autocast.full(this);
        return op(
                "normalize",
                () -> x.at.div(x.at.norm(new ScalarOptional(new Scalar(2.0)), new long[] {dim}, true)
                        .clamp_min(new Scalar(1e-12))),
                this);
    }

    /** x·Wᵀ + b for weight (out, in) and bias (out). */
    public Tensor linear(Tensor weight, @Nullable Tensor bias) {
        if (Autocast.isOn()) {
            var low = bias == null ? null : Autocast.low(bias);
            return op(
                    "linear",
                    () -> torch.linear(Autocast.low(this).at, Autocast.low(weight).at, optional(low)),
                    this,
                    weight);
        }
        return op("linear", () -> torch.linear(at, weight.at, optional(bias)), this, weight);
    }

    /** Normalises over the last dimension, then scales and shifts. */
    public Tensor layerNorm(Tensor weight, Tensor bias, double eps) {
        return op(
                "layerNorm",
                () -> torch.layer_norm(
                        Autocast.full(this).at,
                        new long[] {weight.size(0)},
                        optional(weight),
                        optional(bias),
                        eps,
                        true),
                this,
                weight);
    }

    /** Normalises over the last dimension only. */
    public Tensor layerNorm(double eps) {
        return op(
                "layerNorm",
                () -> torch.layer_norm(
                        Autocast.full(this).at,
                        new long[] {size(-1)},
                        new TensorOptional(),
                        new TensorOptional(),
                        eps,
                        true),
                this);
    }

    /** Normalises each of {@code groups} groups of channels of (B, C, …), then scales and shifts by channel: weight and bias (C). */
    public Tensor groupNorm(int groups, Tensor weight, Tensor bias, double eps) {
        return op(
                "groupNorm",
                () -> torch.group_norm(Autocast.full(this).at, groups, optional(weight), optional(bias), eps, true),
                this,
                weight);
    }

    /** Rows of a table (V, D) looked up by int64 ids of any shape; this is the table. */
    public Tensor embedding(Tensor ids) {
        return op("embedding", () -> torch.embedding(at, ids.at), this, ids);
    }

    /** Convolution of (B, C, H, W) with weight (O, C/groups, kh, kw). */
    public Tensor conv2d(Tensor weight, @Nullable Tensor bias, int stride, int padding, int groups) {
        return op(
                "conv2d",
                () -> torch.conv2d(
                        at,
                        weight.at,
                        optional(bias),
                        new long[] {stride, stride},
                        new long[] {padding, padding},
                        new long[] {1, 1},
                        groups),
                this,
                weight);
    }

    /** Transposed convolution of (B, C, H, W) with weight (C, O/groups, kh, kw). */
    public Tensor convTranspose2d(Tensor weight, int stride, int padding, int groups) {
        return op(
                "convTranspose2d",
                () -> torch.conv_transpose2d(
                        at,
                        weight.at,
                        new TensorOptional(),
                        new long[] {stride, stride},
                        new long[] {padding, padding},
                        new long[] {0, 0},
                        groups,
                        1,
                        1),
                this,
                weight);
    }

    /** Zeros around the last two dimensions of (B, C, H, W). */
    public Tensor pad2d(long left, long right, long top, long bottom) {
        return op("pad2d", () -> torch.constant_pad_nd(at, left, right, top, bottom), this);
    }

    /** Mean of each {@code size} × {@code size} square of (B, C, H, W). */
    public Tensor averagePool2d(int size) {
        return op("averagePool2d", () -> torch.avg_pool2d(at, size, size), this);
    }

    /**
     * softmax(q·kᵀ/√D + mask)·v, fused.
     *
     * @param q (…, L, D)
     * @param k (…, S, D)
     * @param v (…, S, Dv)
     * @param mask added to the scores (float) or true where attention is allowed (bool); broadcasts to (…, L, S)
     * @param causal whether position i sees only positions up to i; excludes a mask
     */
    public static Tensor scaledDotProductAttention(
            Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal) {
        return op(
                "scaledDotProductAttention",
                () -> torch.scaled_dot_product_attention(
                        Autocast.full(q).at,
                        Autocast.full(k).at,
                        Autocast.full(v).at,
                        optional(mask),
                        0.0,
                        causal,
                        new DoubleOptional(),
                        false),
                q,
                k,
                v);
    }

    /**
     * −Σ targets·log softmax of logits (N, V) against class positions (N) int64, per row.
     *
     * @param ignore rows with this target give 0
     * @param smoothing label smoothing in [0, 1)
     * @return (N)
     */
    public Tensor crossEntropy(Tensor targets, long ignore, double smoothing) {
        return op(
                "crossEntropy",
                () -> torch.cross_entropy_loss(
                        Autocast.full(this).at, targets.at, new TensorOptional(), 0, ignore, smoothing),
                this,
                targets);
    }

    /** Bicubic resampling of (B, C, H, W), a = −0.75, no antialias, corners not aligned: torch's {@code interpolate(mode="bicubic")}. */
    public Tensor resizeBicubic(long height, long width) {
        return op(
                "resizeBicubic",
                () -> torch.upsample_bicubic2d(
                        at, new long[] {height, width}, false, new DoubleOptional(), new DoubleOptional()),
                this);
    }

    /** Bilinear resampling of (B, C, H, W), no antialias, corners not aligned. */
    public Tensor resizeBilinear(long height, long width) {
        return op(
                "resizeBilinear",
                () -> torch.upsample_bilinear2d(
                        at, new long[] {height, width}, false, new DoubleOptional(), new DoubleOptional()),
                this);
    }

    /** Each pixel of (B, C, H, W) repeated to another size. */
    public Tensor resizeNearest(long height, long width) {
        return op("resizeNearest", () -> torch.upsample_nearest2d(at, height, width), this);
    }

    // ------------------------------------------------------------------------------------------------ in place

    public Tensor fill_(double value) {
        at.fill_(new Scalar(value));
        return this;
    }

    public Tensor copy_(Tensor from) {
        return inPlace("copy_", () -> at.copy_(from.at), from);
    }

    /** Writes rows of {@code from} at int64 positions along a dimension. */
    public Tensor indexCopy_(int dim, Tensor index, Tensor from) {
        return inPlace("indexCopy_", () -> at.index_copy_(dim, index.at, from.at), index, from);
    }

    public Tensor add_(Tensor o) {
        return inPlace("add_", () -> at.add_(o.at), o);
    }

    /** this += factor·o. */
    public Tensor add_(Tensor o, double factor) {
        return inPlace("add_", () -> at.add_(o.at, new Scalar(factor)), o);
    }

    public Tensor mul_(double s) {
        return inPlace("mul_", () -> at.mul_(new Scalar(s)), this);
    }

    public Tensor sqrt_() {
        return inPlace("sqrt_", at::sqrt_, this);
    }

    public Tensor add_(double s) {
        return inPlace("add_", () -> at.add_(new Scalar(s)), this);
    }

    public Tensor clamp_(double min, double max) {
        return inPlace("clamp_", () -> at.clamp_(bound(min), bound(max)), this);
    }

    /** this += factor·a·b. */
    public Tensor addcmul_(Tensor a, Tensor b, double factor) {
        return inPlace("addcmul_", () -> at.addcmul_(a.at, b.at, new Scalar(factor)), a, b);
    }

    /** this += factor·a/b. */
    public Tensor addcdiv_(Tensor a, Tensor b, double factor) {
        return inPlace("addcdiv_", () -> at.addcdiv_(a.at, b.at, new Scalar(factor)), a, b);
    }

    /** this += weight·(end − this). */
    public Tensor lerp_(Tensor end, double weight) {
        return inPlace("lerp_", () -> at.lerp_(end.at, new Scalar(weight)), end);
    }

    // ------------------------------------------------------------------------------------------------ autograd

    /** Whether operations on this tensor are recorded. */
    public boolean requiresGrad() {
        return at.requires_grad();
    }

    /** Marks a leaf as a parameter (or not); returns this tensor. */
    public Tensor requiresGrad(boolean on) {
        at.set_requires_grad(on);
        return this;
    }

    /** The same values, cut off from the graph. */
    public Tensor detach() {
        return op("detach", at::detach, this);
    }

    /** Keeps the gradient of a tensor that is not a leaf; returns this tensor. */
    public Tensor retainGrad() {
        at.retain_grad();
        return this;
    }

    /** Gradients of this scalar flow into the leaves' {@link #grad()}. */
    public void backward() {
        try {
            at.backward();
        } catch (RuntimeException e) {
            throw TensorException.of("backward", e, this);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Like {@link #backward()} for any shape, starting from a given gradient. */
    public void backward(Tensor gradient) {
        try {
            torch.backward(
                    new TensorVector(at),
                    new TensorVector(gradient.at),
                    new org.bytedeco.pytorch.BoolOptional(),
                    false,
                    new TensorVector());
        } catch (RuntimeException e) {
            throw TensorException.of("backward", e, this, gradient);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * The same tensor, whose gradient passes through {@code hook} during backward, on the thread that runs it and with recording off: what
     * the hook returns (same shape and type; its argument, to leave it) flows on in its place. Others may hold the argument, so a hook that
     * changes it copies it first, unless it knows better. Runs once per backward, when the gradient is complete. Compute with the returned tensor: it and all that is computed from it keep the hook alive. An exception of the hook ends
     * backward.
     *
     * <p>Each call adds a node to the graph, so hooks of several results of the same tensor do not meet.
     */
    public Tensor withGradientHook(UnaryOperator<Tensor> hook) {
        var nativeHook = GradientHook.of(hook);
        try {
            // A view is a node of its own, which leaves earlier uses of this tensor alone.
            var view = at.view_as(at);
            view.register_hook(nativeHook);
            return new Tensor(view, owner == null ? nativeHook : List.of(owner, nativeHook));
        } catch (RuntimeException e) {
            throw TensorException.of("withGradientHook", e, this);
        }
    }

    /**
     * Calls {@code listener} in every backward pass just before the gradient of this leaf is added to {@link #grad()}; so when it is called for
     * another leaf, this one's has been added. Runs on the thread of backward. Close the result to end it; it must stay reachable until then.
     *
     * @return the registration; closing it removes the listener
     */
    public AutoCloseable onGradient(Runnable listener) {
        var hook = GradientHook.of(gradient -> {
            listener.run();
            return gradient;
        });
        try {
            int number = at.register_hook(hook);
            return () -> {
                at.remove_hook(number);
                hook.close();
            };
        } catch (RuntimeException e) {
            throw TensorException.of("onGradient", e, this);
        }
    }

    /**
     * The gradient of Σ output·weights with respect to {@code input}, returned and not accumulated: no leaf's {@link #grad()} changes.
     * The graph stays, so that further gradients of the same output can follow.
     *
     * @param weights of the output's shape
     * @param createGraph whether the gradient itself records operations, for derivatives of second order
     */
    public static Tensor gradient(Tensor output, Tensor input, Tensor weights, boolean createGraph) {
        return op(
                "gradient",
                () -> torch.grad(
                                new TensorVector(output.at),
                                new TensorVector(input.at),
                                new TensorVector(weights.at),
                                new org.bytedeco.pytorch.BoolOptional(true),
                                createGraph,
                                false)
                        .get(0),
                output,
                input,
                weights);
    }

    /** The accumulated gradient, or null when there is none. */
    public @Nullable Tensor grad() {
        var g = at.grad();
        return g.defined() ? new Tensor(g) : null;
    }

    /** Moves this parameter into other memory of the same shape, keeping its identity; the values become those found there. */
    public void setData(Tensor data) {
        at.set_data(data.at);
    }

    /** Lets {@code gradient} (same shape) be the memory that backward accumulates into. */
    public void setGrad(Tensor gradient) {
        at.mutable_grad().put(gradient.at);
    }

    // ------------------------------------------------------------------------------------------------ plumbing

    private static Tensor op(String name, Supplier<org.bytedeco.pytorch.Tensor> call, Tensor... inputs) {
        try {
            Object owner = null;
            var result = call.get();
            for (var input : inputs) {
                owner = input.owner == null ? owner : owner == null ? input.owner : List.of(owner, input.owner);
            }
            return new Tensor(result, owner);
        } catch (RuntimeException e) {
            throw TensorException.of(name, e, inputs);
        }
    }

    /**
     * Another handle of the same tensor. What an operation returns in a tuple lies inside that tuple, and is gone when the tuple is freed;
     * the handle made here lives on its own.
     */
    private static org.bytedeco.pytorch.Tensor shared(org.bytedeco.pytorch.Tensor inTuple) {
        return new org.bytedeco.pytorch.Tensor(inTuple);
    }

    private Tensor inPlace(String name, Runnable call, Tensor... inputs) {
        try {
            call.run();
            return this;
        } catch (RuntimeException e) {
            throw TensorException.of(name, e, inputs);
        }
    }

    private long[] ownShape() {
        if (shape == null) {
            shape = at.shape();
        }
        return shape;
    }

    private static long count(long[] shape) {
        long n = 1;
        for (long s : shape) {
            n = Math.multiplyExact(n, s);
        }
        return n;
    }

    private static long[] sized(int length, long[] shape) {
        if (count(shape) != length) {
            throw new IllegalArgumentException(
                    "Tensor.of: " + length + " values do not fill shape " + Arrays.toString(shape));
        }
        return shape;
    }

    private static ScalarOptional bound(double value) {
        return new ScalarOptional(new Scalar(value));
    }

    static TensorOptional optional(@Nullable Tensor t) {
        return t == null ? new TensorOptional() : new TensorOptional(t.at);
    }

    static TensorVector vector(List<Tensor> tensors) {
        var array = new org.bytedeco.pytorch.Tensor[tensors.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = tensors.get(i).at;
        }
        return new TensorVector(array);
    }
}
