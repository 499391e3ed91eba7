package io.medley.cli;

import io.medley.ModelRegistry;
import io.medley.PublishedModel;
import io.medley.hub.HubCache;
import io.medley.model.ModelFamily;
import io.medley.model.ModelFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code medley models}. */
@Command(
        name = "models",
        description = "List the models that are known, and which are here.",
        sortOptions = false,
        footer = {"", "Example:", "  medley models"})
final class ModelsCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    ModelsCommand(Session session) {
        this.session = session;
    }

    /** One line of the list. */
    private record Entry(String name, String state, String description) {}

    @Override
    public Integer call() {
        ModelRegistry registry = session.registry();
        List<Entry> entries = entries(registry);
        if (json.json) {
            for (Entry entry : entries) {
                session.console()
                        .print(Json.object()
                                .put("name", entry.name())
                                .put("state", entry.state())
                                .put("description", entry.description()));
            }
            return Status.OK;
        }
        for (Entry entry : entries) {
            session.console()
                    .print(String.format(
                            Locale.ROOT, "%-9s  %-42s  %s", entry.state(), entry.name(), entry.description()));
        }
        session.console()
                .say("Systems: "
                        + String.join(
                                ", ",
                                registry.families().stream()
                                        .map(ModelFamily::name)
                                        .toList())
                        + ". Cache: " + registry.cache().root() + ". Get one: medley pull NAME");
        return Status.OK;
    }

    private static List<Entry> entries(ModelRegistry registry) {
        List<Entry> entries = new ArrayList<>();
        HubCache cache = registry.cache();
        for (String name : registry.embedded()) {
            entries.add(new Entry(
                    name,
                    registry.carries(name) ? "built in" : "-",
                    "small BLIP for Medley's drawn scenes; the default"));
        }
        for (PublishedModel model : registry.published()) {
            boolean here = cache.snapshot(model.name()).isPresent();
            entries.add(new Entry(model.name(), here ? "cached" : "-", model.description()));
        }
        for (String name : cache.repositories()) {
            if (registry.published().stream().noneMatch(model -> model.name().equals(name))) {
                entries.add(new Entry(name, "cached", system(registry, name)));
            }
        }
        return entries;
    }

    /** Other programs share the cache, so much in it may be none of ours. */
    private static String system(ModelRegistry registry, String name) {
        ModelFiles files = ModelFiles.at(name, registry.cache().snapshot(name).orElseThrow());
        Optional<ModelFamily> family = registry.families().stream()
                .filter(candidate -> candidate.recognises(files))
                .findFirst();
        return family.map(found -> "system " + found.name()).orElse("not a model Medley knows");
    }
}
