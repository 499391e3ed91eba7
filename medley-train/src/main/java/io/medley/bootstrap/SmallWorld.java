package io.medley.bootstrap;

import io.medley.scenes.PictureFormat;
import io.medley.scenes.SceneRange;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.SceneWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The small world as files: web shards with alt-texts of known noise, clean pictures with five captions each. */
final class SmallWorld {
    /** Clean pictures are far from those other trainings of the small world see. */
    static final long FIRST_CLEAN = 4_000_000_000L;

    private static final String WEB = "web";
    private static final String CLEAN = "clean";

    private SmallWorld() {}

    /**
     * Draws it; what was drawn in part is drawn again, to the same bytes.
     *
     * @param size side of the pictures in pixels
     */
    static void draw(BootstrapSettings.Scenes scenes, int size, Path folder) throws IOException {
        var web = folder.resolve(WEB);
        remove(web); // perhaps drawn in part, with other settings
        new SceneWriter(new SceneRange(SceneSplit.WEB, 0, scenes.web(), size, PictureFormat.PNG), web, done -> {})
                .writeShards(scenes.shard());
        var range = new SceneRange(SceneSplit.TRAIN, FIRST_CLEAN, scenes.clean(), size, PictureFormat.PNG);
        new SceneWriter(range, folder.resolve(CLEAN), done -> {}).writeKarpathy();
    }

    private static void remove(Path shards) throws IOException {
        if (Files.isDirectory(shards)) {
            try (var files = Files.list(shards)) {
                for (var file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Where it is. */
    static BootstrapSettings.Data at(Path folder, double cleanShare) {
        return new BootstrapSettings.Data(
                folder.resolve(WEB).toString(),
                folder.resolve(CLEAN).resolve("dataset_train.json").toString(),
                BootstrapSettings.CleanFormat.KARPATHY,
                "",
                List.of(),
                cleanShare);
    }
}
