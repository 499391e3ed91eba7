package io.medley.cli;

import io.medley.checkpoint.Checkpoint;
import io.medley.checkpoint.SafetensorsWriter;
import io.medley.checkpoint.TorchWriter;
import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code medley convert}. */
@Command(
        name = "convert",
        description = {
            "Rewrite a checkpoint in another format or precision; names stay as they are.",
            "",
            "Reads what 'medley inspect' reads. Of training checkpoints ({'model': ...}) the weights are taken."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley convert model_base_caption.pth model.safetensors",
            "  medley convert model.safetensors model.pth --dtype f16"
        })
final class ConvertCommand implements Callable<Integer> {
    private final Session session;

    /** Precisions to choose among. */
    enum Precision {
        F32(DType.FLOAT32),
        F16(DType.FLOAT16),
        BF16(DType.BFLOAT16);

        private final DType type;

        Precision(DType type) {
            this.type = type;
        }
    }

    @Parameters(index = "0", paramLabel = "IN", description = "A checkpoint, or a directory with one.")
    private Path in = Path.of("");

    @Parameters(index = "1", paramLabel = "OUT", description = "x.safetensors, or a torch archive: x.pth, x.pt, x.bin.")
    private Path out = Path.of("");

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "f32, f16 or bf16 for all floating-point tensors. Default: as stored.")
    private @Nullable Precision precision;

    @Option(names = "--force", description = "Replace OUT if it exists.")
    private boolean force;

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    ConvertCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        String name = out.toString().toLowerCase(Locale.ROOT);
        boolean torch = name.endsWith(".pth") || name.endsWith(".pt") || name.endsWith(".bin");
        if (!torch && !name.endsWith(".safetensors")) {
            throw new MedleyException(out + ": unknown format; end the name in .safetensors, .pth, .pt or .bin");
        }
        if (Files.exists(out) && !force) {
            throw new MedleyException(out + ": exists already; give --force to replace it");
        }
        OutputFile.check(out);
        try (Checkpoint source = Checkpoint.open(in)) {
            Checkpoint weights = source.unwrapped();
            Checkpoint converted = precision == null ? weights : weights.as(precision.type);
            if (torch) {
                TorchWriter.write(out, converted);
            } else {
                Map<String, String> metadata = new LinkedHashMap<>(source.metadata());
                metadata.putIfAbsent("format", "pt");
                SafetensorsWriter.write(out, converted, metadata);
            }
            report(converted.names().size());
        }
        return Status.OK;
    }

    private void report(int tensors) throws IOException {
        if (json.json) {
            session.console()
                    .print(Json.object()
                            .put("file", in.toString())
                            .put("out", out.toString())
                            .put("tensors", tensors)
                            .put("bytes", Files.size(out)));
        } else {
            session.console().say(out + ": " + tensors + " tensors, " + Files.size(out) + " bytes");
        }
    }
}
