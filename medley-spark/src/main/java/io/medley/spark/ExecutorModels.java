package io.medley.spark;

import io.medley.Models;
import io.medley.capfilt.CapFiltModels;
import io.medley.capfilt.CapFiltSettings;
import org.jspecify.annotations.Nullable;

/**
 * The models of this process, loaded by the first task that needs them and shared by all. The one static of the house: an executor outlives its
 * tasks and gives them no other place to leave something for each other.
 */
final class ExecutorModels {
    private static @Nullable CapFiltModels loaded;
    private static String hash = "";
    private static int users;

    private ExecutorModels() {}

    /** What a task does with the models. */
    interface Use<R> {
        R with(CapFiltModels models) throws InterruptedException;
    }

    /** Lends the models of these settings; those of an earlier run are closed once no task uses them. */
    static <R> R lend(CapFiltSettings settings, Use<R> use) throws InterruptedException {
        var models = take(settings);
        try {
            return use.with(models);
        } finally {
            giveBack();
        }
    }

    private static synchronized CapFiltModels take(CapFiltSettings settings) throws InterruptedException {
        while (users > 0 && !hash.equals(settings.hash())) {
            ExecutorModels.class.wait();
        }
        var models = loaded;
        if (models == null || !hash.equals(settings.hash())) {
            if (models != null) {
                loaded = null;
                models.close();
            }
            models = CapFiltModels.load(Models.registry(), settings);
            loaded = models;
            hash = settings.hash();
        }
        users++;
        return models;
    }

    private static synchronized void giveBack() {
        users--;
        ExecutorModels.class.notifyAll();
    }
}
