package io.medley.cli;

import io.medley.task.Embedder;
import io.medley.task.EmbeddingSpace;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
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
            "Rows are the images in order, then the texts. Images that cannot be read have no row."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley embed photos/ --out photos.npy",
            "  medley embed photo.jpg --text 'a red cat' --out vectors.jsonl"
        })
final class EmbedCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "FILE|DIR|GLOB", arity = "0..*", description = "Images, directories of images, or globs.")
    private List<String> inputs = new ArrayList<>();

    @Option(names = "--text", paramLabel = "TEXT", description = "A text to embed; may be given several times.")
    private List<String> texts = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "x.npy (with x.npy.txt naming the rows), x.safetensors or x.jsonl.")
    private Path out = Path.of("");

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
    public Integer call() throws IOException {
        if (inputs.isEmpty() && texts.isEmpty()) {
            throw new MedleyException("there is nothing to embed; give images, or texts with --text");
        }
        texts.forEach(text -> Texts.required(text, "text"));
        VectorFile format = VectorFile.of(out);
        OutputFile.check(out);
        InputFiles files = InputFiles.of(inputs);
        try (Model loaded = common.load(session.registry())) {
            Embedder embedder = ModelOptions.task(loaded, "embed", Model::embedder);
            List<String> names = new ArrayList<>();
            List<float[]> vectors = new ArrayList<>();
            int status = new ImageRun(session, "embed", common.json())
                    .run(files, batch, images -> Arrays.asList(embedder.images(images)), (path, vector) -> {
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
            format.write(out, space, names, vectors);
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
                            .put("out", out.toString()));
        }
        names.add(OneLine.of(input));
    }
}
