package io.medley.bootstrap;

import io.medley.capfilt.Policy;
import io.medley.evaluate.Task;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import java.util.List;

/**
 * All that a circle depends on, as recipes write it.
 *
 * @param data where the pairs are
 * @param scenes what is drawn where {@code data.web} names nothing
 * @param model what is trained
 * @param pretrain the first pre-training, on noisy and clean pairs
 * @param captioner the tuning of the captioner
 * @param filter the tuning of the filter
 * @param capfilt how texts are written and judged
 * @param retrain the pre-training on the result
 * @param finetune what the result is tuned for in the end
 * @param validation clean pictures held out to measure on
 * @param minScale least share of a picture's area that trainings show; 1 for always the whole
 * @param freeze patterns of weights that no training changes, such as {@code visual_encoder.*}
 * @param saveSeconds seconds between checkpoints of the pre-trainings; 0 for no such rule
 * @param saveSteps steps between them; 0 for no such rule
 * @param threads threads of one operation; 0 for one per physical core. With 1, runs are equal to the bit
 * @param bfloat16 mixed precision
 * @param seed of everything drawn
 */
public record BootstrapSettings(
        Data data,
        Scenes scenes,
        Model model,
        Pretraining pretrain,
        Tuning captioner,
        Tuning filter,
        CapFilt capfilt,
        Pretraining retrain,
        Finetuning finetune,
        int validation,
        double minScale,
        List<String> freeze,
        double saveSeconds,
        long saveSteps,
        int threads,
        boolean bfloat16,
        long seed) {

    /** Forms clean pairs come in: those of {@link io.medley.data.CaptionReaders}. */
    public enum CleanFormat {
        /** By the name's ending; a JSON file that is an object is Karpathy's. */
        AUTO,
        KARPATHY,
        COCO,
        JSON,
        CSV,
        PARQUET,
        FOLDER
    }

    /**
     * Where the pairs are.
     *
     * @param web shards of noisy pairs, such as {@code web/{00000..00099}.tar}; empty: the small world is drawn
     * @param clean annotations of clean pairs, or a folder of pictures with a text file beside each
     * @param cleanFormat what these are
     * @param cleanImages where the pictures lie that they name; empty: beside the file
     * @param cleanSplits splits of Karpathy's files, such as {@code [train, restval]}; none for all
     * @param cleanShare share of the pairs of pre-training that are clean ones, 0 to below 1
     */
    public record Data(
            String web,
            String clean,
            CleanFormat cleanFormat,
            String cleanImages,
            List<String> cleanSplits,
            double cleanShare) {
        public Data {
            cleanSplits = List.copyOf(cleanSplits);
            if (web.isEmpty() != clean.isEmpty()) {
                throw new MedleyException("bootstrap: data.web is '" + web + "' and data.clean '" + clean
                        + "'; name both, or neither to draw the small world");
            }
            if (!(cleanShare >= 0 && cleanShare < 1)) {
                throw new MedleyException("bootstrap: data.cleanShare is " + cleanShare + "; give 0 to below 1");
            }
        }

        boolean drawn() {
            return web.isEmpty();
        }
    }

    /**
     * The small world.
     *
     * @param web pictures with alt-texts of known noise
     * @param clean pictures with five captions each
     * @param shard pictures of a web shard
     * @param visionSteps steps of the image encoder's start; 0 for none
     * @param visionRate peak of its learning rate
     */
    public record Scenes(int web, int clean, int shard, int visionSteps, double visionRate) {
        public Scenes {
            if (web < 1 || clean < 2 || shard < 1 || visionSteps < 0 || !(visionRate > 0)) {
                throw new MedleyException("bootstrap: scenes.web " + web + ", clean " + clean + ", shard " + shard
                        + ", visionSteps " + visionSteps + " and visionRate " + visionRate
                        + " must be at least 1, 2, 1, 0 and above 0");
            }
        }
    }

    /** What pre-trainings take over from the model they start with. */
    public enum StartWith {
        /** Nothing but sizes and vocabulary. */
        SIZES,
        /** The image encoder, as BLIP begins with one that ImageNet has taught. */
        VISION,
        /** The image encoder, and of the text transformer what looks at no picture, as BLIP begins with ImageNet's ViT and BERT. */
        UNIMODAL,
        /** Everything that is there. */
        ALL
    }

    /**
     * What is trained.
     *
     * @param start a BLIP whose sizes and vocabulary are taken over; empty: those below
     * @param startWith which of its weights both pre-trainings begin with
     * @param vocabulary a {@code vocab.txt}; empty: the small world's
     * @param imageSize side of the pictures in pixels
     * @param patchSize side of a patch, a power of two
     * @param width width of both transformers
     * @param heads attention heads of both
     * @param visionLayers blocks of the image encoder
     * @param textLayers layers of the text transformer
     * @param embedDim width of the contrastive space
     */
    public record Model(
            String start,
            StartWith startWith,
            String vocabulary,
            int imageSize,
            int patchSize,
            int width,
            int heads,
            int visionLayers,
            int textLayers,
            int embedDim) {}

    /**
     * A training with ITC, ITM and LM.
     *
     * @param steps optimizer steps
     * @param batch pairs of a step
     * @param learningRate peak, after a warm-up over the first twentieth; then a cosine to a hundredth of it
     * @param queue negatives kept; a multiple of {@code batch}
     * @param momentum how slowly the momentum copy follows
     * @param alpha weight of the momentum model's opinion, after a ramp over the first tenth
     */
    public record Pretraining(long steps, int batch, double learningRate, int queue, double momentum, double alpha) {
        public Pretraining {
            if (steps < 1 || batch < 2 || !(learningRate > 0)) {
                throw new MedleyException("bootstrap: steps " + steps + ", batch " + batch + " and learningRate "
                        + learningRate + " must be at least 1, 2 and above 0");
            }
            if (queue < batch || queue % batch != 0) {
                throw new MedleyException("bootstrap: queue " + queue + " is not a multiple of batch " + batch
                        + "; change one of them, for example queue " + Math.max(1, queue / batch) * batch);
            }
            if (!(momentum >= 0 && momentum <= 1 && alpha >= 0 && alpha <= 1)) {
                throw new MedleyException(
                        "bootstrap: momentum " + momentum + " and alpha " + alpha + " must be from 0 to 1");
            }
        }

        Pretraining withSteps(long value, double rate) {
            return new Pretraining(value, batch, rate, queue, momentum, alpha);
        }
    }

    /**
     * A tuning on clean pairs.
     *
     * @param steps optimizer steps; 0: some ten times through the data
     * @param batch rows of a step; 0: 32, or what fits in memory
     * @param learningRate peak; 0: 1e-5 for a width of 768, more for narrower models
     */
    public record Tuning(long steps, int batch, double learningRate) {}

    /**
     * How texts are written and judged.
     *
     * @param samples synthetic texts a picture
     * @param nucleus probability of the nucleus texts are drawn from
     * @param beams width of a beam search instead; 0 for the nucleus
     * @param minLength least number of tokens of a text
     * @param maxLength greatest
     * @param policy paper, best-of, top-k or clip-rank
     * @param threshold least ITM probability of a kept text
     * @param keep texts a picture for top-k and clip-rank
     * @param batch pictures given to the models at once
     * @param workers shards worked on at once
     */
    public record CapFilt(
            int samples,
            double nucleus,
            int beams,
            int minLength,
            int maxLength,
            String policy,
            double threshold,
            int keep,
            int batch,
            int workers) {
        Policy chosen() {
            return Policy.of(policy, threshold, keep);
        }

        CapFilt withBeams(int value) {
            return new CapFilt(samples, nucleus, value, minLength, maxLength, policy, threshold, keep, batch, workers);
        }
    }

    /**
     * What the new model is tuned for in the end, on the clean pairs.
     *
     * @param tasks some of caption and retrieval; none to leave it at that
     */
    public record Finetuning(List<String> tasks, long steps, int batch, double learningRate) {
        public Finetuning {
            tasks = List.copyOf(tasks);
            for (var task : tasks) {
                var known = Task.of(task);
                if (known != Task.CAPTION && known != Task.RETRIEVAL) {
                    throw new MedleyException("bootstrap: clean pairs hold nothing to tune '" + task
                            + "' with; finetune.tasks may be caption and retrieval");
                }
            }
        }
    }

    public BootstrapSettings {
        freeze = List.copyOf(freeze);
        if (validation < 4) {
            throw new MedleyException("bootstrap: validation " + validation + ": hold out 4 pictures or more");
        }
        if (!(minScale > 0 && minScale <= 1) || threads < 0) {
            throw new MedleyException("bootstrap: minScale " + minScale + " must be above 0 and at most 1, threads "
                    + threads + " 0 or more");
        }
        var policy = capfilt.chosen(); // refuses what there is not
        if (capfilt.samples < 1 || capfilt.workers < 1) {
            throw new MedleyException("bootstrap: capfilt.samples " + capfilt.samples + " and workers "
                    + capfilt.workers + " must be 1 or more, for policy " + policy.word() + " too");
        }
    }

    /** The same on other data. */
    BootstrapSettings with(Data other) {
        return new BootstrapSettings(
                other,
                scenes,
                model,
                pretrain,
                captioner,
                filter,
                capfilt,
                retrain,
                finetune,
                validation,
                minScale,
                freeze,
                saveSeconds,
                saveSteps,
                threads,
                bfloat16,
                seed);
    }

    /** The small world's. */
    static BootstrapSettings defaults() {
        return new BootstrapSettings(
                new Data("", "", CleanFormat.AUTO, "", List.of(), 0.2),
                new Scenes(6000, 1500, 500, 1500, 1e-3),
                new Model("", StartWith.VISION, "", 64, 8, 128, 4, 4, 2, 64),
                new Pretraining(500, 32, 1e-3, 512, 0.995, 0.4),
                new Tuning(300, 32, 5e-4),
                new Tuning(300, 32, 5e-4),
                new CapFilt(1, 0.9, 0, 5, 24, "paper", 0.5, 2, 16, 1),
                new Pretraining(500, 32, 1e-3, 512, 0.995, 0.4),
                new Finetuning(List.of(), 300, 32, 5e-4),
                64,
                0.8,
                List.of(),
                60,
                0,
                0,
                Engine.hasBfloat16(),
                1);
    }
}
