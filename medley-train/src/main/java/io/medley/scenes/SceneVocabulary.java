package io.medley.scenes;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The WordPiece vocabulary of the small world: BERT's special tokens, every printable ASCII character alone and as a
 * continuation (so that no ASCII text has unknown pieces), then every word the grammar, the questions, their answers
 * and the alt-texts can say.
 */
public final class SceneVocabulary {
    private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    private static final String GLUE =
            "a an and with is are was were the of in on at to there this that we i you see shows show can"
                    + " picture photo image drawing what color how many where which who does do does not no yes it its very nice big"
                    + " little tiny some several thing things jpg png jpeg dsc scan img";

    private SceneVocabulary() {}

    /** The tokens in the order of their ids; [PAD] is 0. */
    public static List<String> tokens() {
        var tokens = new LinkedHashSet<String>(SPECIAL);
        for (char c = '!'; c <= '~'; c++) {
            if (!Character.isUpperCase(c)) {
                tokens.add(String.valueOf(c));
            }
        }
        for (char c = '0'; c <= 'z'; c++) {
            if (Character.isDigit(c) || Character.isLowerCase(c)) {
                tokens.add("##" + c);
            }
        }
        tokens.addAll(words());
        return List.copyOf(tokens);
    }

    /** Every word of the small world, in alphabetical order. */
    public static Set<String> words() {
        var phrases = new ArrayList<String>(WebTexts.BOILERPLATE);
        phrases.add(GLUE);
        phrases.addAll(SceneWords.NUMBERS);
        phrases.addAll(Questions.answers());
        for (Kind kind : Kind.values()) {
            phrases.add(kind.plural());
        }
        for (ThingSize size : ThingSize.values()) {
            phrases.add(size.word());
        }
        for (Category category : Category.values()) {
            phrases.add(category.word());
        }
        for (Relation relation : Relation.values()) {
            phrases.addAll(relation.phrases());
        }
        for (Position position : Position.values()) {
            phrases.add(position.phrase());
        }
        for (Background background : Background.values()) {
            phrases.addAll(background.phrases());
        }
        var words = new TreeSet<String>();
        for (String phrase : phrases) {
            words.addAll(List.of(phrase.split(" ")));
        }
        return words;
    }

    /** Writes {@code vocab.txt}, one token a line, by way of a temporary file beside it. */
    public static void write(Path file) {
        Path temporary = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.write(temporary, tokens(), StandardCharsets.UTF_8);
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new MedleyException(file + ": cannot write the vocabulary (" + e.getMessage() + ")", e);
        }
    }
}
