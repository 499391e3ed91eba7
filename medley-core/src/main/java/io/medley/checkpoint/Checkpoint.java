package io.medley.checkpoint;

import io.medley.tensor.DType;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Weights as a lazily read map from name to tensor. Nothing is copied until it is asked for: {@link #open} reads the table of contents, and
 * {@link #load} maps one tensor.
 *
 * <p>Implementations are safe for use from several threads. After {@link #close()} nothing more can be loaded; tensors already loaded stay
 * valid, for they keep their part of the file mapped.
 */
public interface Checkpoint extends AutoCloseable {
    /**
     * Opens weights, recognising by content: a safetensors file, a sharded index ({@code model.safetensors.index.json},
     * {@code pytorch_model.bin.index.json}), a torch zip archive or TorchScript archive ({@code .pt .pth .bin}), a torch archive from before
     * version 1.6, or a directory that holds one of these under the names Hugging Face uses (else the only one there is).
     *
     * <p>Nested dictionaries and lists of a torch archive give names joined by dots ({@code optimizer.state.0.exp_avg}); see {@link #sub} and
     * {@link #unwrapped}. Files are not trusted: no code in them is run, and what is not plain data is refused by name.
     *
     * @throws io.medley.tensor.MedleyException when the file is missing, is no checkpoint, is damaged, or asks for anything but plain data
     * @throws IOException when the system cannot read it
     */
    static Checkpoint open(Path path) throws IOException {
        return CheckpointFiles.open(path);
    }

    /**
     * Like {@link #open}, for a file that is in memory already, such as an embedded resource. A direct buffer is not copied, and must not change.
     *
     * @param name for messages
     */
    static Checkpoint read(ByteBuffer bytes, String name) throws IOException {
        return CheckpointFiles.recognise(MappedFile.of(name, bytes), null);
    }

    /** Tensors in memory as a checkpoint, for writing or for a key map. They must outlive it; closing it does not close them. */
    static Checkpoint of(Map<String, Tensor> tensors) {
        return new MemoryCheckpoint(tensors, Map.of());
    }

    /** What this is and where it is from, for messages: usually the path. */
    String source();

    /** Names of the tensors in the file's order. */
    Set<String> names();

    /** Element type and shape; throws {@link io.medley.tensor.MedleyException} naming the nearest names where there is no such tensor. */
    TensorInfo info(String name);

    /**
     * The elements, little-endian, row-major and without gaps. A read-only view of the mapped file where they lie so there (usual), else a
     * copy.
     */
    ByteBuffer bytes(String name);

    /**
     * The tensor, on the CPU, belonging to the current scope. Zero copy where the file's layout allows: then its memory is the file's mapping and
     * <b>must not be written to</b> (an in-place operation would end the process); copy it first where it is to be trained.
     */
    default Tensor load(String name) {
        TensorInfo info = info(name);
        return Tensors.over(bytes(name), info);
    }

    /** Free text stored with the tensors ({@code __metadata__} of safetensors); empty where there is none. */
    Map<String, String> metadata();

    /**
     * Whatever else a torch archive holds: {@code Boolean}, {@code Long}, {@code BigInteger}, {@code Double}, {@code String}, {@code byte[]},
     * {@code List}, {@code Map<String, Object>} (dictionaries, namespaces, modules), null for {@code None}, and {@link TensorInfo} in place of each
     * tensor.
     *
     * @param path keys joined by dots, such as {@code args.image_size}; empty for the whole
     * @return null where the value is {@code None} or there is none
     */
    default @Nullable Object value(String path) {
        return null;
    }

    /** The part below a key, under names without it: {@code sub("model")} of a file that holds {@code {'model': {...}, 'epoch': 3}}. */
    default Checkpoint sub(String key) {
        return new SubCheckpoint(this, key);
    }

    /**
     * The weights of a training checkpoint, without the key they are wrapped in ({@code model}, {@code state_dict}, {@code model_state_dict},
     * {@code module}, {@code net}), however many of these are nested; this itself where nothing is wrapped. Only a dictionary that really is
     * in the file counts: weights that are merely named {@code model.…} stay as they are.
     */
    default Checkpoint unwrapped() {
        return SubCheckpoint.unwrap(this);
    }

    /** The same with all tensors of real numbers in another precision, converted when they are asked for; integers stay. */
    default Checkpoint as(DType dtype) {
        Map<String, LazyTensor> tensors = new LinkedHashMap<>();
        for (String name : names()) {
            LazyTensor stored = new LazyTensor.Stored(this, name);
            DType from = info(name).dtype();
            boolean convert = from.isFloatingPoint() && from != dtype;
            tensors.put(name, convert ? new ConvertedTensor(stored, dtype) : stored);
        }
        return new ViewCheckpoint(this, tensors);
    }

    /** Lets go of the file. */
    @Override
    void close();
}
