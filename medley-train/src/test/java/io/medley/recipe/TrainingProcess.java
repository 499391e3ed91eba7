package io.medley.recipe;

import io.medley.tensor.MedleyException;
import io.medley.train.Reporter;
import io.medley.train.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A training as a process of its own, to be killed: RECIPE RUN name=value… */
final class TrainingProcess {
    private TrainingProcess() {}

    public static void main(String[] args) throws IOException {
        var settings = new LinkedHashMap<String, String>();
        for (int i = 2; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            settings.put(args[i].substring(0, equals), args[i].substring(equals + 1));
        }
        try {
            train(args[0], Path.of(args[1]), settings);
        } catch (MedleyException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    static void train(String name, Path folder, Map<String, String> settings) throws IOException {
        var recipe = Recipes.load(name, settings);
        try (var directory = RunDirectory.open(folder, recipe.settings(), Reporter.lines(System.err::println))) {
            recipe.kind().run(recipe, directory);
        }
    }
}
