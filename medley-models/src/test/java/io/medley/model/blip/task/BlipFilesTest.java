package io.medley.model.blip.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.checkpoint.Checkpoint;
import io.medley.checkpoint.SafetensorsWriter;
import io.medley.checkpoint.TorchWriter;
import io.medley.model.LoadOptions;
import io.medley.model.ModelFiles;
import io.medley.model.blip.BlipKeyMaps;
import io.medley.task.AnswerOptions;
import io.medley.task.CaptionOptions;
import io.medley.task.Explainer.Target;
import io.medley.task.LabelScore;
import io.medley.task.Model;
import io.medley.tensor.DType;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same weights in the forms others store them, and the originals' own files. */
class BlipFilesTest {
    private static final Path REFERENCE = Path.of("src/test/resources/reference");
    private static final String HUGGING_FACE =
            """
            {"model_type": "blip", "image_text_hidden_size": 16,
             "vision_config": {"hidden_size": 24, "image_size": 32, "patch_size": 8, "num_hidden_layers": 2,
               "num_attention_heads": 4, "intermediate_size": 48, "layer_norm_eps": 1e-6},
             "text_config": {"vocab_size": 25, "hidden_size": 24, "num_hidden_layers": 3, "num_attention_heads": 4,
               "intermediate_size": 48, "max_position_embeddings": 40}}
            """;

    private static final String ORIGINAL =
            """
            {"vit": {"img_size": 32, "patch_size": 8, "embed_dim": 24, "depth": 2, "num_heads": 4, "mlp_ratio": 2},
             "med_config": {"hidden_size": 24, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 48,
               "max_position_embeddings": 40, "vocab_size": 25, "layer_norm_eps": 1e-12},
             "embed_dim": 16, "prompt": "a picture of ",
             "tokenizer": {"bos_token_id": 23, "enc_token_id": 24, "cls_token_id": 2, "sep_token_id": 3}}
            """;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void write() throws IOException {
        Engine.setThreads(1); // tiny tensors: several threads only wait for each other
        for (var part : BlipDirectory.Part.values()) {
            var config = TinyBlip.config(part == BlipDirectory.Part.CAPTION ? "a picture of " : "");
            TinyBlip.write(folder.resolve(part.key()), config, part);
        }
    }

    private static Model load(Path path) throws IOException {
        var files = ModelFiles.at(path.getFileName().toString(), path);
        var family = new BlipFamily();
        assertThat(family.recognises(files)).as(path.toString()).isTrue();
        return family.load(files, LoadOptions.DEFAULT);
    }

    /** What a model says of a picture, by whatever it can do. */
    private static List<Object> says(Model model) {
        var picture = TinyBlip.picture(7);
        var said = new ArrayList<Object>();
        model.captioner()
                .ifPresent(c -> said.addAll(c.caption(
                        picture, CaptionOptions.beam(2).withLengths(3, 12).withSamples(2))));
        model.matcher().ifPresent(m -> said.addAll(m.pairs(List.of(picture), List.of("a red cat"))));
        model.classifier()
                .ifPresent(c -> said.addAll(c.classify(List.of(picture), List.of("cat", "dog"), List.of("a {}"))));
        model.answerer()
                .ifPresent(a -> said.addAll(
                        a.answer(picture, "what color is the cat?", AnswerOptions.rank(List.of("red", "blue")))));
        model.pairJudge()
                .ifPresent(
                        j -> said.add(j.truth(List.of(picture), List.of(TinyBlip.picture(8)), List.of("two cats"))[0]));
        // Weights alone do not name their categories.
        model.categorizer().ifPresent(c -> c.categorize(List.of(picture), List.of("")).get(0).stream()
                .map(LabelScore::probability)
                .forEach(said::add));
        model.explainer().ifPresent(explainer -> {
            for (Target target : List.of(
                    new Target.Matching("a cat"),
                    new Target.Captioning("a cat"),
                    new Target.Answering("what?", "a cat"))) {
                if (explainer.supports(target.getClass())) {
                    said.add(explainer.explain(picture, target).score());
                }
            }
        });
        assertThat(said).isNotEmpty();
        return said;
    }

    private static List<Object> usual(BlipDirectory.Part part) throws IOException {
        try (var model = load(folder.resolve(part.key()))) {
            return says(model);
        }
    }

    private static Path directory(String name, BlipDirectory.Part part) throws IOException {
        var directory = Files.createDirectories(folder.resolve(name + "-" + part.key()));
        Files.copy(folder.resolve(part.key()).resolve("vocab.txt"), directory.resolve("vocab.txt"));
        return directory;
    }

    private static Checkpoint weights(BlipDirectory.Part part) throws IOException {
        return Checkpoint.open(folder.resolve(part.key()).resolve(part.key() + ".safetensors"));
    }

    @Test
    void huggingFaceDirectoriesSayTheSame() throws IOException {
        for (var part : List.of(BlipDirectory.Part.CAPTION, BlipDirectory.Part.ITM, BlipDirectory.Part.VQA)) {
            var directory = directory("hf", part);
            try (var weights = weights(part)) {
                SafetensorsWriter.write(
                        directory.resolve("model.safetensors"),
                        BlipKeyMaps.HUGGING_FACE.inverse().apply(weights),
                        Map.of("format", "pt"));
            }
            Files.writeString(directory.resolve("config.json"), HUGGING_FACE);
            Files.writeString(
                    directory.resolve("preprocessor_config.json"),
                    "{\"image_processor_type\": \"BlipImageProcessor\", \"size\": {\"height\": 32, \"width\": 32}}");
            try (var model = load(directory)) {
                assertThat(says(model)).as(part.key()).isEqualTo(usual(part));
                assertThat(model.config()).contains("vision_config");
            }
        }
    }

    @Test
    void preprocessorOfAnotherSizeIsRefused() throws IOException {
        var directory = directory("odd", BlipDirectory.Part.ITM);
        Files.writeString(directory.resolve("config.json"), HUGGING_FACE);
        Files.writeString(directory.resolve("preprocessor_config.json"), "{\"size\": {\"height\": 48, \"width\": 48}}");
        try (var weights = weights(BlipDirectory.Part.ITM)) {
            SafetensorsWriter.write(
                    directory.resolve("model.safetensors"),
                    BlipKeyMaps.HUGGING_FACE.inverse().apply(weights),
                    Map.of());
        }
        assertThatThrownBy(() -> load(directory))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("48 x 48 pixels but the model takes 32 x 32");
    }

    @Test
    void originalArchivesSayTheSame() throws IOException {
        for (var part : BlipDirectory.Part.values()) {
            var directory = directory("pth", part);
            try (var scope = Scope.open();
                    var weights = weights(part)) {
                var all = new LinkedHashMap<String, Tensor>();
                weights.names().forEach(name -> all.put(name, weights.load(name).to(DType.FLOAT32)));
                if (part == BlipDirectory.Part.PRETRAIN) {
                    // What training alone needs is in the published files too.
                    all.put("vision_proj_m.weight", Tensor.zeros(16, 24));
                    all.put("image_queue", Tensor.zeros(16, 8));
                    all.put("queue_ptr", Tensor.of(new long[1], 1));
                }
                TorchWriter.write(directory.resolve("model.pth"), Checkpoint.of(all));
            }
            var prompt = part == BlipDirectory.Part.CAPTION ? ORIGINAL : ORIGINAL.replace("a picture of ", "");
            Files.writeString(directory.resolve("config.json"), prompt);
            try (var model = load(directory)) {
                assertThat(says(model)).as(part.key()).isEqualTo(usual(part));
            }
        }
    }

    @Test
    void originalsOwnFilesAreLoaded() throws IOException {
        for (var name : List.of("blip/decoder", "blip/itm", "blip/pretrain", "blip/vqa", "blip_gradcam")) {
            try (var model = load(REFERENCE.resolve(name))) {
                var embedder = model.embedder();
                assertThat(embedder.isPresent()).isEqualTo(!name.endsWith("decoder") && !name.endsWith("vqa"));
                assertThat(model.answerer().isPresent()).isEqualTo(name.endsWith("vqa"));
                assertThat(model.explainer()).isPresent();
            }
        }
    }

    @Test
    void weightsOfUnknownSizeNeedAConfiguration() throws IOException {
        var directory = directory("bare", BlipDirectory.Part.ITM);
        Files.copy(folder.resolve("itm/itm.safetensors"), directory.resolve("model.safetensors"));
        assertThatThrownBy(() -> load(directory.resolve("model.safetensors")))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("no config.json")
                .hasMessageContaining("[1, 17, 24]");
    }

    @Test
    void otherFilesAreNotRecognised() throws IOException {
        var family = new BlipFamily();
        assertThat(family.recognises(ModelFiles.at("vit", REFERENCE.resolve("vit"))))
                .isFalse();
        var text = Files.writeString(folder.resolve("notes.txt"), "no weights");
        assertThat(family.recognises(ModelFiles.at("notes", text))).isFalse();
        assertThat(family.recognises(ModelFiles.at("empty", Files.createDirectories(folder.resolve("empty")))))
                .isFalse();
    }
}
