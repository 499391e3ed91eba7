package io.medley.cli;

import io.medley.checkpoint.Checkpoint;
import io.medley.checkpoint.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code medley inspect}. */
@Command(
        name = "inspect",
        description = {
            "List the tensors of a checkpoint: names, element types, shapes.",
            "",
            "Reads safetensors (also sharded) and torch archives; nothing in them is ever executed."
        },
        sortOptions = false,
        footer = {"", "Example:", "  medley inspect model.safetensors"})
final class InspectCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "FILE", description = "A checkpoint, or a directory with one.")
    private Path file = Path.of("");

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    InspectCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            if (json.json) {
                session.console().print(object(checkpoint));
            } else {
                printPlain(checkpoint);
            }
            return Status.OK;
        }
    }

    private void printPlain(Checkpoint checkpoint) {
        long elements = 0;
        long bytes = 0;
        for (String name : checkpoint.names()) {
            TensorInfo info = checkpoint.info(name);
            elements += info.elements();
            bytes += info.bytes();
            session.console()
                    .print(String.format(
                            Locale.ROOT,
                            "%-8s  %-22s  %s",
                            lower(info),
                            Arrays.toString(info.shape()),
                            OneLine.of(name)));
        }
        for (Map.Entry<String, String> entry : checkpoint.metadata().entrySet()) {
            session.console().say("metadata " + entry.getKey() + ": " + entry.getValue());
        }
        session.console()
                .say(String.format(
                        Locale.ROOT,
                        "%d tensors, %,d numbers, %.1f MB",
                        checkpoint.names().size(),
                        elements,
                        bytes / 1e6));
    }

    private ObjectNode object(Checkpoint checkpoint) {
        ObjectNode object = Json.object().put("file", file.toString());
        long elements = 0;
        ArrayNode tensors = object.putArray("tensors");
        for (String name : checkpoint.names()) {
            TensorInfo info = checkpoint.info(name);
            elements += info.elements();
            ObjectNode entry = tensors.addObject().put("name", name).put("dtype", lower(info));
            ArrayNode shape = entry.putArray("shape");
            for (long size : info.shape()) {
                shape.add(size);
            }
        }
        object.put("numbers", elements);
        ObjectNode metadata = object.putObject("metadata");
        checkpoint.metadata().forEach(metadata::put);
        return object;
    }

    private static String lower(TensorInfo info) {
        return info.dtype().name().toLowerCase(Locale.ROOT);
    }
}
