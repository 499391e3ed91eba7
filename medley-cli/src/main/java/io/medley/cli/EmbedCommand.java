package io.medley.cli;

import io.medley.embed.EmbedRun;
import io.medley.embed.EmbedTask;
import io.medley.shards.ShardInputs;
import io.medley.task.Embedder;
import io.medley.task.EmbeddingSpace;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code medley embed}. */
@Command(
        name = "embed",
        description = {
            "Turn pictures and texts into vectors of one space, for search and clustering.",
            "",
            "Rows are the images in order, then the texts. Images that cannot be read have no row.",
            "",
            "With --in, works on shards, here or on a cluster: writes for each NAME.tar a NAME.parquet with key, row, the"
                    + " picture's vector, its text and that text's vector. A run that was interrupted goes on when it is started again."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley embed photos/ --out photos.npy",
            "  medley embed photo.jpg --text 'a red cat' --out vectors.jsonl",
            "  medley embed --in 'web/*.tar' --out features --master local[2]"
        })
final class EmbedCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "FILE|DIR|GLOB", arity = "0..*", description = "Images, directories of images, or globs.")
    private List<String> inputs = new ArrayList<>();

    @Option(names = "--text", paramLabel = "TEXT", description = "A text to embed; may be given several times.")
    private List<String> texts = new ArrayList<>();

    @Option(
            names = "--in",
            paramLabel = "FILE|DIR|GLOB|URL",
            description = "Shards, or lists of pictures, as capfilt takes them; may be given several times.")
    private List<String> in = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "FILE|DIR",
            required = true,
            description = "x.npy (with x.npy.txt naming the rows), x.safetensors or x.jsonl; with --in a directory.")
    private String out = "";

    @Option(names = "--no-texts", description = "With --in: vectors of pictures only.")
    private boolean noTexts;

    @Option(
            names = "--shard-size",
            paramLabel = "N",
            description = "With --in: pictures of an output file, where the input has no shards. Default: 1000.")
    private long shardSize = 1000;

    @Mixin
    private ShardRunOptions shards = new ShardRunOptions();

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "8",
            description = "Images given to the model at once. Default: 8.")
    private int batch = 8;

    @Mixin
    private TaskOptions common = new TaskOptions();

    EmbedCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        return in.isEmpty() ? files(Path.of(out)) : shards();
    }

    private int shards() throws IOException, InterruptedException {
        if (!inputs.isEmpty() || !texts.isEmpty()) {
            throw new MedleyException("--in works on shards; do images and --text in a call of their own");
        }
        var storage = ShardRunOptions.storage(
                Stream.concat(in.stream(), Stream.of(out)).toList());
        var found = ShardInputs.find(in, ShardRunOptions.shardSize(shardSize), storage);
        var task = EmbedTask.of(session.registry(), common.model(), batch, shards.threads(), !noTexts);
        return shards.with(session, task, storage, run -> {
            var result = EmbedRun.run(run, storage, found, out);
            var total = result.total();
            session.console()
                    .say(String.format(
                            Locale.ROOT,
                            "%d shards done, %d before, %d failed: %d rows, %d errors, %d text vectors in %s",
                            result.shards().done(),
                            result.shards().skipped(),
                            result.shards().failed(),
                            total.count(),
                            total.errors(),
                            total.texts(),
                            out));
            if (common.json()) {
                session.console().print(total.json());
            }
            return result.shards().failed() > 0 || total.errors() > 0 ? Status.PARTLY : Status.OK;
        });
    }

    private int files(Path file) throws IOException {
        if (inputs.isEmpty() && texts.isEmpty()) {
            throw new MedleyException("there is nothing to embed; give images, or texts with --text");
        }
        texts.forEach(text -> Texts.required(text, "text"));
        VectorFile format = VectorFile.of(file);
        OutputFile.check(file);
        InputFiles images = InputFiles.of(inputs);
        try (Model loaded = common.load(session.registry())) {
            Embedder embedder = ModelOptions.task(loaded, "embed", Model::embedder);
            List<String> names = new ArrayList<>();
            List<float[]> vectors = new ArrayList<>();
            int status = new ImageRun(session, "embed", common.json())
                    .run(images, batch, some -> Arrays.asList(embedder.images(some)), (path, vector) -> {
                        add(names, path.toString(), "file");
                        vectors.add(vector);
                    });
            for (int i = 0; i < texts.size(); i += batch) {
                List<String> some = texts.subList(i, Math.min(texts.size(), i + batch));
                some.forEach(text -> add(names, text, "text"));
                vectors.addAll(Arrays.asList(embedder.texts(some)));
            }
            if (vectors.isEmpty()) {
                return status;
            }
            EmbeddingSpace space = embedder.space();
            format.write(file, space, names, vectors);
            session.console()
                    .say(out + ": " + vectors.size() + " vectors of " + space.dimension() + " numbers in space "
                            + space.name() + (space.normalised() ? ", of length 1" : ""));
            return status;
        }
    }

    private void add(List<String> names, String input, String kind) {
        if (common.json()) {
            session.console()
                    .print(Json.object()
                            .put(kind, input)
                            .put("row", names.size())
                            .put("out", out));
        }
        names.add(OneLine.of(input));
    }
}
