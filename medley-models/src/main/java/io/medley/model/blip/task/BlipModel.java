package io.medley.model.blip.task;

import io.medley.model.Gate;
import io.medley.model.LoadOptions;
import io.medley.model.blip.BlipConfig;
import io.medley.nn.Weights;
import io.medley.task.Answerer;
import io.medley.task.Captioner;
import io.medley.task.Categorizer;
import io.medley.task.Classifier;
import io.medley.task.Embedder;
import io.medley.task.Explainer;
import io.medley.task.Matcher;
import io.medley.task.Model;
import io.medley.task.PairJudge;
import io.medley.task.Retriever;
import io.medley.task.SharedEncoding;
import io.medley.task.ZeroShotClassifier;
import io.medley.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * A loaded BLIP. Which tasks it offers depends on the heads there are weights for. Thread-safe; {@link #close} waits for calls under way.
 *
 * <p>Memory stays bounded however long the inputs: pictures and texts go through in parts.
 */
public final class BlipModel implements Model {
    private final String name;
    private final BlipConfig config;
    private final String json;
    private final BlipInputs inputs;
    private final BlipHeads heads;
    private final List<Weights> weights;
    private final long first;
    private final long parameters;
    private final Gate gate;

    BlipModel(
            String name,
            BlipConfig config,
            String json,
            BlipInputs inputs,
            BlipHeads heads,
            List<Weights> weights,
            LoadOptions options) {
        this.name = name;
        this.config = config;
        this.json = json;
        this.inputs = inputs;
        this.heads = heads;
        this.weights = List.copyOf(weights);
        this.first = options.clsForMatching()
                ? inputs.tokens().cls()
                : inputs.tokens().enc();
        this.parameters = weights.stream()
                .flatMap(w -> w.parameters().values().stream())
                .mapToLong(Tensor::numel)
                .sum();
        this.gate = new Gate(name);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        var vision = config.vision();
        return "BLIP, " + vision.imageSize() + " px, vision " + vision.depth() + " x " + vision.width() + ", text "
                + config.text().layers() + " x " + config.text().width();
    }

    @Override
    public String config() {
        return json;
    }

    @Override
    public long parameters() {
        return parameters;
    }

    @Override
    public Optional<Captioner> captioner() {
        return Optional.ofNullable(heads.captioner()).map(head -> new BlipCaptionTask(gate, inputs, head));
    }

    @Override
    public Optional<Matcher> matcher() {
        return Optional.ofNullable(heads.matcher()).map(head -> new BlipMatchTask(gate, inputs, head, first));
    }

    @Override
    public Optional<Answerer> answerer() {
        return Optional.ofNullable(heads.vqa()).map(head -> new BlipAnswerTask(gate, inputs, head));
    }

    @Override
    public Optional<Embedder> embedder() {
        return Optional.ofNullable(heads.matcher()).map(head -> new BlipEmbedTask(gate, inputs, head, name));
    }

    /** Zero-shot by cosine, at the temperature the weights carry (0.07, where training starts, if they carry none). */
    @Override
    public Optional<Classifier> classifier() {
        return embedder().map(embedder -> new ZeroShotClassifier(embedder, heads.temperature()));
    }

    @Override
    public Optional<SharedEncoding> sharedEncoding() {
        return heads.captioner() == null && heads.matcher() == null
                ? Optional.empty()
                : Optional.of(new BlipSharedEncoding(gate, inputs, heads.captioner(), heads.matcher(), first));
    }

    @Override
    public Optional<Categorizer> categorizer() {
        return Optional.ofNullable(heads.classifier())
                .map(head -> new BlipCategoryTask(gate, inputs, head, heads.labels()));
    }

    @Override
    public Optional<Retriever> retriever() {
        return Optional.ofNullable(heads.matcher()).map(head -> new BlipRetrieveTask(gate, inputs, head));
    }

    @Override
    public Optional<PairJudge> pairJudge() {
        return Optional.ofNullable(heads.nlvr()).map(head -> new BlipPairTask(gate, inputs, head));
    }

    /** A {@link BlipExplainer}, at the layer that corresponds to LAVIS' choice. */
    @Override
    public Optional<Explainer> explainer() {
        if (heads.matcher() == null && heads.captioner() == null && heads.vqa() == null) {
            return Optional.empty();
        }
        return Optional.of(new BlipExplainer(
                gate,
                inputs,
                heads,
                first,
                BlipExplainer.usualLayer(config.text().layers())));
    }

    @Override
    public void close() {
        gate.close(() -> {
            for (var part : weights) {
                part.parameters().values().forEach(Tensor::close);
                part.buffers().values().forEach(Tensor::close);
            }
            inputs.tokenizer().close();
        });
    }
}
