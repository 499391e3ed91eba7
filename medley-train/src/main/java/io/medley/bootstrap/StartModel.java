package io.medley.bootstrap;

import io.medley.ModelRegistry;
import io.medley.bootstrap.BootstrapSettings.StartWith;
import io.medley.checkpoint.Checkpoint;
import io.medley.model.LoadOptions;
import io.medley.model.blip.BlipPretrained;
import io.medley.model.blip.task.BlipDirectory;
import io.medley.model.blip.task.BlipDirectory.Part;
import io.medley.model.blip.task.BlipStart;
import io.medley.nn.Weights;
import io.medley.recipe.ScenesOptions;
import io.medley.recipe.ScenesVision;
import io.medley.recipe.WeightFile;
import io.medley.scenes.SceneVocabulary;
import io.medley.tensor.DType;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.text.WordPieceOptions;
import io.medley.text.WordPieceTokenizer;
import io.medley.train.Recipe;
import io.medley.train.Reporter;
import io.medley.train.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The model both pre-trainings begin with, as a directory: weights from chance, the image encoder or all of it from elsewhere. */
final class StartModel {
    private static final String WEIGHTS = "model.safetensors";
    private static final String IMAGES = "visual_encoder.";
    private static final String VISION = "encoder.safetensors";

    private final ModelRegistry registry;
    private final BootstrapSettings settings;

    StartModel(ModelRegistry registry, BootstrapSettings settings) {
        this.registry = registry;
        this.settings = settings;
    }

    /** Whether the image encoder is started on the small world. */
    boolean learnsToSee() {
        return settings.model().start().isEmpty()
                && settings.data().drawn()
                && settings.scenes().visionSteps() > 0;
    }

    /** Teaches an image encoder what patches of the small world show; see {@link ScenesVision}. */
    void vision(Path folder, Reporter reporter) throws IOException {
        var options = options();
        try (var directory = RunDirectory.open(folder, Recipe.tree(options), reporter)) {
            WeightFile.save(folder.resolve(VISION), new ScenesVision(options).run(directory), DType.FLOAT32);
        }
    }

    /**
     * Writes the model.
     *
     * @param vision where {@link #vision} has been, if it has
     * @param seed of what begins from chance
     */
    void write(Path folder, Optional<Path> vision, long seed) throws IOException {
        Files.createDirectories(folder);
        var weights = Weights.random(seed);
        if (!settings.model().start().isEmpty()) {
            try (var start = BlipStart.open(registry.find(settings.model().start()), LoadOptions.DEFAULT)) {
                var unused = new BlipPretrained(weights, start.config()); // asks for every weight by name
                copy(start, weights);
                start.write(folder, Part.PRETRAIN, weights.parameters(), List.of());
            }
            return;
        }
        var vocabulary = folder.resolve("vocab.txt");
        if (settings.model().vocabulary().isEmpty()) {
            SceneVocabulary.write(vocabulary);
        } else {
            Files.copy(Path.of(settings.model().vocabulary()), vocabulary, StandardCopyOption.REPLACE_EXISTING);
        }
        var config = options()
                .model(WordPieceTokenizer.read(vocabulary, WordPieceOptions.BLIP)
                        .vocabSize());
        var unused = new BlipPretrained(weights, config);
        if (vision.isPresent()) {
            try (var scope = Scope.open();
                    var off = NoGrad.open();
                    var encoder = Checkpoint.open(vision.get().resolve(VISION))) {
                encoder.names().forEach(name -> weights.parameter(name).copy_(encoder.load(name)));
            }
        }
        WeightFile.save(folder.resolve(WEIGHTS), weights.parameters(), DType.FLOAT32);
        // Last: without it the directory is no model.
        new BlipDirectory(config, Map.of(Part.PRETRAIN, WEIGHTS)).write(folder);
    }

    private void copy(BlipStart start, Weights weights) {
        if (settings.model().startWith() == StartWith.SIZES) {
            return;
        }
        var stored = Weights.random(0);
        var unused = new BlipPretrained(stored, start.config());
        start.fill(stored, Part.PRETRAIN);
        try (var off = NoGrad.open()) {
            stored.parameters().forEach((name, tensor) -> {
                if (taken(name)) {
                    weights.parameter(name).copy_(tensor);
                }
            });
        }
    }

    private boolean taken(String name) {
        return switch (settings.model().startWith()) {
            case SIZES -> false;
            case VISION -> name.startsWith(IMAGES);
            case UNIMODAL ->
                name.startsWith(IMAGES) || name.startsWith("text_") && !name.matches("text_proj.*|.*crossattention.*");
            case ALL -> true;
        };
    }

    /** Sizes as the small world's recipes hold them; what is not about the image encoder's start is of no effect. */
    private ScenesOptions options() {
        var model = settings.model();
        var training = settings.pretrain();
        return ScenesOptions.defaults()
                .withPictures(model.imageSize(), model.patchSize())
                .withTransformers(model.width(), model.heads(), model.visionLayers(), model.textLayers())
                .withEmbedDim(model.embedDim())
                .withBatch(training.batch(), training.queue())
                .withSteps(Math.max(1, settings.scenes().visionSteps()), 1, 1)
                .withLearningRate(settings.scenes().visionRate())
                .withThreads(settings.threads())
                .withBfloat16(settings.bfloat16());
    }
}
