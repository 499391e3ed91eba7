/**
 * The small world: a procedural renderer whose pictures, captions, questions, boxes, masks and keypoints are known by
 * construction, with a noisy "web" split whose noise is known too. It needs no download, so it is the default data set,
 * the demo and the yardstick. May import {@code io.medley.image} and {@code io.medley.tensor} (for the exception) only;
 * vector drawing uses Java2D, headless. Start reading at {@link io.medley.scenes.Scenes}, then
 * {@link io.medley.scenes.Scene}, {@link io.medley.scenes.SceneSampler}, {@link io.medley.scenes.SceneRenderer} and
 * {@link io.medley.scenes.CaptionGrammar}.
 */
@NullMarked
package io.medley.scenes;

import org.jspecify.annotations.NullMarked;
