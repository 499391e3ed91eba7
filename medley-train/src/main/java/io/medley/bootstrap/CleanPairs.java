package io.medley.bootstrap;

import io.medley.bootstrap.BootstrapSettings.CleanFormat;
import io.medley.data.CaptionReaders;
import io.medley.data.ImageStore;
import io.medley.data.ImageTexts;
import io.medley.data.RemoteFiles;
import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.evaluate.Example;
import io.medley.evaluate.Picture;
import io.medley.image.Images;
import io.medley.image.RgbImage;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * The clean pairs: the first pictures are learnt from, the last ones held out.
 *
 * @param pairs a row a picture
 * @param training number of pictures that are learnt from, those at the front
 */
record CleanPairs(ImageTexts pairs, long training) {
    /**
     * Opens what settings name.
     *
     * @param held pictures to hold out
     * @throws MedleyException when there is nothing, or too little of it
     */
    static CleanPairs open(BootstrapSettings.Data data, int held) throws IOException {
        var file = Path.of(data.clean());
        if (!Files.exists(file)) {
            throw new MedleyException(file + ": no such file or directory; data.clean names the clean pairs");
        }
        var beside = Objects.requireNonNull(file.toAbsolutePath().getParent()).toString();
        var images = ImageStore.at(data.cleanImages().isEmpty() ? beside : data.cleanImages(), new RemoteFiles());
        var format = data.cleanFormat() == CleanFormat.AUTO ? format(file) : data.cleanFormat();
        var pairs =
                switch (format) {
                    case KARPATHY -> CaptionReaders.karpathy(file, Set.copyOf(data.cleanSplits()), images);
                    case COCO -> CaptionReaders.coco(file, images);
                    case JSON -> CaptionReaders.json(file, images);
                    case CSV -> CaptionReaders.csv(file, images);
                    case PARQUET -> CaptionReaders.parquet(file, images);
                    case FOLDER -> CaptionReaders.folder(file);
                    case AUTO -> throw new IllegalStateException("has been decided");
                };
        if (pairs.size() < held + 4L) {
            throw new MedleyException(file + ": " + pairs.size() + " pictures, of which " + held
                    + " are to be held out; give more, or a smaller 'validation'");
        }
        return new CleanPairs(pairs, pairs.size() - held);
    }

    private static CleanFormat format(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            return CleanFormat.FOLDER;
        }
        var name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".csv") || name.endsWith(".tsv")) {
            return CleanFormat.CSV;
        }
        if (name.endsWith(".parquet")) {
            return CleanFormat.PARQUET;
        }
        if (name.endsWith(".jsonl")) {
            return CleanFormat.JSON;
        }
        try (var in = Files.newBufferedReader(file)) {
            int c = in.read();
            while (Character.isWhitespace(c)) {
                c = in.read();
            }
            return c == '{' ? CleanFormat.KARPATHY : CleanFormat.JSON;
        }
    }

    /** What is learnt from, a row for each text. */
    ImageTexts rows() {
        return pairs.head(training).perText();
    }

    /** What is learnt from, picture by picture. */
    List<Example.Captioned> examples() {
        return examples(0, training);
    }

    /** What is measured on. */
    List<Example.Captioned> heldOut() {
        return examples(training, pairs.size());
    }

    private List<Example.Captioned> examples(long from, long to) {
        var examples = new ArrayList<Example.Captioned>();
        for (long row = from; row < to; row++) {
            // A row without texts is broken, and the pre-training reports it.
            if (!pairs.texts(row).isEmpty()) {
                examples.add(new Example.Captioned(pairs.key(row), picture(row), pairs.texts(row), ""));
            }
        }
        return examples;
    }

    /** The picture of a row. */
    Picture picture(long row) {
        return new RowPicture(pairs, row);
    }

    private record RowPicture(ImageTexts pairs, long row) implements Picture {
        @Override
        public String name() {
            return pairs.name() + " " + pairs.key(row);
        }

        @Override
        public RgbImage load() {
            var read = pairs.get(row);
            if (read instanceof Row.Broken<Sample> broken) {
                throw new MedleyException(broken.place() + ": " + broken.reason());
            }
            var sample = ((Row.Good<Sample>) read).value();
            return Images.read(sample.image().bytes(), sample.key(), PairLoading.LIMITS);
        }
    }
}
