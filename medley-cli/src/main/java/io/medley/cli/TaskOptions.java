package io.medley.cli;

import io.medley.ModelRegistry;
import io.medley.task.Model;
import picocli.CommandLine.Mixin;

/** What every command that gives a model a task takes: the model, {@code --json} and {@code --help}. */
final class TaskOptions {
    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    Model load(ModelRegistry registry) {
        return model.load(registry);
    }

    String model() {
        return model.name;
    }

    boolean json() {
        return json.json;
    }
}
