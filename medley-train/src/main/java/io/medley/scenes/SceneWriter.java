package io.medley.scenes;

import io.medley.data.EncodedImage;
import io.medley.data.ShardWriter;
import io.medley.tensor.MedleyException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntConsumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes scenes as files. Everything gets a temporary name first and its own when it is whole. The
 * bytes depend on the arguments only, so that writing again gives the same files.
 */
public final class SceneWriter {
    private static final int MAX_SHARD = 1_000_000;

    private final SceneRange range;
    private final Path directory;
    private final IntConsumer progress;

    /**
     * @param directory made if missing
     * @param progress told after every picture how many are written
     */
    public SceneWriter(SceneRange range, Path directory, IntConsumer progress) {
        this.range = range;
        this.directory = directory;
        this.progress = progress;
    }

    /**
     * Writes {@code images/…}, {@code dataset_SPLIT.json} (Karpathy's format: images, sentences, split; with questions and
     * the scene) and {@code instances_SPLIT.json} (COCO's format: boxes, masks as uncompressed run lengths, polygons,
     * keypoints).
     *
     * @return the two JSON files
     */
    public List<Path> writeKarpathy() {
        String split = range.split().word();
        Path dataset = directory.resolve("dataset_" + split + ".json");
        Path instances = directory.resolve("instances_" + split + ".json");
        try {
            Files.createDirectories(directory.resolve("images"));
            writeKarpathy(part(dataset), part(instances));
            finish(dataset);
            finish(instances);
        } catch (IOException | JacksonException e) {
            throw failed(e, dataset, instances);
        }
        return List.of(dataset, instances);
    }

    private void writeKarpathy(Path dataset, Path instances) throws IOException {
        try (JsonGenerator images = generator(dataset);
                JsonGenerator coco = generator(instances)) {
            images.writeStartObject();
            images.writeStringProperty("dataset", "medley-scenes");
            images.writeArrayPropertyStart("images");
            coco.writeStartObject();
            coco.writePOJOProperty("categories", SceneJson.categories());
            coco.writeArrayPropertyStart("annotations");
            List<ObjectNode> cocoImages = new ArrayList<>();
            int sentences = 0;
            int annotations = 0;
            for (int i = 0; i < range.count(); i++) {
                SceneSample sample = sample(i);
                String file = String.format(
                        Locale.ROOT,
                        "%s_%09d.%s",
                        range.split().word(),
                        sample.index(),
                        range.format().extension());
                Path path = directory.resolve("images").resolve(file);
                Files.write(part(path), range.format().encode(sample.image()));
                finish(path);
                images.writePOJO(SceneJson.karpathyImage(sample, "images", file, i, sentences));
                sentences += SceneJson.texts(sample).size();
                for (SceneObject object : sample.objects()) {
                    coco.writePOJO(SceneJson.annotation(object, range.size(), ++annotations, i));
                }
                ObjectNode entry = SceneJson.MAPPER.createObjectNode();
                entry.put("id", i)
                        .put("file_name", file)
                        .put("width", range.size())
                        .put("height", range.size());
                cocoImages.add(entry);
                progress.accept(i + 1);
            }
            images.writeEndArray();
            images.writeEndObject();
            coco.writeEndArray();
            coco.writePOJOProperty("images", cocoImages);
            coco.writeEndObject();
        }
    }

    /**
     * Writes tar shards as img2dataset does: {@code 00000.tar} holding {@code 000000000.jpg}, {@code .txt} and
     * {@code .json} (first five digits the shard, the rest the sample), and {@code 00000_stats.json} beside it.
     *
     * @param shardSize samples of a shard, the last may hold fewer
     * @return the shards
     */
    public List<Path> writeShards(int shardSize) {
        if (shardSize < 1 || shardSize > MAX_SHARD) {
            throw new MedleyException("shard size " + shardSize + ": must be 1 to " + MAX_SHARD);
        }
        List<Path> shards = new ArrayList<>();
        for (int from = 0; from < range.count(); from += shardSize) {
            int to = (int) Math.min(range.count(), (long) from + shardSize);
            shards.add(writeShard(from / shardSize, from, to, shardSize));
        }
        return shards;
    }

    private Path writeShard(int number, int from, int to, int shardSize) {
        String name = String.format(Locale.ROOT, "%05d", number);
        int digits = Math.max(4, String.valueOf(shardSize - 1).length());
        Path shard = directory.resolve(name + ".tar");
        Path stats = directory.resolve(name + "_stats.json");
        try {
            Files.createDirectories(directory);
            try (var tar = new ShardWriter(shard)) {
                for (int i = from; i < to; i++) {
                    String key = name + String.format(Locale.ROOT, "%0" + digits + "d", i - from);
                    writeSample(tar, sample(i), key);
                    progress.accept(i + 1);
                }
                tar.commit();
            }
            Files.write(part(stats), SceneJson.MAPPER.writeValueAsBytes(stats(to - from)));
            finish(stats);
        } catch (IOException | JacksonException e) {
            throw failed(e, stats);
        }
        return shard;
    }

    private void writeSample(ShardWriter tar, SceneSample sample, String key) throws IOException {
        ObjectNode json = SceneJson.MAPPER.createObjectNode();
        json.put("key", key);
        json.put("status", "success");
        json.put("caption", sample.text());
        json.put("width", range.size());
        json.put("height", range.size());
        json.put("original_width", range.size());
        json.put("original_height", range.size());
        SceneJson.known(sample, json);
        var objects = json.putArray("objects");
        for (SceneObject object : sample.objects()) {
            SceneJson.shape(object, range.size(), objects.addObject());
        }
        var image = new EncodedImage(range.format().extension(), range.format().encode(sample.image()));
        tar.add(key, image, Optional.of(sample.text()), json);
    }

    private static ObjectNode stats(int count) {
        ObjectNode stats = SceneJson.MAPPER.createObjectNode();
        stats.put("count", count).put("successes", count);
        stats.put("failed_to_download", 0).put("failed_to_resize", 0);
        stats.putObject("status_dict").put("success", count);
        return stats;
    }

    private SceneSample sample(int i) {
        return Scenes.of(range.split()).sample(range.first() + i, range.size());
    }

    private static JsonGenerator generator(Path file) throws IOException {
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
        return SceneJson.MAPPER.createGenerator(out);
    }

    private static Path part(Path file) {
        return file.resolveSibling(file.getFileName() + ".part");
    }

    private static void finish(Path file) throws IOException {
        Files.move(part(file), file, StandardCopyOption.REPLACE_EXISTING);
    }

    private MedleyException failed(Exception cause, Path... unfinished) {
        for (Path file : unfinished) {
            try {
                Files.deleteIfExists(part(file));
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
        String reason = cause instanceof IOException ? cause.toString() : cause.getMessage();
        return new MedleyException(
                directory + ": cannot write scenes there (" + reason + "); give a writable directory with room left",
                cause);
    }
}
