package io.medley.cli;

import io.medley.tensor.Engine;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ObjectNode;

/** {@code medley doctor}. */
@Command(
        name = "doctor",
        description = "Show what Medley runs on: engine, the BLAS actually loaded, threads, devices, memory.",
        sortOptions = false,
        footer = {"", "Example:", "  medley doctor"})
final class DoctorCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    DoctorCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Map<String, String> facts = facts();
        if (json.json) {
            ObjectNode object = Json.object();
            facts.forEach(object::put);
            session.console().print(object);
        } else {
            facts.forEach((key, value) -> session.console().print(String.format(Locale.ROOT, "%-12s %s", key, value)));
        }
        return Status.OK;
    }

    private Map<String, String> facts() {
        Engine.Info engine = Engine.info();
        Runtime runtime = Runtime.getRuntime();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("medley", new Version().getVersion()[0].replace("medley ", ""));
        facts.put("java", System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")");
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        facts.put("engine", "LibTorch " + engine.torchVersion() + " (" + engine.platform() + ")");
        facts.put("blas", engine.blas());
        facts.put("instructions", engine.instructions());
        facts.put("threads", engine.threads() + " of " + runtime.availableProcessors() + " processors");
        facts.put("devices", String.join(", ", engine.devices()));
        facts.put("heap", runtime.maxMemory() / (1 << 20) + " MB at most");
        long resident = Engine.residentBytes();
        facts.put("resident", resident < 0 ? "unknown" : resident / (1 << 20) + " MB now");
        facts.put("cache", session.registry().cache().root().toString());
        return facts;
    }
}
