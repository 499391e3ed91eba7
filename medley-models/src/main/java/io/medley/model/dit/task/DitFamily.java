package io.medley.model.dit.task;

import io.medley.checkpoint.Checkpoint;
import io.medley.model.LoadOptions;
import io.medley.model.ModelFamily;
import io.medley.model.ModelFiles;
import io.medley.model.ModelWeights;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.text.Tokenizers;
import io.medley.text.WordPieceOptions;
import java.io.IOException;

/** Text-to-picture transformers as Medley trains them. */
public final class DitFamily implements ModelFamily {
    @Override
    public String name() {
        return "dit";
    }

    @Override
    public boolean recognises(ModelFiles files) {
        return files.config().filter(DitDirectory::isOne).isPresent();
    }

    @Override
    public Model load(ModelFiles files, LoadOptions options) throws IOException {
        var json = files.config().orElseThrow();
        var directory = DitDirectory.read(json);
        if (options.imageSize() != 0 && options.imageSize() != directory.pictureSize()) {
            throw new MedleyException(files.path() + ": draws pictures of " + directory.pictureSize()
                    + " pixels only; leave " + "the image size out");
        }
        var tokenizer = Tokenizers.load(files.path(), WordPieceOptions.BLIP);
        int vocabulary = directory.vocabulary();
        if (tokenizer.vocabSize() != vocabulary) {
            tokenizer.close();
            throw new MedleyException(files.path() + ": the vocabulary has " + tokenizer.vocabSize()
                    + " tokens but the model " + vocabulary + "; give the vocab.txt it was trained with");
        }
        try (var file = Checkpoint.open(files.weights());
                var scope = Scope.open();
                var off = NoGrad.open()) {
            var built = ModelWeights.load(
                    file.unwrapped(), ModelWeights.Rules.STRICT, weights -> new CaptionedDit(weights, directory));
            return new DitModel(files.name(), directory, json.toPrettyString(), tokenizer, built);
        } catch (RuntimeException | IOException e) {
            tokenizer.close();
            throw e;
        }
    }
}
