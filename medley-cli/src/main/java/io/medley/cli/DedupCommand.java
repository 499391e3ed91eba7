package io.medley.cli;

import io.medley.embed.DedupStats;
import io.medley.embed.DedupTask;
import io.medley.embed.Duplicates;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardInputs;
import io.medley.shards.ShardStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code medley dedup}. */
@Command(
        name = "dedup",
        description = {
            "Find near-duplicates among pictures by their embeddings, and list all but one of each, or write shards without them.",
            "",
            "Reads what 'medley embed --in' wrote. A picture is dropped exactly if its vector's cosine with that of an earlier picture"
                    + " that is kept reaches the threshold. Writes dropped.parquet: who is dropped, for whose sake, and the cosine. Every"
                    + " vector is compared with every other: exact, but twice the pictures take four times as long."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley embed --in 'web/*.tar' --out features",
            "  medley dedup --in features --out duplicates --threshold 0.95",
            "  medley dedup --in features --out duplicates --write unique"
        })
final class DedupCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--in",
            paramLabel = "DIR",
            required = true,
            description = "Embeddings, as 'medley embed --in' writes them.")
    private String in = "";

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where to; made if missing.")
    private String out = "";

    @Option(
            names = "--threshold",
            paramLabel = "T",
            description = "Least cosine of near-duplicates. What it should be depends on the model. Default: 0.95.")
    private double threshold = 0.95;

    @Option(
            names = "--write",
            paramLabel = "DIR",
            description =
                    "Write the shards that the embeddings were made of again, without the dropped pictures: NAME.tar for each,"
                            + " with the same keys and picture bytes. What is written already is skipped.")
    private @Nullable String write;

    @Mixin
    private ShardRunOptions shards = new ShardRunOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    DedupCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var storage = ShardRunOptions.storage(write == null ? List.of(in, out) : List.of(in, out, write));
        var pairs = Duplicates.task(storage, absolute(in), threshold, shards.threads());
        // Known before hours of comparing.
        var inputs = write == null ? List.<ShardInput>of() : DedupTask.inputs(storage, pairs);
        var found = new Duplicates.Result[1];
        shards.with(session, pairs, storage, run -> {
            found[0] = Duplicates.run(run, pairs, storage, out);
            return Status.OK;
        });
        var result = found[0];
        session.console()
                .say(String.format(
                        Locale.ROOT,
                        "%d of %d pictures dropped, for %d pairs: %s/%s",
                        result.dropped(),
                        result.pictures(),
                        result.pairs(),
                        out,
                        Duplicates.DROPPED));
        var told = Json.object()
                .put("pictures", result.pictures())
                .put("dropped", result.dropped())
                .put("pairs", result.pairs());
        if (write != null) {
            told.put("written", write(storage, inputs, write));
        }
        if (json.json) {
            session.console().print(told);
        }
        return Status.OK;
    }

    /** Returns how many pictures the shards have now. */
    private long write(ShardStorage storage, List<ShardInput> inputs, String folder)
            throws IOException, InterruptedException {
        var task = DedupTask.of(storage, absolute(out));
        var written = new DedupStats[] {DedupStats.EMPTY};
        shards.with(session, task, storage, run -> {
            written[0] = DedupTask.run(run, storage, inputs, folder);
            return Status.OK;
        });
        var stats = written[0];
        session.console()
                .say(String.format(
                        Locale.ROOT,
                        "%d pictures written without %d near-duplicates and %d rows that hold none: %s",
                        stats.written(),
                        stats.dropped(),
                        stats.errors(),
                        folder));
        return stats.written();
    }

    /** As a worker in another directory finds it. */
    private static String absolute(String folder) {
        return ShardInputs.isRemote(folder)
                ? folder
                : Path.of(folder).toAbsolutePath().normalize().toString();
    }
}
