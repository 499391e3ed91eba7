package io.medley.model.dit.task;

import io.medley.model.Gate;
import io.medley.model.ModelWeights;
import io.medley.task.ImageGenerator;
import io.medley.task.Model;
import io.medley.tensor.Tensor;
import io.medley.text.Tokenizer;
import java.util.Optional;

/** A loaded text-to-picture transformer. Thread-safe; {@link #close} waits for calls under way. */
final class DitModel implements Model {
    private final String name;
    private final DitDirectory directory;
    private final String json;
    private final Tokenizer tokenizer;
    private final ModelWeights.Built<CaptionedDit> built;
    private final Gate gate;

    DitModel(
            String name,
            DitDirectory directory,
            String json,
            Tokenizer tokenizer,
            ModelWeights.Built<CaptionedDit> built) {
        this.name = name;
        this.directory = directory;
        this.json = json;
        this.tokenizer = tokenizer;
        this.built = built;
        this.gate = new Gate(name);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        var config = directory.config();
        return "diffusion transformer (" + directory.system().name() + "), " + directory.pictureSize() + " px, "
                + config.depth() + " x " + config.width();
    }

    @Override
    public String config() {
        return json;
    }

    @Override
    public long parameters() {
        return built.weights().parameters().values().stream()
                .mapToLong(Tensor::numel)
                .sum();
    }

    @Override
    public Optional<ImageGenerator> imageGenerator() {
        return Optional.of(new DitImageGenerator(gate, built.model(), directory, tokenizer));
    }

    @Override
    public void close() {
        gate.close(() -> {
            built.weights().parameters().values().forEach(Tensor::close);
            built.weights().buffers().values().forEach(Tensor::close);
            tokenizer.close();
        });
    }
}
