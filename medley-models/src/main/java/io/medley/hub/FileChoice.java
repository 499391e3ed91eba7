package io.medley.hub;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which files of a repository Medley needs: configurations, vocabularies, and the weights in one form, safetensors if there are any.
 * Everything else (other frameworks' weights, training states, scripts) stays where it is; files in folders too.
 */
final class FileChoice {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,150}");
    private static final Pattern TEXT = Pattern.compile(".*\\.(json|txt)");
    private static final Pattern TOKENIZER = Pattern.compile("(tokenizer|spiece|sentencepiece\\.bpe)\\.model");
    private static final Pattern SAFETENSORS = Pattern.compile("model(-\\d{5}-of-\\d{5})?\\.safetensors");
    private static final Pattern TORCH = Pattern.compile("pytorch_model(-\\d{5}-of-\\d{5})?\\.bin");

    private FileChoice() {}

    /** The wanted names of the given ones, weights last so that a wrong repository shows before gigabytes have come. */
    static List<String> of(List<String> names) {
        List<String> plain = names.stream()
                .filter(name -> PLAIN.matcher(name).matches() && !name.contains(".."))
                .distinct()
                .sorted()
                .toList();
        List<String> weights = matching(plain, SAFETENSORS);
        boolean safe = !weights.isEmpty();
        if (!safe) {
            weights = matching(plain, TORCH);
        }
        List<String> texts = plain.stream()
                .filter(name ->
                        TEXT.matcher(name).matches() || TOKENIZER.matcher(name).matches())
                .filter(name -> !name.equals("pytorch_model.bin.index.json") || !safe)
                .filter(name -> !name.matches("(tf_model|flax_model).*"))
                .toList();
        return Stream.concat(texts.stream(), weights.stream()).toList();
    }

    private static List<String> matching(List<String> names, Pattern pattern) {
        return names.stream().filter(name -> pattern.matcher(name).matches()).toList();
    }
}
