package io.medley;

import io.medley.diffusion.reference.ConditionalFlowReplay;
import io.medley.diffusion.reference.DdimReplay;
import io.medley.diffusion.reference.EdmReplay;
import io.medley.diffusion.reference.FlowMatchingReplay;
import io.medley.diffusion.reference.RectifiedFlowReplay;
import io.medley.diffusion.reference.SchedulersReplay;
import io.medley.flow.reference.FlowReplay;
import io.medley.hub.HubCache;
import io.medley.model.ModelFamily;
import io.medley.model.blip.reference.BlipReplay;
import io.medley.model.blip.task.BlipFamily;
import io.medley.model.dit.DitReplay;
import io.medley.model.dit.task.DitFamily;
import io.medley.model.reference.Replay;
import io.medley.model.reference.core.ClipBpeReplay;
import io.medley.model.reference.core.ImageTransformsReplay;
import io.medley.model.reference.core.MetricsReplay;
import io.medley.model.reference.core.WordPieceReplay;
import io.medley.model.unet.DdpmUnetReplay;
import io.medley.model.unet.EdmUnetReplay;
import io.medley.model.vit.VitReplay;
import java.util.List;

/** Everything Medley can load. Adding a system adds one line to {@code SYSTEMS} and, for its reference cases, one to {@code REPLAYS}. */
public final class Models {

    /** The systems; the first that recognises a directory loads it. */
    private static final List<ModelFamily> SYSTEMS = List.of(new BlipFamily(), new DitFamily());

    /** How {@code medley verify} recomputes reference cases; the first that recognises a directory runs. */
    private static final List<Replay> REPLAYS = List.of(
            new FlowReplay(),
            new BlipReplay(),
            new VitReplay(),
            new DdpmUnetReplay(),
            new EdmUnetReplay(),
            new DdimReplay(),
            new SchedulersReplay(),
            new EdmReplay(),
            new FlowMatchingReplay(),
            new ConditionalFlowReplay(),
            new RectifiedFlowReplay(),
            new DitReplay(),
            new WordPieceReplay(),
            new ClipBpeReplay(),
            new ImageTransformsReplay(),
            new MetricsReplay());

    /** Models whose weights are resources of this library, below {@code /io/medley/embedded/}. */
    private static final List<String> EMBEDDED = List.of("scenes");

    /** Published checkpoints this code was written for. */
    private static final List<PublishedModel> PUBLISHED = List.of(
            new PublishedModel("Salesforce/blip-image-captioning-base", "BLIP base 384 px, captions"),
            new PublishedModel("Salesforce/blip-image-captioning-large", "BLIP large 384 px, captions"),
            new PublishedModel("Salesforce/blip-vqa-base", "BLIP base 384 px, question answering"),
            new PublishedModel("Salesforce/blip-vqa-capfilt-large", "BLIP base 384 px (CapFilt-L), question answering"),
            new PublishedModel("Salesforce/blip-itm-base-coco", "BLIP base 384 px, matching, tuned on COCO"),
            new PublishedModel("Salesforce/blip-itm-large-coco", "BLIP large 384 px, matching, tuned on COCO"),
            new PublishedModel("Salesforce/blip-itm-base-flickr", "BLIP base 384 px, matching, tuned on Flickr30k"),
            new PublishedModel("Salesforce/blip-itm-large-flickr", "BLIP large 384 px, matching, tuned on Flickr30k"));

    private Models() {}

    /** The replays of all systems. */
    public static List<Replay> replays() {
        return REPLAYS;
    }

    /** The registry of all of the above, with the cache the environment names. */
    public static ModelRegistry registry() {
        return new ModelRegistry(SYSTEMS, EMBEDDED, PUBLISHED, HubCache.fromEnvironment(System.getenv()));
    }
}
