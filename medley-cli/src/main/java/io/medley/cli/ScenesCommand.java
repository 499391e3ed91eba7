package io.medley.cli;

import io.medley.scenes.PictureFormat;
import io.medley.scenes.SceneRange;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.SceneWriter;
import io.medley.tensor.MedleyException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code medley scenes}. */
@Command(
        name = "scenes",
        description = {
            "Write pictures of the small world with all that is known of them.",
            "",
            "karpathy: images/, dataset_SPLIT.json (captions, questions) and instances_SPLIT.json (COCO boxes, masks,"
                    + " keypoints). webdataset: tar shards as img2dataset writes them. The same arguments write the same"
                    + " files."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley scenes --split test --count 100 --size 384 --out scenes",
            "  medley scenes --split web --count 10000 --format webdataset --shard-size 1000 --out web"
        })
final class ScenesCommand implements Callable<Integer> {
    private static final int SHARD_SIZE = 1000;
    private final Session session;

    /** How files are laid out. */
    enum Format {
        KARPATHY,
        WEBDATASET
    }

    @Option(
            names = "--split",
            paramLabel = "SPLIT",
            description = "train, val, test, compositional or web. Default: train.")
    private SceneSplit split = SceneSplit.TRAIN;

    @Option(names = "--count", paramLabel = "N", description = "How many pictures. Default: 100.")
    private int count = 100;

    @Option(names = "--first", paramLabel = "I", description = "Index of the first. Default: 0.")
    private long first;

    @Option(names = "--size", paramLabel = "PIXELS", description = "Side of the pictures, 16 to 4096. Default: 256.")
    private int size = 256;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where to; made if missing.")
    private Path out = Path.of("");

    @Option(names = "--format", paramLabel = "FORMAT", description = "karpathy or webdataset. Default: karpathy.")
    private Format format = Format.KARPATHY;

    @Option(names = "--shard-size", paramLabel = "N", description = "Pictures of a shard (webdataset). Default: 1000.")
    private @Nullable Integer shardSize;

    @Option(
            names = "--pictures",
            paramLabel = "TYPE",
            description = "png or jpeg. Default: png for karpathy, jpeg for webdataset.")
    private @Nullable PictureFormat pictures;

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    ScenesCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (shardSize != null && format != Format.WEBDATASET) {
            throw new MedleyException("--shard-size: only for shards; give --format webdataset too");
        }
        PictureFormat type =
                pictures != null ? pictures : format == Format.KARPATHY ? PictureFormat.PNG : PictureFormat.JPEG;
        var range = new SceneRange(split, first, count, size, type);
        List<Path> files;
        try (Progress progress = Progress.of(session.console(), "scenes", count, "pictures", 1)) {
            var writer = new SceneWriter(range, out, done -> progress.step(1));
            files = format == Format.KARPATHY
                    ? writer.writeKarpathy()
                    : writer.writeShards(shardSize != null ? shardSize : SHARD_SIZE);
        }
        for (Path file : files) {
            if (json.json) {
                session.console().print(Json.object().put("file", file.toString()));
            } else {
                session.console().say(file.toString());
            }
        }
        return Status.OK;
    }
}
