package io.medley.evaluate;

import io.medley.metric.MetricJars;
import io.medley.task.AnswerOptions;
import io.medley.task.CaptionOptions;
import io.medley.task.RetrievalOptions;

/**
 * How models are asked.
 *
 * @param batch examples given to the model at once
 * @param captions how captions are written
 * @param answers how questions are answered: candidates are ranked; without any, answers are written
 * @param rankAnswers whether the candidates are all answers of the data, as when VQA is evaluated with its answer list
 * @param retrieval how pictures and texts are ranked
 * @param jars METEOR and SPICE, as far as they are there
 */
public record EvaluateOptions(
        int batch,
        CaptionOptions captions,
        AnswerOptions answers,
        boolean rankAnswers,
        RetrievalOptions retrieval,
        MetricJars jars) {
    private static final int BATCH = 8;
    private static final int BEAMS = 3;

    /** BLIP's: beam search of 3 for captions and answers, the 128 best re-ranked. */
    public static EvaluateOptions blip() {
        return new EvaluateOptions(
                BATCH,
                CaptionOptions.beam(BEAMS),
                AnswerOptions.generate(),
                false,
                RetrievalOptions.blip(),
                MetricJars.none());
    }

    /** The same with questions answered by ranking all answers of the data. */
    public EvaluateOptions rankingAnswers() {
        return new EvaluateOptions(batch, captions, answers, true, retrieval, jars);
    }

    public EvaluateOptions withBatch(int value) {
        return new EvaluateOptions(value, captions, answers, rankAnswers, retrieval, jars);
    }
}
