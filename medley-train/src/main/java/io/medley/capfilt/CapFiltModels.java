package io.medley.capfilt;

import io.medley.ModelRegistry;
import io.medley.image.RgbImage;
import io.medley.model.LoadOptions;
import io.medley.shards.ModelIdentity;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardStorage;
import io.medley.shards.ShardTask;
import io.medley.task.CaptionOptions;
import io.medley.task.Embedder;
import io.medley.task.Model;
import io.medley.task.SharedEncoding;
import io.medley.task.SharedEncoding.Use;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Captioner, filter and perhaps a CLIP model, loaded once per process and used by any number of shard jobs. Thread-safe. */
public final class CapFiltModels implements AutoCloseable {
    // The engine packs a weight when it is used for the third time; from then on its sums round differently.
    private static final int WARM_UP = 3;

    private final List<Model> models;
    private final SharedEncoding captioner;
    private final SharedEncoding filter;
    private final @Nullable Embedder clip;
    private final ModelIdentity captionerIdentity;
    private final ModelIdentity filterIdentity;
    private final @Nullable ModelIdentity clipIdentity;

    private CapFiltModels(
            List<Model> models,
            SharedEncoding captioner,
            SharedEncoding filter,
            @Nullable Embedder clip,
            ModelIdentity captionerIdentity,
            ModelIdentity filterIdentity,
            @Nullable ModelIdentity clipIdentity) {
        this.models = models;
        this.captioner = captioner;
        this.filter = filter;
        this.clip = clip;
        this.captionerIdentity = captionerIdentity;
        this.filterIdentity = filterIdentity;
        this.clipIdentity = clipIdentity;
    }

    /**
     * Loads models; captioner and filter with the same files are loaded once and share one encoding.
     *
     * @param clip null for none
     * @param threads threads of one operation, see {@link CapFiltSettings#threads}
     * @throws MedleyException when a model is missing, or lacks the head for its part
     */
    public static CapFiltModels load(
            ModelRegistry registry, String captioner, String filter, @Nullable String clip, int threads) {
        Engine.setThreads(threads);
        var models = new ArrayList<Model>();
        try {
            var captionerIdentity = ModelIdentity.of(captioner, registry.find(captioner));
            var filterIdentity = ModelIdentity.of(filter, registry.find(filter));
            var writing = load(registry, captioner, models);
            boolean same = captionerIdentity.sha256().equals(filterIdentity.sha256());
            var scoring = same ? writing : load(registry, filter, models);
            var loaded = new CapFiltModels(
                    models,
                    part(writing, Use.CAPTION, "--captioner " + captioner + ": it cannot write captions"),
                    part(scoring, Use.MATCH, "--filter " + filter + ": it cannot match texts with pictures"),
                    clip == null ? null : embedder(load(registry, clip, models), clip),
                    captionerIdentity,
                    filterIdentity,
                    clip == null ? null : ModelIdentity.of(clip, registry.find(clip)));
            loaded.warmUp();
            return loaded;
        } catch (RuntimeException e) {
            models.forEach(Model::close);
            throw e;
        }
    }

    /**
     * Loads the models that settings name.
     *
     * @throws MedleyException also when what is found here under a name is not what the settings mean
     */
    public static CapFiltModels load(ModelRegistry registry, CapFiltSettings settings) {
        var clip = settings.clip();
        var loaded = load(
                registry,
                settings.captioner().name(),
                settings.filter().name(),
                clip == null ? null : clip.name(),
                settings.threads());
        try {
            settings.captioner().require(loaded.captionerIdentity);
            settings.filter().require(loaded.filterIdentity);
            if (clip != null) {
                clip.require(loaded.clipIdentity);
            }
            return loaded;
        } catch (RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    private static Model load(ModelRegistry registry, String name, List<Model> models) {
        var model = registry.load(name, LoadOptions.DEFAULT);
        models.add(model);
        return model;
    }

    private static SharedEncoding part(Model model, Use use, String otherwise) {
        return model.sharedEncoding()
                .filter(shared -> shared.uses().contains(use))
                .orElseThrow(() -> new MedleyException(otherwise + "; see 'medley models' for one that can"));
    }

    private static Embedder embedder(Model model, String name) {
        return model.embedder()
                .orElseThrow(() -> new MedleyException("--clip " + name
                        + ": it does not embed pictures and texts; see 'medley models' for one that does"));
    }

    /** After this, equal batches give equal bits, whatever was computed before them; few rows are packed apart from many. */
    private void warmUp() {
        for (int i = 0; i < WARM_UP; i++) {
            warmUp(List.of(grey(), grey()));
            warmUp(List.of(grey()));
        }
    }

    private void warmUp(List<RgbImage> pictures) {
        var texts = Collections.nCopies(pictures.size(), List.of("warm", "up"));
        var prepared = pictures.stream().map(captioner::prepare).toList();
        try (var images = captioner.encode(prepared, uses())) {
            captioner.caption(images, CaptionOptions.nucleus(0.9, 2, 0).withLengths(5, 8), new long[pictures.size()]);
            if (shared()) {
                filter.match(images, texts);
            }
        }
        if (!shared()) {
            try (var images =
                    filter.encode(pictures.stream().map(filter::prepare).toList(), EnumSet.of(Use.MATCH))) {
                filter.match(images, texts);
            }
        }
        if (clip != null) {
            clip.images(pictures);
            clip.texts(texts.get(0));
        }
    }

    private static RgbImage grey() {
        var rgb = new byte[3 * 64 * 64];
        java.util.Arrays.fill(rgb, (byte) 128);
        return new RgbImage(64, 64, rgb);
    }

    /** Whether captioner and filter are the same model. */
    boolean shared() {
        return captionerIdentity.sha256().equals(filterIdentity.sha256());
    }

    /** What pictures are encoded for by the captioner's model. */
    Set<Use> uses() {
        return shared() ? EnumSet.of(Use.CAPTION, Use.MATCH) : EnumSet.of(Use.CAPTION);
    }

    SharedEncoding captioner() {
        return captioner;
    }

    SharedEncoding filter() {
        return filter;
    }

    Optional<Embedder> clip() {
        return Optional.ofNullable(clip);
    }

    /** Settings for these models. */
    public CapFiltSettings settings(
            CaptionOptions captions, Policy policy, int batch, boolean keepAll, boolean timings) {
        return new CapFiltSettings(
                captionerIdentity,
                filterIdentity,
                clipIdentity,
                captions,
                policy,
                batch,
                Engine.threads(),
                keepAll,
                timings);
    }

    /** Does shards with these models; closing it closes them. */
    public ShardTask.Worker worker(CapFiltSettings settings) {
        return new ShardTask.Worker() {
            @Override
            public ShardStats run(ShardInput input, String folder, ShardStorage storage, LongConsumer progress)
                    throws IOException, InterruptedException {
                return new ShardJob(input, folder, settings).run(CapFiltModels.this, storage, progress);
            }

            @Override
            public void close() {
                CapFiltModels.this.close();
            }
        };
    }

    @Override
    public void close() {
        models.forEach(Model::close);
    }
}
