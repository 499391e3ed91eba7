package io.medley.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the README and the pages under docs say can be typed, can be typed. */
class DocumentationTest extends CommandTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)\\)");

    @Test
    void everyCommandShownIsAccepted() throws IOException {
        int seen = 0;
        for (Path page : pages()) {
            for (String line : blocks(page, "sh")) {
                if (line.matches("(\\./)?medley .*")) {
                    accept(page.getFileName() + ": " + line, words(line));
                    seen++;
                }
            }
        }
        assertThat(seen).isGreaterThan(20);
    }

    @Test
    void everyExampleInAHelpTextIsAccepted() {
        for (CommandLine command : commands().getSubcommands().values()) {
            for (String line : command.getCommandSpec().usageMessage().footer()) {
                if (line.startsWith("  medley ")) {
                    accept(line, words(line.strip()));
                }
            }
        }
    }

    @Test
    void theJavaOfTheReadmeCompiles() throws IOException {
        String code = String.join("\n", blocks(ROOT.resolve("README.md"), "java"));
        assertThat(code.lines().count()).isLessThan(15);
        String source = "import io.medley.*; import io.medley.task.*; import io.medley.image.*; import java.nio.file.*;"
                + " import java.util.*; class Readme { static void run() throws Exception { " + code + " } }";
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///Readme.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        StringWriter messages = new StringWriter();
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        messages,
                        null,
                        null,
                        List.of("-proc:none", "-d", home.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        List.of(file))
                .call();
        assertThat(compiled).as(messages.toString()).isTrue();
    }

    @Test
    void linksBetweenPagesLeadSomewhere() throws IOException {
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                if (!link.group(1).startsWith("http")) {
                    assertThat(page.resolveSibling(link.group(1)))
                            .as(page + ": " + link.group(1))
                            .exists();
                }
            }
        }
    }

    private void accept(String what, List<String> words) {
        assertThatCode(() -> commands().parseArgs(words.toArray(String[]::new)))
                .as(what)
                .doesNotThrowAnyException();
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), pages.filter(page -> page.toString()
                            .endsWith(".md")))
                    .toList();
        }
    }

    /** The lines inside the fenced blocks of a language, without comments at their ends. */
    private static List<String> blocks(Path page, String language) throws IOException {
        List<String> lines = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(page)) {
            if (line.startsWith("```")) {
                inside = line.equals("```" + language);
            } else if (inside) {
                lines.add(language.equals("sh") ? line.replaceFirst("\\s+#.*", "") : line);
            }
        }
        return lines;
    }

    /** The words of a shell line after {@code medley}, up to a redirection. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(line);
        while (matcher.find()) {
            String word = matcher.group().replaceAll("^[\"']|[\"']$", "");
            if (word.equals(">")) {
                break;
            }
            words.add(word);
        }
        return words.subList(1, words.size());
    }
}
