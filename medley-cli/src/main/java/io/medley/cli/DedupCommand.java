package io.medley.cli;

import io.medley.embed.Duplicates;
import io.medley.shards.ShardInputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code medley dedup}. */
@Command(
        name = "dedup",
        description = {
            "Find near-duplicates among pictures by their embeddings, and list all but one of each.",
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
            "  medley dedup --in features --out duplicates --threshold 0.95"
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
        var storage = ShardRunOptions.storage(List.of(in, out));
        var embeddings = ShardInputs.isRemote(in)
                ? in
                : Path.of(in).toAbsolutePath().normalize().toString();
        var task = Duplicates.task(storage, embeddings, threshold, shards.threads());
        return shards.with(session, task, storage, run -> {
            var result = Duplicates.run(run, task, storage, out);
            session.console()
                    .say(String.format(
                            Locale.ROOT,
                            "%d of %d pictures dropped, for %d pairs: %s/%s",
                            result.dropped(),
                            result.pictures(),
                            result.pairs(),
                            out,
                            Duplicates.DROPPED));
            if (json.json) {
                session.console()
                        .print(Json.object()
                                .put("pictures", result.pictures())
                                .put("dropped", result.dropped())
                                .put("pairs", result.pairs()));
            }
            return Status.OK;
        });
    }
}
