package io.medley.cli;

import io.medley.NearNames;
import io.medley.PublishedModel;
import io.medley.hub.HubCache;
import io.medley.hub.HubClient;
import io.medley.hub.HubSettings;
import io.medley.hub.PullListener;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code medley pull}. */
@Command(
        name = "pull",
        description = {
            "Fetch a model from the Hugging Face hub into the shared cache.",
            "",
            "Only what is needed is fetched (configuration, vocabulary, weights in one form), checked by",
            "size and hash. An interrupted pull goes on where it stopped. Honours HF_HOME, HF_HUB_CACHE,",
            "HF_ENDPOINT and HF_TOKEN."
        },
        sortOptions = false,
        footer = {"", "Example:", "  medley pull Salesforce/blip-image-captioning-base"})
final class PullCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            description = "OWNER/NAME on the hub, or the short name of a known model.")
    private String name = "";

    @Option(
            names = "--revision",
            paramLabel = "REV",
            defaultValue = "main",
            description = "Branch, tag or commit. Default: main.")
    private String revision = "main";

    @Option(names = "--discard", description = "Remove what an interrupted pull has left, instead of pulling.")
    private boolean discard;

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    PullCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        String repository = session.registry().fullName(name);
        checkName(repository);
        HubClient client = new HubClient(
                HubSettings.fromEnvironment(session.environment()),
                session.registry().cache());
        if (discard) {
            int removed = client.removeIncomplete(repository);
            session.console().say(repository + ": " + removed + " incomplete files removed");
            return Status.OK;
        }
        try (Listener listener = new Listener(session.console())) {
            Path snapshot = client.pull(repository, revision, listener);
            if (json.json) {
                session.console().print(Json.object().put("name", repository).put("directory", snapshot.toString()));
            } else {
                session.console().print(snapshot.toString());
            }
            return Status.OK;
        }
    }

    private void checkName(String repository) {
        if (HubCache.isRepository(repository) && repository.contains("/")) {
            return;
        }
        if (session.registry().embedded().contains(repository)) {
            throw new MedleyException(repository + ": is built in; there is nothing to pull");
        }
        List<String> near = NearNames.of(
                repository,
                session.registry().published().stream()
                        .map(PublishedModel::name)
                        .toList());
        throw new MedleyException("\"" + OneLine.of(repository) + "\" is not a repository name; "
                + (near.isEmpty()
                        ? "expected OWNER/NAME, for example Salesforce/blip-vqa-base"
                        : "did you mean " + String.join(" or ", near) + "?"));
    }

    /** Shows one file after the other. */
    private static final class Listener implements PullListener, AutoCloseable {
        private final Console console;
        private @Nullable Progress progress;

        Listener(Console console) {
            this.console = console;
        }

        @Override
        public void begin(String name, long already, long size) {
            close();
            progress = Progress.of(console, name, size, "MB", 1_000_000);
            progress.step(already);
        }

        @Override
        public void received(long bytes) {
            if (progress != null) {
                progress.step(bytes);
            }
        }

        @Override
        public void retry(String name, String reason) {
            close();
            console.say(name + ": " + reason + "; trying again");
        }

        @Override
        public void done(String name, boolean cached) {
            close();
            console.say(name + (cached ? ": already here" : ": complete"));
        }

        @Override
        public void close() {
            if (progress != null) {
                progress.close();
                progress = null;
            }
        }
    }
}
