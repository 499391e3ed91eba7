package io.medley.model.blip.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.checkpoint.Checkpoint;
import io.medley.model.LoadOptions;
import io.medley.model.ModelFiles;
import io.medley.model.ModelWeights;
import io.medley.model.blip.BlipConfigJson;
import io.medley.model.blip.BlipMatcher;
import io.medley.task.Explainer.Target;
import io.medley.task.HeatMap;
import io.medley.task.Model;
import io.medley.task.WordMap;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Grad-CAM against LAVIS (reference/blip_gradcam), and its invariants for captions and answers. */
class BlipExplainerTest {
    private static final Path REFERENCE = Path.of("src/test/resources/reference/blip_gradcam");

    @TempDir
    private static Path folder;

    @BeforeAll
    static void write() throws IOException {
        Engine.setThreads(1); // tiny tensors: several threads only wait for each other
        TinyBlip.write(folder, TinyBlip.config("a picture of "), BlipDirectory.Part.PRETRAIN, BlipDirectory.Part.VQA);
    }

    private static Model load() throws IOException {
        return new BlipFamily().load(ModelFiles.at("tiny", folder), LoadOptions.DEFAULT);
    }

    @Test
    void equalsLavis() throws IOException {
        try (var scope = Scope.open();
                var cases = Checkpoint.open(REFERENCE.resolve("cases.safetensors"));
                var weights = Checkpoint.open(REFERENCE.resolve("model.safetensors"))) {
            var setup = BlipConfigJson.upstream(
                    ModelFiles.at("reference", REFERENCE).config().orElseThrow());
            var model = ModelWeights.load(weights, ModelWeights.Rules.STRICT, w -> new BlipMatcher(w, setup.config()))
                    .model();
            var ids = cases.load("input_ids").copy();
            ids.narrow(1, 0, 1).fill_(setup.tokens().enc());
            var mask = cases.load("attention_mask");
            var embeds = model.vision().forward(cases.load("image")).detach().requiresGrad(true);
            int layer = (int) cases.load("block_num").itemLong();
            var cam = GradCam.watch(layer, () -> model.itmLogits(ids, mask, model.memory(embeds)));
            cam.result().select(1, 1).sum().backward();
            close("itm_output", cam.result(), cases.load("itm_output"));
            close("map", cam.probabilities(), cases.load("cross_attention_map"));
            var gradient = cam.probabilities().grad();
            assertThat(gradient).isNotNull();
            close("gradient", gradient, cases.load("cross_attention_grad"));

            long length = ids.size(1);
            var relevance = cam.relevance(2, length); // (2, T, P)
            for (int i = 0; i < 2; i++) {
                var expected = cases.load("gradcam." + i).reshape(length + 1, -1);
                long words = mask.select(0, i).sum().itemLong() - 2;
                var rows = relevance.select(0, i);
                close("first " + i, rows.select(0, 0), expected.select(0, 0));
                close("mean " + i, rows.narrow(0, 1, words).mean(0, false), expected.select(0, 1));
                close("words " + i, rows.narrow(0, 1, words), expected.narrow(0, 2, words));
            }
        }
    }

    private static void close(String name, Tensor found, Tensor expected) {
        assertThat(found.shape()).as(name).isEqualTo(expected.shape());
        float[] ours = found.detach().contiguous().toFloats();
        float[] theirs = expected.contiguous().toFloats();
        float largest = 0;
        for (float value : theirs) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).as(name).isPositive();
        for (int i = 0; i < ours.length; i++) {
            assertThat(ours[i]).as("%s [%d]", name, i).isCloseTo(theirs[i], within(1e-4f * largest));
        }
    }

    @Test
    void matchingShowsEveryWord() throws IOException {
        try (var model = load()) {
            var explainer = model.explainer().orElseThrow();
            var picture = TinyBlip.picture(1);
            var explanation = explainer.explain(picture, new Target.Matching("Two dogs, on the grass!"));
            assertThat(explanation.words().stream().map(WordMap::word))
                    .containsExactly("two", "dogs", "[UNK]", "on", "the", "grass");
            assertThat(explanation.score())
                    .isCloseTo(
                            model.matcher()
                                    .orElseThrow()
                                    .pairs(java.util.List.of(picture), java.util.List.of("Two dogs, on the grass!"))
                                    .get(0)
                                    .probability(),
                            within(1e-5));
            assertThat(explanation.overall().rows()).isEqualTo(4);
            assertThat(explanation.overall().max()).isGreaterThan(0);
        }
    }

    @Test
    void anyLayerCanBeShown() throws IOException {
        try (var model = load()) {
            var explainer = (BlipExplainer) model.explainer().orElseThrow();
            assertThat(explainer.layer()).isEqualTo(1);
            var target = new Target.Matching("a red cat");
            var picture = TinyBlip.picture(2);
            assertThat(explainer.atLayer(0).explain(picture, target).overall().values())
                    .isNotEqualTo(explainer.explain(picture, target).overall().values());
            // The classifier reads the first token only, so at the last layer the words have no gradients.
            var last = explainer.atLayer(2).explain(picture, target);
            assertThat(last.words()).allMatch(word -> word.map().max() == 0);
            assertThat(last.overall().max()).isGreaterThan(0);
            assertThatThrownBy(() -> explainer.atLayer(3))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("0 to 2");
        }
    }

    @Test
    void captionsAreExplainedWordByWord() throws IOException {
        try (var model = load()) {
            var explainer = model.explainer().orElseThrow();
            var picture = TinyBlip.picture(3);
            var caption = "two dogs on the grass is the cat on the blue grass";
            var whole = explainer.explain(picture, new Target.Captioning(caption));
            assertThat(whole.words()).hasSize(12);
            assertThat(whole.overall().max()).isGreaterThan(0);
            assertThat(whole.words()).allMatch(word -> word.map().max() > 0);
            // A word's map rests on the words before it, not on those after.
            var start = explainer.explain(picture, new Target.Captioning("two dogs on the"));
            for (int i = 0; i < 4; i++) {
                close(whole.words().get(i).map(), start.words().get(i).map());
            }
            assertThat(whole.score()).isLessThan(start.score());
        }
    }

    @Test
    void answersAreExplainedByTheQuestion() throws IOException {
        try (var model = load()) {
            var explainer = model.explainer().orElseThrow();
            var picture = TinyBlip.picture(5);
            var yes = explainer.explain(picture, new Target.Answering("is the cat red?", "yes"));
            var no = explainer.explain(picture, new Target.Answering("is the cat red?", "no"));
            assertThat(yes.text()).isEqualTo("is the cat red? yes");
            assertThat(yes.words().stream().map(WordMap::word)).containsExactly("is", "the", "cat", "red", "?");
            assertThat(yes.score()).isLessThan(0);
            assertThat(yes.overall().max()).isGreaterThan(0);
            assertThat(yes.overall().values()).isNotEqualTo(no.overall().values());
        }
    }

    private static void close(HeatMap found, HeatMap expected) {
        for (int i = 0; i < found.values().length; i++) {
            assertThat(found.values()[i]).isCloseTo(expected.values()[i], within(1e-4f * expected.max() + 1e-7f));
        }
    }
}
